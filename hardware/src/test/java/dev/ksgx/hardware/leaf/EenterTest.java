package dev.ksgx.hardware.leaf;

import static dev.ksgx.hardware.testkit.Rig.assertConflict;
import static dev.ksgx.hardware.testkit.Rig.assertGp;
import static dev.ksgx.hardware.testkit.Rig.assertPf;
import static dev.ksgx.hardware.testkit.TestEnclave.AEP;
import static dev.ksgx.hardware.testkit.TestEnclave.RW;
import static dev.ksgx.hardware.testkit.TestEnclave.SSA;
import static dev.ksgx.hardware.testkit.TestEnclave.ZEROS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.epc.EpcmState;
import dev.ksgx.hardware.structure.Attributes;
import dev.ksgx.hardware.structure.PageType;
import dev.ksgx.hardware.structure.SecInfo;
import dev.ksgx.hardware.structure.Secs;
import dev.ksgx.hardware.structure.Tcs;
import dev.ksgx.hardware.testkit.Rig;
import dev.ksgx.hardware.testkit.TestEnclave;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** EENTER, isa.md 3.4. */
class EenterTest {
  private static final ControlState USUAL = new ControlState(true, true, true, 0x602ff);

  private final Rig rig = Rig.everything();
  private final TestEnclave enclave = TestEnclave.launched(rig, 0);
  private final int tcsFrame = enclave.frame(TestEnclave.TCS);

  @AfterEach
  void nothingIsHeldAfterwards() {
    rig.assertNothingHeld();
    assertThat(rig.epcm.secs(0).tracking().threadsInside()).isEqualTo(rig.cpu.inEnclave() ? 1 : 0);
  }

  @Test
  void gateKeepsEnteredProcessorsOut() {
    enclave.enter();
    assertGp(enclave.eenter(rig.cpu), 0);
    assertThat(rig.cpu.inEnclave()).isTrue();
  }

  @Test
  void step1TcsIsAligned() {
    assertGp(rig.cpu.eenter(enclave.base + 64, AEP, enclave.pageTables()), 1);
  }

  @Test
  void step2TcsIsInTheEpc() {
    enclave.mapAddress(enclave.base, rig.outsideEpc());
    assertPf(enclave.eenter(rig.cpu), 2, enclave.base);
  }

  @Test
  void step2TcsThatIsNotMappedIsAnOrdinaryPageFault() {
    enclave.unmap(TestEnclave.TCS);
    LeafResult result = enclave.eenter(rig.cpu);
    assertThat(result.status()).isEqualTo(Status.PF);
    assertThat(result.code()).isZero();
  }

  @Test
  void step3AepIsCanonical() {
    assertGp(rig.cpu.eenter(enclave.base, 1L << 47, enclave.pageTables()), 3);
  }

  @Test
  void step4TcsInExclusiveUseIsAConflict() {
    LeafInFlight removal = rig.other.begin(Encls.eremove(rig.page(tcsFrame)));
    assertConflict(enclave.eenter(rig.cpu), 4);
    removal.abort();
    enclave.enter();
  }

  @Test
  void step5TcsIsValid() {
    enclave.map(TestEnclave.TCS, 40);
    assertPf(enclave.eenter(rig.cpu), 5, enclave.base);
  }

  @Test
  void step5TcsIsNotBlocked() {
    stateOfTcs(EpcmState.BLOCKED, PageType.TCS);
    assertPf(enclave.eenter(rig.cpu), 5, enclave.base);
    assertThat(enclave.eenter(rig.cpu).check()).contains("BLOCKED");
  }

  @Test
  void step5PageIsATcsAtItsOwnAddress() {
    assertPf(rig.cpu.eenter(enclave.base + SSA, AEP, enclave.pageTables()), 5, enclave.base + SSA);
    enclave.map(0x9000, tcsFrame);
    assertPf(
        rig.cpu.eenter(enclave.base + 0x9000, AEP, enclave.pageTables()), 5, enclave.base + 0x9000);
  }

