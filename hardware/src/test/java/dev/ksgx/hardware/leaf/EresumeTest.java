package dev.ksgx.hardware.leaf;

import static dev.ksgx.hardware.testkit.Rig.assertConflict;
import static dev.ksgx.hardware.testkit.Rig.assertGp;
import static dev.ksgx.hardware.testkit.Rig.assertPf;
import static dev.ksgx.hardware.testkit.TestEnclave.AEP;
import static dev.ksgx.hardware.testkit.TestEnclave.SSA;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.epc.EpcmState;
import dev.ksgx.hardware.epc.FrameContents;
import dev.ksgx.hardware.structure.PageType;
import dev.ksgx.hardware.testkit.Rig;
import dev.ksgx.hardware.testkit.TestEnclave;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** ERESUME where it differs from EENTER, isa.md 3.4. */
class EresumeTest {
  private static final int GPRSGX = 4096 - 184;

  private final Rig rig = Rig.everything();
  private final TestEnclave enclave = TestEnclave.launched(rig, 0);
  private final int tcsFrame = enclave.frame(TestEnclave.TCS);

  @BeforeEach
  void enterAndLeaveByAnInterrupt() {
    enclave.enter();
    assertThat(rig.cpu.aex(32)).isEqualTo(enclave.base);
  }

  @AfterEach
  void nothingIsHeldAfterwards() {
    rig.assertNothingHeld();
    assertThat(rig.epcm.secs(0).tracking().threadsInside()).isEqualTo(rig.cpu.inEnclave() ? 1 : 0);
  }

  @Test
  void step4TcsInExclusiveUseIsAConflict() {
    LeafInFlight removal = rig.other.begin(Encls.eremove(rig.page(tcsFrame)));
    assertConflict(enclave.eresume(rig.cpu), 4);
    removal.abort();
  }

  @Test
  void step5TestsStateBitsBeforeAddressAndType() {
    rig.plant(39, PageType.TRIM, EpcmState.MODIFIED, 0, enclave.base);
    enclave.map(TestEnclave.TCS, 39);
    assertPf(enclave.eresume(rig.cpu), 5, enclave.base);
    assertThat(enclave.eresume(rig.cpu).check()).contains("MODIFIED");
    assertThat(enclave.eenter(rig.cpu).check()).contains("is a TCS");
  }

  @Test
  void step7SegmentBasesComeFromTheSsaFrame() {
    write(GPRSGX + 168, 1L << 47);
    assertGp(enclave.eresume(rig.cpu), 7);
    write(GPRSGX + 168, 0);
    write(GPRSGX + 176, 1L << 47);
    assertGp(enclave.eresume(rig.cpu), 7);
  }

  @Test
  void step13ThereIsAFrameToResume() {
    assertThat(enclave.eresume(rig.cpu).isOk()).isTrue();
    rig.cpu.eexit();
    assertGp(enclave.eresume(rig.cpu), 13);
  }

  @Test
  void step14UsesTheFrameBelowCssa() {
    enclave.unmap(SSA + 0x1000);
    assertThat(enclave.eresume(rig.cpu).isOk()).isTrue();
    rig.cpu.aex(32);
    enclave.unmap(SSA);
    LeafResult result = enclave.eresume(rig.cpu);
    assertThat(result.step()).isEqualTo(14);
    assertThat(result.address()).isEqualTo(enclave.base + SSA);
  }

  @Test
  void step15SavedInstructionPointerIsCanonical() {
    write(GPRSGX + 136, 1L << 47);
    assertGp(enclave.eresume(rig.cpu), 15);
  }

  @Test
  void step15SavedStateCanBeRestored() {
    write(512, 1 << 2);
    assertGp(enclave.eresume(rig.cpu), 15);
    write(512, 3);
    write(520, 1L << 63);
    assertGp(enclave.eresume(rig.cpu), 15);
    write(520, 0);
    assertThat(enclave.eresume(rig.cpu).isOk()).isTrue();
    assertThat(rig.epcm.tcs(tcsFrame).active()).isTrue();
  }

  @Test
  void step15LeavesTheTcsInactiveWhenItFails() {
    write(512, 1 << 2);
    assertGp(enclave.eresume(rig.cpu), 15);
    assertThat(rig.epcm.tcs(tcsFrame).active()).isFalse();
    assertThat(rig.epcm.tcs(tcsFrame).cssa()).isEqualTo(1);
  }

  @Test
  void step16TcsIsNotInUse() {
    enclave.enter();
    assertGp(enclave.eresume(rig.other), 16);
  }

  @Test
  void effectGivesTheFrameBack() {
    assertThat(rig.epcm.tcs(tcsFrame).cssa()).isEqualTo(1);
    assertThat(rig.cpu.eresume(enclave.base, AEP + 16, enclave.pageTables()).isOk()).isTrue();
    assertThat(rig.epcm.tcs(tcsFrame).cssa()).isZero();
    assertThat(rig.epcm.tcs(tcsFrame).aep()).isEqualTo(AEP + 16);
    assertThat(rig.epcm.secs(0).tracking().threadsInside()).isEqualTo(1);
  }

  @Test
  void aThreadMayResumeOnAnotherProcessor() {
    assertThat(enclave.eresume(rig.other).isOk()).isTrue();
    rig.other.eexit();
  }

  private void write(int offset, long value) {
    FrameContents.of(rig.epcm, enclave.frame(SSA)).write(offset, LittleEndian.u64(value));
  }
}
