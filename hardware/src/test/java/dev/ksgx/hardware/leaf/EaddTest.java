package dev.ksgx.hardware.leaf;

import static dev.ksgx.hardware.testkit.Rig.BASE;
import static dev.ksgx.hardware.testkit.Rig.assertConflict;
import static dev.ksgx.hardware.testkit.Rig.assertGp;
import static dev.ksgx.hardware.testkit.Rig.assertPf;
import static dev.ksgx.hardware.testkit.TestEnclave.RW;
import static dev.ksgx.hardware.testkit.TestEnclave.ZEROS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.cpu.EpcmViolation;
import dev.ksgx.hardware.cpu.MachineConfig;
import dev.ksgx.hardware.epc.EpcInspection;
import dev.ksgx.hardware.epc.FrameContents;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.PageType;
import dev.ksgx.hardware.structure.SecInfo;
import dev.ksgx.hardware.structure.Tcs;
import dev.ksgx.hardware.testkit.Rig;
import dev.ksgx.hardware.testkit.TestEnclave;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** EADD, isa.md 3.3. Frame 0 is the SECS, frame 1 the target. */
class EaddTest {
  private static final long MEM = Encls.ORDINARY_MEMORY;

  private final Rig rig = Rig.everything();

  @BeforeEach
  void createEnclave() {
    rig.create(0);
  }

  @AfterEach
  void nothingIsHeldAfterwards() {
    rig.assertNothingHeld();
  }

  @Test
  void step1PageInfoAndTargetAreAligned() {
    assertGp(run(MEM + 1, rig.page(1), BASE, MEM, MEM, rig.page(0)), 1);
    assertGp(run(MEM, rig.page(1) + 256, BASE, MEM, MEM, rig.page(0)), 1);
  }

  @Test
  void step2TargetIsInTheEpc() {
    long outside = rig.outsideEpc();
    assertPf(run(MEM, outside, BASE, MEM, MEM, rig.page(0)), 2, outside);
  }

  @Test
  void step3AllOperandsAreAligned() {
    assertGp(run(MEM, rig.page(1), BASE, MEM + 8, MEM, rig.page(0)), 3);
    assertGp(run(MEM, rig.page(1), BASE, MEM, MEM + 8, rig.page(0)), 3);
    assertGp(run(MEM, rig.page(1), BASE, MEM, MEM, rig.page(0) + 8), 3);
    assertGp(run(MEM, rig.page(1), BASE + 8, MEM, MEM, rig.page(0)), 3);
  }

  @Test
  void step4SecsIsInTheEpc() {
    long outside = rig.outsideEpc();
    assertPf(run(MEM, rig.page(1), BASE, MEM, MEM, outside), 4, outside);
  }

  @Test
  void step5SecInfoIsThatOfAnEnclavePage() {
    for (PageType type : new PageType[] {PageType.SECS, PageType.VA, PageType.TRIM}) {
      assertGp(add(SecInfo.of(type, 0), ZEROS), 5);
    }
    assertGp(add(SecInfo.builder().flags(0x203 | 1 << 7).build(), ZEROS), 5);
    assertGp(add(SecInfo.parse(RW.bytes().withFlippedBit(63, 0)), ZEROS), 5);
  }

  @Test
  void step5StateBitsAreRefusedByChoiceOfTheModel() {
    for (long bit : new long[] {SecInfo.PENDING, SecInfo.MODIFIED, SecInfo.PR}) {
      assertGp(add(SecInfo.of(PageType.REG, SecInfo.R | bit), ZEROS), 5);
    }
  }

  @Test
  void step6TargetInUseIsAConflict() {
    LeafInFlight first = rig.other.begin(Encls.epa(rig.page(1)));
    assertConflict(add(RW, ZEROS), 6);
    first.abort();
  }

  @Test
  void step7TargetIsNotValidYet() {
    rig.ok(Encls.epa(rig.page(1)));
    assertPf(add(RW, ZEROS), 7, rig.page(1));
  }

