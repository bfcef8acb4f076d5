package dev.ksgx.hardware.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.cpu.LogicalProcessor;
import dev.ksgx.hardware.cpu.Machine;
import dev.ksgx.hardware.cpu.MachineConfig;
import dev.ksgx.hardware.epc.Epc;
import dev.ksgx.hardware.epc.Epcm;
import dev.ksgx.hardware.epc.EpcmState;
import dev.ksgx.hardware.leaf.Encls;
import dev.ksgx.hardware.leaf.EnclsRequest;
import dev.ksgx.hardware.leaf.LeafResult;
import dev.ksgx.hardware.leaf.Status;
import dev.ksgx.hardware.platform.Cpuid;
import dev.ksgx.hardware.structure.Attributes;
import dev.ksgx.hardware.structure.PageType;
import dev.ksgx.hardware.structure.Secs;
import dev.ksgx.hardware.structure.SgxCode;

/** A small machine with two processors, and what tests of leaves say again and again. */
public final class Rig {
  public static final long BASE = 0x7000_0000L;
  public static final long SIZE = 0x1_0000L;
  public static final int FRAMES = 64;

  public final Machine machine;
  public final LogicalProcessor cpu;
  public final LogicalProcessor other;
  public final Epcm epcm;

  public Rig(MachineConfig.Builder config) {
    machine = Machine.create(config.processors(2).epcBytes(FRAMES * 4096L).build());
    cpu = machine.processor(0);
    other = machine.processor(1);
    epcm = machine.epc().epcm();
  }

  /** A machine that has all features. */
  public static Rig everything() {
    return new Rig(MachineConfig.builder().cpuid(Cpuid.everything()));
  }

  /** A machine without KSS, EXINFO and AVX-512. */
  public static Rig client() {
    return new Rig(MachineConfig.builder());
  }

  /** Physical address of a frame. */
  public long page(int frame) {
    return machine.epc().addressOf(frame);
  }

  /** An address that is no EPC. */
  public long outsideEpc() {
    return page(FRAMES - 1) + Epc.PAGE_BYTES;
  }

  /** A legal SECS of a 64-bit debug enclave. */
  public static Secs.Builder secs() {
    return secs(Attributes.MODE64BIT | Attributes.DEBUG);
  }

  public static Secs.Builder secs(long flags) {
    return Secs.builder()
        .sizeBytes(SIZE)
        .baseAddress(BASE)
        .ssaFrameSize(1)
        .attributes(new Attributes(flags, Attributes.LEGACY_XFRM));
  }

  /** Runs a leaf that must succeed. */
  public void ok(EnclsRequest request) {
    LeafResult result = cpu.run(request);
    assertThat(result.describe()).isEqualTo(request.leaf() + ": done");
  }

  /** ECREATE of {@link #secs()} in this frame. */
  public void create(int frame) {
    ok(Encls.ecreate(page(frame), secs().build().bytes()));
  }

  /** A valid page of a type that no leaf of this machine makes, such as TRIM. */
  public void plant(int frame, PageType type, int stateBits, int secsFrame, long linear) {
    epcm.publish(frame, EpcmState.valid(type, stateBits) | stateBits, secsFrame, linear, null);
  }

  /** No access word is taken. */
  public void assertNothingHeld() {
    for (int frame = 0; frame < FRAMES; frame++) {
      assertThat(epcm.accessWord(frame)).as("access word of frame %d", frame).isZero();
    }
  }

  public static void assertGp(LeafResult result, int step) {
    assertEnd(result, Status.GP, step, false);
  }

  public static void assertConflict(LeafResult result, int step) {
    assertEnd(result, Status.GP, step, true);
  }

  /** The conflict that answers with code 7. */
  public static void assertConflictCode(LeafResult result, int step) {
    assertEnd(result, Status.CODE, step, true);
    assertThat(result.code()).isEqualTo(SgxCode.EPC_PAGE_CONFLICT);
  }

  public static void assertInfo(LeafResult result, int step, int code) {
    assertEnd(result, Status.INFO, step, false);
    assertThat(result.code()).isEqualTo(code);
  }

  /** An ordinary page fault: software's page tables. */
  public static void assertNotMapped(LeafResult result, int step, long address) {
    assertEnd(result, Status.PF, step, false);
    assertThat(result.address()).isEqualTo(address);
    assertThat(result.code()).as("SGX bit of the error code").isZero();
  }

  public static void assertPf(LeafResult result, int step, long address) {
    assertEnd(result, Status.PF, step, false);
    assertThat(result.address()).isEqualTo(address);
    assertThat(result.code()).as("SGX bit of the error code").isEqualTo(LeafResult.PF_SGX);
  }

  public static void assertCode(LeafResult result, int step, int code) {
    assertEnd(result, Status.CODE, step, false);
    assertThat(result.code()).isEqualTo(code);
  }

  private static void assertEnd(LeafResult result, Status status, int step, boolean conflict) {
    assertThat(result.status()).as(result.describe()).isEqualTo(status);
    assertThat(result.step()).as(result.describe()).isEqualTo(step);
    assertThat(result.conflict()).as(result.describe()).isEqualTo(conflict);
    assertThat(result.check()).isNotBlank();
  }
}
