package dev.ksgx.hardware.leaf;

import static dev.ksgx.hardware.testkit.Rig.assertConflict;
import static dev.ksgx.hardware.testkit.Rig.assertGp;
import static dev.ksgx.hardware.testkit.Rig.assertPf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.epc.EpcInspection;
import dev.ksgx.hardware.structure.Attributes;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.PageType;
import dev.ksgx.hardware.structure.SecInfo;
import dev.ksgx.hardware.structure.Secs;
import dev.ksgx.hardware.testkit.Rig;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** ECREATE, isa.md 3.3. */
class EcreateTest {
  private static final long MEM = Encls.ORDINARY_MEMORY;

  private final Rig rig = Rig.everything();

  @AfterEach
  void nothingIsHeldAfterwards() {
    rig.assertNothingHeld();
  }

  @Test
  void step1PageInfoAndTargetAreAligned() {
    assertGp(run(MEM + 16, rig.page(0), 0, MEM, MEM, 0, Ecreate.SECS_INFO), 1);
    assertGp(run(MEM, rig.page(0) + 64, 0, MEM, MEM, 0, Ecreate.SECS_INFO), 1);
    assertGp(run(1L << 47, rig.page(0), 0, MEM, MEM, 0, Ecreate.SECS_INFO), 1);
  }

  @Test
  void step2TargetIsInTheEpc() {
    long outside = rig.outsideEpc();
    assertPf(run(MEM, outside, 0, MEM, MEM, 0, Ecreate.SECS_INFO), 2, outside);
  }

  @Test
  void step3SourceAndSecInfoAreAligned() {
    assertGp(run(MEM, rig.page(0), 0, MEM + 2048, MEM, 0, Ecreate.SECS_INFO), 3);
    assertGp(run(MEM, rig.page(0), 0, MEM, MEM + 32, 0, Ecreate.SECS_INFO), 3);
  }

  @Test
  void step4LinearAddressAndSecsAreZero() {
    assertGp(run(MEM, rig.page(0), 4096, MEM, MEM, 0, Ecreate.SECS_INFO), 4);
    assertGp(run(MEM, rig.page(0), 0, MEM, MEM, rig.page(1), Ecreate.SECS_INFO), 4);
  }

  @Test
  void step5SecInfoIsThatOfAnSecs() {
    assertGp(run(MEM, rig.page(0), 0, MEM, MEM, 0, SecInfo.reg(true, true, false)), 5);
    SecInfo reserved = SecInfo.builder().flags(1 << 6).build();
    assertGp(run(MEM, rig.page(0), 0, MEM, MEM, 0, reserved), 5);
  }

  @Test
  void step6TargetInUseIsAConflict() {
    LeafInFlight first = rig.other.begin(Encls.epa(rig.page(0)));
    assertConflict(create(Rig.secs().build()), 6);
    first.abort();
    assertThat(create(Rig.secs().build()).isOk()).isTrue();
  }

  @Test
  void step7TargetIsNotValidYet() {
    rig.create(0);
    assertPf(create(Rig.secs().build()), 7, rig.page(0));
  }

  @Test
  void step9LegacyStateIsSavedAlways() {
    assertGp(createWith(s -> s.attributes(new Attributes(Attributes.MODE64BIT, 1))), 9);
  }

  @Test
  void step10XfrmIsLoadableAndSupported() {
    assertGp(createWith(s -> s.attributes(xfrm(0x3 | 1L << 63))), 10);
    assertGp(createWith(s -> s.attributes(xfrm(0x3 | 0x20))), 10);
    assertGp(createWith(s -> s.attributes(xfrm(0x3 | 1 << 10))), 10);
  }

  @Test
  void step11MiscSelectIsWithinCpuid() {
    assertGp(createWith(s -> s.miscSelect(2)), 11);
    assertThat(createWith(s -> s.miscSelect(1)).isOk()).isTrue();
  }

  @Test
  void step11MiscSelectZeroIsLegalAlthoughTheManualPrintsOtherwise() {
    assertThat(createWith(s -> s.miscSelect(0)).isOk()).isTrue();
  }

  @Test
  void step12SsaFrameHoldsWhatAnExitSaves() {
    assertGp(createWith(s -> s.ssaFrameSize(0)), 12);
    Attributes amx = xfrm(0x602e7);
    assertGp(createWith(s -> s.attributes(amx).ssaFrameSize(2)), 12);
    assertThat(createWith(s -> s.attributes(amx).ssaFrameSize(3)).isOk()).isTrue();
  }

  @Test
  void step13BaseAddressFitsTheMode() {
    assertGp(createWith(s -> s.baseAddress(1L << 47)), 13);
    Attributes mode32 = new Attributes(0, 3);
    assertGp(createWith(s -> s.attributes(mode32).baseAddress(1L << 32)), 13);
    assertThat(createWith(s -> s.attributes(mode32)).isOk()).isTrue();
  }