  @Test
  void step5TcsIsNeitherPendingNorModifiedAndTheAddressComesFirst() {
    stateOfTcs(EpcmState.MODIFIED, PageType.TCS);
    assertPf(enclave.eenter(rig.cpu), 5, enclave.base);
    assertThat(enclave.eenter(rig.cpu).check()).contains("MODIFIED");
    stateOfTcs(EpcmState.MODIFIED, PageType.TRIM);
    assertThat(enclave.eenter(rig.cpu).check()).contains("is a TCS");
  }

  @Test
  void step6OffsetsAreMultiplesOfThePageSize() {
    assertGp(enterBy(TestEnclave.tcs().ossa(SSA + 8)), 6);
    assertGp(enterBy(TestEnclave.tcs().ofsBase(8)), 6);
    assertGp(enterBy(TestEnclave.tcs().ogsBase(8)), 6);
  }

  @Test
  void step7SegmentBasesAreCanonical() {
    assertGp(enterBy(TestEnclave.tcs().ofsBase(1L << 47)), 7);
    assertGp(enterBy(TestEnclave.tcs().ogsBase(1L << 47)), 7);
  }

  @Test
  void step8ReservedFlagsAreZero() {
    assertGp(enterBy(TestEnclave.tcs().flags(2)), 8);
  }

  @Test
  void step9EnclaveIsInitialised() {
    TestEnclave young = TestEnclave.built(rig, 20, Rig.secs().build());
    assertGp(young.eenter(rig.cpu), 9);
    assertThat(rig.epcm.secs(20).tracking().threadsInside()).isZero();
  }

  @Test
  void step10ProcessorIsInTheModeOfTheEnclave() {
    rig.cpu.control(new ControlState(false, true, true, 3));
    assertGp(enclave.eenter(rig.cpu), 10);
    TestEnclave mode32 = TestEnclave.launched(rig, 20, Rig.secs(0).build());
    assertThat(mode32.eenter(rig.cpu).isOk()).isTrue();
    rig.cpu.eexit();
    rig.cpu.control(USUAL);
    assertGp(mode32.eenter(rig.cpu), 10);
  }

  @Test
  void step11OperatingSystemSavesSse() {
    rig.cpu.control(new ControlState(true, false, true, 3));
    assertGp(enclave.eenter(rig.cpu), 11);
  }

  @Test
  void step12XfrmIsWithinXcr0() {
    TestEnclave avx =
        TestEnclave.launched(
            rig, 20, Rig.secs().attributes(new Attributes(Attributes.MODE64BIT, 7)).build());
    rig.cpu.control(new ControlState(true, true, true, 3));
    assertGp(avx.eenter(rig.cpu), 12);
    rig.cpu.control(new ControlState(true, true, true, 7));
    assertThat(avx.eenter(rig.cpu).isOk()).isTrue();
    rig.cpu.eexit();
    rig.cpu.control(new ControlState(true, true, false, 7));
    assertGp(avx.eenter(rig.cpu), 12);
    rig.cpu.control(new ControlState(true, true, false, 0));
    enclave.enter();
  }

  @Test
  void step13AnSsaFrameIsFree() {
    assertGp(enterBy(TestEnclave.tcs().nssa(0)), 13);
    enclave.enter();
    rig.cpu.aex(32);
    enclave.enter();
    rig.cpu.aex(32);
    assertGp(enclave.eenter(rig.cpu), 13);
  }

  @Test
  void step14SsaFrameIsMappedAndUsable() {
    enclave.unmap(SSA);
    LeafResult result = enclave.eenter(rig.cpu);
    assertThat(result.status()).isEqualTo(Status.PF);
    assertThat(result.step()).isEqualTo(14);
    assertThat(result.address()).isEqualTo(enclave.base + SSA);
    assertThat(result.code()).as("an ordinary page fault has no SGX bit").isZero();
    enclave.map(SSA, 40);
    assertPf(enclave.eenter(rig.cpu), 14, enclave.base + SSA);
  }