  @Test
  void step8SecsInExclusiveUseIsAConflict() {
    LeafInFlight removal = rig.other.begin(Encls.eremove(rig.page(0)));
    assertConflict(add(RW, ZEROS), 8);
    removal.abort();
    assertThat(add(RW, ZEROS).isOk()).isTrue();
  }

  @Test
  void step9SecsIsAValidSecs() {
    assertPf(run(MEM, rig.page(1), BASE, MEM, MEM, rig.page(2)), 9, rig.page(2));
    rig.ok(Encls.epa(rig.page(2)));
    assertPf(run(MEM, rig.page(1), BASE, MEM, MEM, rig.page(2)), 9, rig.page(2));
  }

  @Test
  void step10SourcePageIsMapped() {
    LeafResult result = add(RW, null);
    assertThat(result.status()).isEqualTo(Status.PF);
    assertThat(result.step()).isEqualTo(10);
    assertThat(result.code()).as("an ordinary page fault has no SGX bit").isZero();
    assertThat(result.address()).isEqualTo(MEM);
  }

  @Test
  void step11TcsIsZeroBehindItsFields() {
    Bytes tcs = TestEnclave.tcs().build().bytes();
    assertGp(add(SecInfo.tcs(), tcs.withFlippedBit(72, 0)), 11);
    assertGp(add(SecInfo.tcs(), tcs.withFlippedBit(4095, 7)), 11);
  }

  @Test
  void step11TcsOf32BitEnclaveHasLimitsThatFillPages() {
    rig.ok(Encls.ecreate(rig.page(2), Rig.secs(0).build().bytes()));
    Bytes low = TestEnclave.tcs().fsLimit(0xfff).gsLimit(0xffe).build().bytes();
    assertGp(rig.cpu.run(Encls.eadd(rig.page(1), rig.page(2), BASE, SecInfo.tcs(), low)), 11);
    assertThat(add(SecInfo.tcs(), low).isOk()).as("a 64-bit enclave has no limits").isTrue();
  }

  @Test
  void step11OtherTcsFieldsAreNotLookedAt() {
    Bytes odd = TestEnclave.tcs().ossa(5).oentry(-1).flags(8).build().bytes();
    assertThat(add(SecInfo.tcs(), odd).isOk()).isTrue();
  }

  @Test
  void step12WritablePageIsReadable() {
    assertGp(add(SecInfo.reg(false, true, false), ZEROS), 12);
    assertGp(add(SecInfo.reg(false, true, true), ZEROS), 12);
    assertThat(add(SecInfo.reg(false, false, true), ZEROS).isOk()).isTrue();
  }

  @Test
  void step13LinearAddressIsInElrange() {
    assertGp(run(MEM, rig.page(1), BASE - 4096, MEM, MEM, rig.page(0)), 13);
    assertGp(run(MEM, rig.page(1), BASE + Rig.SIZE, MEM, MEM, rig.page(0)), 13);
    assertThat(run(MEM, rig.page(1), BASE + Rig.SIZE - 4096, MEM, MEM, rig.page(0)).isOk())
        .isTrue();
  }

  @Test
  void step14EnclaveBeingMeasuredIsAConflict() {
    LeafInFlight adding = rig.other.begin(Encls.eadd(rig.page(2), rig.page(0), BASE, RW, ZEROS));
    assertConflict(add(RW, ZEROS), 14);
    adding.end();
    assertThat(add(RW, ZEROS).isOk()).isTrue();
  }

  @Test
  void step15EnclaveIsNotInitialisedYet() {
    TestEnclave.launched(rig, 10);
    assertGp(rig.cpu.run(Encls.eadd(rig.page(1), rig.page(10), BASE, RW, ZEROS)), 15);
  }