  @Test
  void step14SizeIsBelowTheLimitOfCpuid() {
    assertGp(createWith(s -> s.baseAddress(0).sizeBytes(1L << 40)), 14);
    assertThat(createWith(s -> s.baseAddress(0).sizeBytes(1L << 39)).isOk()).isTrue();
  }

  @Test
  void step14Limit32BitEnclavesByTheirOwnRow() {
    Attributes mode32 = new Attributes(0, 3);
    assertGp(createWith(s -> s.attributes(mode32).baseAddress(0).sizeBytes(1L << 31)), 14);
    assertThat(createWith(s -> s.attributes(mode32).baseAddress(0).sizeBytes(1L << 30)).isOk())
        .isTrue();
  }

  @Test
  void step15SizeIsAPowerOfTwoOfTwoPagesOrMore() {
    assertGp(createWith(s -> s.sizeBytes(4096)), 15);
    assertGp(createWith(s -> s.sizeBytes(0)), 15);
    assertGp(createWith(s -> s.sizeBytes(0x3000)), 15);
    assertThat(createWith(s -> s.sizeBytes(8192)).isOk()).isTrue();
  }

  @Test
  void step16BaseAddressIsAMultipleOfSize() {
    assertGp(createWith(s -> s.baseAddress(Rig.BASE + Rig.SIZE / 2)), 16);
  }

  @Test
  void step17AttributesAreWithinCpuidAndNeverInit() {
    assertGp(createWith(s -> s.attributes(flags(Attributes.INIT))), 17);
    assertGp(createWith(s -> s.attributes(flags(1 << 3))), 17);
    assertGp(createWith(s -> s.attributes(flags(1 << 8))), 17);
  }

  @Test
  void step18ReservedBytesAreZero() {
    for (int offset : new int[] {24, 47, 96, 160, 262, 4095}) {
      Bytes image = Rig.secs().build().bytes().withFlippedBit(offset, 0);
      assertGp(rig.cpu.run(Encls.ecreate(rig.page(0), image)), 18);
    }
  }

  @Test
  void step19ConfigurationNeedsKss() {
    assertGp(createWith(s -> s.configSvn(1)), 19);
    assertGp(createWith(s -> s.configId(Bytes.zeros(64).withFlippedBit(0, 0))), 19);
    assertThat(createWith(s -> s.attributes(flags(Attributes.KSS)).configSvn(1)).isOk()).isTrue();
  }

  @Test
  void effectIsAValidSecsWithFreshIdentity() {
    Bytes junk = Bytes.zeros(32).withFlippedBit(0, 0);
    assertThat(createWith(s -> s.mrenclave(junk).mrsigner(junk).isvProdId(9).isvSvn(9)).isOk())
        .isTrue();
    EpcInspection entry = rig.machine.epc().inspect(0);
    assertThat(entry)
        .isEqualTo(
            new EpcInspection(
                true, PageType.SECS, false, false, false, 0, 0, false, false, false, false, 0));
    Secs secs = rig.epcm.secs(0).image();
    assertThat(secs.mrenclave()).isEqualTo(Bytes.zeros(32));
    assertThat(secs.mrsigner()).isEqualTo(Bytes.zeros(32));
    assertThat(secs.isvProdId()).isZero();
    assertThat(secs.isvSvn()).isZero();
    assertThat(rig.epcm.secs(0).initialised()).isFalse();
  }

  @Test
  void effectGivesEachEnclaveItsOwnEid() {
    rig.create(0);
    rig.create(1);
    assertThat(rig.epcm.secs(0).eid()).isNotEqualTo(rig.epcm.secs(1).eid());
  }

  /** Known answer of isa.md 10.2, first row. */
  @Test
  void effectStartsTheMeasurement() {
    assertThat(createWith(s -> s.sizeBytes(0x2000)).isOk()).isTrue();
    assertThat(rig.epcm.secs(0).measurement().mrenclave().hex())
        .isEqualTo("9e197c8837c6d65632dbdd59cd7df4f1a25b68d8e4e5eb6ca3b20b05311fecb8");
  }

  private LeafResult run(
      long rbx, long rcx, long linAddr, long srcPge, long secInfoAt, long secs, SecInfo secInfo) {
    return rig.cpu.run(
        new Ecreate(
            rbx, rcx, linAddr, srcPge, secInfoAt, secs, secInfo, Rig.secs().build().bytes()));
  }

  private LeafResult createWith(UnaryOperator<Secs.Builder> change) {
    LeafResult result = create(change.apply(Rig.secs()).build());
    if (result.isOk()) {
      lastState = rig.epcm.secs(0);
    }
    return result;
  }

  private Object lastState;

  private LeafResult create(Secs secs) {
    if (lastState != null) {
      rig.ok(Encls.eremove(rig.page(0)));
      lastState = null;
    }
    return rig.cpu.run(Encls.ecreate(rig.page(0), secs.bytes()));
  }

  private static Attributes xfrm(long xfrm) {
    return new Attributes(Attributes.MODE64BIT, xfrm);
  }

  private static Attributes flags(long flags) {
    return new Attributes(Attributes.MODE64BIT | flags, 3);
  }
}