  @Test
  void step14SsaFrameIsReadableAndWritable() {
    assertPf(enterBy(TestEnclave.tcs().ossa(TestEnclave.CODE)), 14, 0x5000);
  }

  @Test
  void step14EachPageOfALongXsaveAreaIsTested() {
    Secs amx =
        Rig.secs()
            .ssaFrameSize(4)
            .attributes(new Attributes(Attributes.MODE64BIT, 0x60003))
            .build();
    TestEnclave big = new TestEnclave(rig, 20, amx);
    big.add(0, SecInfo.tcs(), TestEnclave.tcs().nssa(1).build().bytes());
    big.add(SSA, RW, ZEROS);
    big.add(SSA + 0x1000, SecInfo.reg(true, false, false), ZEROS);
    big.add(SSA + 0x2000, RW, ZEROS);
    big.launch();
    assertPf(big.eenter(rig.cpu), 14, big.base + SSA + 0x1000);
  }

  @Test
  void step14TestsThePageOfTheRegistersToo() {
    TestEnclave two = new TestEnclave(rig, 20, Rig.secs().ssaFrameSize(2).build());
    two.add(0, SecInfo.tcs(), TestEnclave.tcs().nssa(1).build().bytes());
    two.add(SSA, RW, ZEROS);
    two.launch();
    LeafResult result = two.eenter(rig.cpu);
    assertThat(result.step()).isEqualTo(14);
    assertThat(result.address()).isEqualTo(two.base + SSA + 0x1000);
  }

  @Test
  void step14UsesTheFrameOfCssa() {
    enclave.enter();
    rig.cpu.aex(32);
    enclave.unmap(SSA);
    enclave.enter();
    rig.cpu.eexit();
    enclave.unmap(SSA + 0x1000);
    assertThat(enclave.eenter(rig.cpu).address()).isEqualTo(enclave.base + SSA + 0x1000);
  }

  @Test
  void step15EntryPointIsCanonical() {
    assertGp(enterBy(TestEnclave.tcs().oentry(1L << 47)), 15);
  }

  @Test
  void step16TcsIsNotInUse() {
    enclave.enter();
    assertGp(enclave.eenter(rig.other), 16);
    rig.cpu.eexit();
    assertThat(enclave.eenter(rig.other).isOk()).isTrue();
    rig.other.eexit();
  }

  @Test
  void effectCountsTheThreadAndStoresAep() {
    enclave.enter();
    assertThat(rig.cpu.inEnclave()).isTrue();
    assertThat(rig.epcm.secs(0).tracking().threadsInside()).isEqualTo(1);
    assertThat(rig.epcm.tcs(tcsFrame).active()).isTrue();
    assertThat(rig.epcm.tcs(tcsFrame).aep()).isEqualTo(AEP);
  }

  /** Enters a fresh enclave by this TCS. */
  private LeafResult enterBy(Tcs.Builder tcs) {
    TestEnclave fresh =
        new TestEnclave(rig, 30, Rig.secs().baseAddress(0).sizeBytes(0x1_0000).build());
    fresh.add(0, SecInfo.tcs(), tcs.build().bytes());
    fresh.add(SSA, RW, ZEROS);
    fresh.add(TestEnclave.CODE, SecInfo.reg(true, false, true), ZEROS);
    fresh.launch();
    LeafResult result = fresh.eenter(rig.cpu);
    assertThat(rig.epcm.secs(30).tracking().threadsInside()).isZero();
    for (int frame = 31; frame <= 33; frame++) {
      rig.ok(Encls.eremove(rig.page(frame)));
    }
    rig.ok(Encls.eremove(rig.page(30)));
    return result;
  }

  private void stateOfTcs(int bits, PageType type) {
    rig.plant(39, type, bits, 0, enclave.base);
    enclave.map(TestEnclave.TCS, 39);
  }
}