  @Test
  void effectIsAValidChildWithTheGivenPermissions() {
    assertThat(add(SecInfo.reg(true, false, true), ZEROS).isOk()).isTrue();
    assertThat(rig.machine.epc().inspect(1))
        .isEqualTo(
            new EpcInspection(
                true, PageType.REG, true, false, true, 0, BASE, false, false, false, false, 0));
    assertThat(rig.epcm.secs(0).children()).isEqualTo(1);
  }

  @Test
  void effectOnATcsClearsPermissionsBeforeMeasuringAndWhatThreadsOwn() {
    Tcs dirty = TestEnclave.tcs().state(1).flags(Tcs.DBGOPTIN).cssa(3).aep(4).build();
    assertThat(add(SecInfo.of(PageType.TCS, SecInfo.R | SecInfo.W), dirty.bytes()).isOk()).isTrue();
    assertThat(rig.machine.epc().inspect(1).r()).isFalse();
    assertThat(rig.machine.epc().inspect(1).w()).isFalse();
    assertThat(FrameContents.of(rig.epcm, 1).page()).isEqualTo(TestEnclave.tcs().build().bytes());
    rig.create(2);
    rig.ok(
        Encls.eadd(
            rig.page(3), rig.page(2), BASE, SecInfo.tcs(), TestEnclave.tcs().build().bytes()));
    assertThat(rig.epcm.secs(0).measurement().mrenclave())
        .isEqualTo(rig.epcm.secs(2).measurement().mrenclave());
  }

  /** Known answer of isa.md 10.2, second row. */
  @Test
  void effectMeasuresOffsetAndSecInfo() {
    rig.ok(Encls.ecreate(rig.page(2), Rig.secs().sizeBytes(0x2000).build().bytes()));
    rig.ok(Encls.eadd(rig.page(1), rig.page(2), BASE, RW, ZEROS));
    assertThat(rig.epcm.secs(2).measurement().mrenclave().hex())
        .isEqualTo("995c454650d39811c9c53e1af534aa6c34a496ce9302c34e0ced2c7a7e2c4103");
  }

  @Test
  void effectDoesNotDetectALinearAddressInUse() {
    assertThat(add(RW, ZEROS).isOk()).isTrue();
    rig.ok(Encls.eadd(rig.page(2), rig.page(0), BASE, RW, ZEROS));
  }

  @Test
  void effectIsInvisibleUntilTheLeafEnds() {
    LeafInFlight leaf = rig.cpu.begin(Encls.eadd(rig.page(1), rig.page(0), BASE, RW, ZEROS));
    Bytes before = rig.epcm.secs(0).measurement().mrenclave();
    assertThat(rig.machine.epc().inspect(1).valid()).isFalse();
    leaf.end();
    assertThat(rig.machine.epc().inspect(1).valid()).isTrue();
    assertThat(rig.epcm.secs(0).measurement().mrenclave()).isNotEqualTo(before);
  }

  @Test
  void violationsArriveAsGpOnProcessorsWithSgx1Only() {
    Rig sgx1 = new Rig(MachineConfig.builder().epcmViolation(EpcmViolation.GP));
    sgx1.create(0);
    sgx1.ok(Encls.epa(sgx1.page(1)));
    assertGp(sgx1.cpu.run(Encls.eadd(sgx1.page(1), sgx1.page(0), BASE, RW, ZEROS)), 7);
    long outside = sgx1.outsideEpc();
    assertPf(sgx1.cpu.run(Encls.eadd(outside, sgx1.page(0), BASE, RW, ZEROS)), 2, outside);
  }

  private LeafResult add(SecInfo secInfo, Bytes content) {
    return rig.cpu.run(Encls.eadd(rig.page(1), rig.page(0), BASE, secInfo, content));
  }

  private LeafResult run(long rbx, long rcx, long linAddr, long srcPge, long secInfoAt, long secs) {
    return rig.cpu.run(new Eadd(rbx, rcx, linAddr, srcPge, secInfoAt, secs, RW, ZEROS));
  }
}
