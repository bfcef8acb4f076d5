package dev.ksgx.hardware.leaf;

import static dev.ksgx.hardware.testkit.Rig.assertCode;
import static dev.ksgx.hardware.testkit.Rig.assertConflict;
import static dev.ksgx.hardware.testkit.Rig.assertGp;
import static dev.ksgx.hardware.testkit.Rig.assertPf;
import static dev.ksgx.hardware.testkit.TestEnclave.NO_TOKEN;
import static dev.ksgx.hardware.testkit.TestEnclave.RW;
import static dev.ksgx.hardware.testkit.TestEnclave.ZEROS;
import static dev.ksgx.hardware.testkit.TestEnclave.setHash;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ksgx.hardware.epc.SecsState;
import dev.ksgx.hardware.image.ModelKeys;
import dev.ksgx.hardware.launch.SignatureCheck;
import dev.ksgx.hardware.launch.Signer;
import dev.ksgx.hardware.structure.Attributes;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.EinitToken;
import dev.ksgx.hardware.structure.Secs;
import dev.ksgx.hardware.structure.SgxCode;
import dev.ksgx.hardware.structure.SigStruct;
import dev.ksgx.hardware.testkit.Rig;
import dev.ksgx.hardware.testkit.TestEnclave;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** EINIT without a token, isa.md 6.1 steps 1 to 15 and 24, and 6.2. */
class EinitTest {
  private static final long MEM = Encls.ORDINARY_MEMORY;
  private static final long KSS = Attributes.MODE64BIT | Attributes.KSS;

  private final Rig rig = Rig.everything();
  private final TestEnclave enclave = TestEnclave.built(rig, 0, Rig.secs().build());
  private final SigStruct sig = enclave.sig();

  @AfterEach
  void nothingIsHeldAfterwards() {
    rig.assertNothingHeld();
  }

  @Test
  void step1OperandsAreAligned() {
    assertGp(rig.cpu.run(new Einit(MEM + 2048, rig.page(0), MEM, sig, NO_TOKEN)), 1);
    assertGp(rig.cpu.run(new Einit(MEM, rig.page(0) + 512, MEM, sig, NO_TOKEN)), 1);
    assertGp(rig.cpu.run(new Einit(MEM, rig.page(0), MEM + 256, sig, NO_TOKEN)), 1);
    setHash(rig.cpu, sig.mrsigner());
    rig.ok(new Einit(MEM, rig.page(0), MEM + 512, sig, NO_TOKEN));
  }

  @Test
  void step2SecsIsInTheEpc() {
    assertPf(rig.cpu.run(Encls.einit(rig.outsideEpc(), sig, NO_TOKEN)), 2, rig.outsideEpc());
  }

  @Test
  void step3TokenIsReadableEvenWhenUnused() {
    LeafResult result = rig.cpu.run(new Einit(MEM, rig.page(0), 2 * MEM, sig, null));
    assertThat(result.status()).isEqualTo(Status.PF);
    assertThat(result.step()).isEqualTo(3);
    assertThat(result.address()).isEqualTo(2 * MEM);
    assertThat(result.code()).isZero();
    assertThat(rig.cpu.run(new Einit(MEM, rig.page(0), 2 * MEM, null, NO_TOKEN)).address())
        .isEqualTo(MEM);
  }

  @Test
  void step4HeaderIsLegal() {
    assertCode(einit(flipped(0)), 4, SgxCode.INVALID_SIG_STRUCT);
    assertCode(einit(flipped(15)), 4, SgxCode.INVALID_SIG_STRUCT);
    assertCode(einit(flipped(16)), 4, SgxCode.INVALID_SIG_STRUCT);
    assertCode(einit(flipped(24)), 4, SgxCode.INVALID_SIG_STRUCT);
    assertCode(einit(flipped(512)), 4, SgxCode.INVALID_SIG_STRUCT);
  }

  @Test
  void step4ReservedBytesAreZero() {
    for (int offset : new int[] {44, 127, 908, 910, 911, 992, 1007, 1028, 1039}) {
      assertCode(einit(flipped(offset)), 4, SgxCode.INVALID_SIG_STRUCT);
    }
  }

  @Test
  void step4KssFieldsAreReservedOnProcessorsWithoutKss() {
    Rig client = Rig.client();
    TestEnclave small = TestEnclave.built(client, 0, Rig.secs().build());
    Bytes family = Bytes.zeros(16).withFlippedBit(0, 0);
    SigStruct withFamily = Signer.sign(small.sigBody().isvFamilyId(family), ModelKeys.signer(0));
    assertCode(
        client.cpu.run(Encls.einit(client.page(0), withFamily, NO_TOKEN)),
        4,
        SgxCode.INVALID_SIG_STRUCT);
  }

  @Test
  void step4ComesBeforeTheSecsIsLookedAt() {
    assertCode(
        rig.cpu.run(Encls.einit(rig.page(30), flipped(0), NO_TOKEN)),
        4,
        SgxCode.INVALID_SIG_STRUCT);
  }

  @Test
  void step5PendingEventEndsTheLeaf() {
    rig.cpu.eventPending(true);
    assertCode(einit(sig), 5, SgxCode.UNMASKED_EVENT);
    assertCode(einit(flipped(0)), 4, SgxCode.INVALID_SIG_STRUCT);
    assertCode(einit(flipped(128)), 5, SgxCode.UNMASKED_EVENT);
    rig.cpu.eventPending(false);
    enclave.launch(sig);
  }

  @Test
  void step5IsPolledAgainInFlightAndThenNothingHasHappened() {
    setHash(rig.cpu, sig.mrsigner());
    LeafInFlight leaf = rig.cpu.begin(Encls.einit(rig.page(0), sig, NO_TOKEN));
    assertThat(leaf.result().isOk()).isTrue();
    assertCode(leaf.abort128(), 5, SgxCode.UNMASKED_EVENT);
    assertThat(rig.epcm.secs(0).initialised()).isFalse();
    rig.assertNothingHeld();
    rig.ok(Encls.einit(rig.page(0), sig, NO_TOKEN));
  }

  @Test
  void step5EndsAlsoALeafThatWouldBeRefusedLater() {
    LeafInFlight leaf = rig.cpu.begin(Encls.einit(rig.page(0), sig, NO_TOKEN));
    assertCode(leaf.result(), 15, SgxCode.INVALID_EINITTOKEN);
    assertCode(leaf.abort128(), 5, SgxCode.UNMASKED_EVENT);
  }

  @Test
  void step5IsOfEinitOnly() {
    LeafInFlight leaf = rig.cpu.begin(Encls.epa(rig.page(20)));
    assertThatThrownBy(leaf::abort128).isInstanceOf(IllegalStateException.class);
    leaf.end();
  }

  @Test
  void step6SignatureIsValid() {
    for (int offset : new int[] {20, 40, 128, 516, 900, 960, 1026, 1040, 1424}) {
      assertCode(einit(flipped(offset)), 6, SgxCode.INVALID_SIGNATURE);
    }
  }

  @Test
  void step6ComesBeforeTheSecsIsLookedAt() {
    assertCode(
        rig.cpu.run(Encls.einit(rig.page(30), flipped(516), NO_TOKEN)),
        6,
        SgxCode.INVALID_SIGNATURE);
  }

  @Test
  void step7SecsInExclusiveUseIsAConflict() {
    LeafInFlight removing = rig.other.begin(Encls.epa(rig.page(30)));
    assertConflict(rig.cpu.run(Encls.einit(rig.page(30), sig, NO_TOKEN)), 7);
    removing.abort();
  }

  @Test
  void step8SecsIsAValidSecs() {
    assertPf(rig.cpu.run(Encls.einit(rig.page(30), sig, NO_TOKEN)), 8, rig.page(30));
    assertPf(rig.cpu.run(Encls.einit(rig.page(1), sig, NO_TOKEN)), 8, rig.page(1));
  }

  @Test
  void step9FamilyAndExtendedProductNeedAnEnclaveWithKss() {
    Bytes some = Bytes.zeros(16).withFlippedBit(3, 1);
    assertCode(einit(resigned(enclave.sigBody().isvFamilyId(some))), 9, 1);
    assertCode(einit(resigned(enclave.sigBody().isvExtProdId(some))), 9, 1);
    TestEnclave kss = TestEnclave.built(rig, 10, Rig.secs(KSS).build());
    kss.launch(resigned(kss.sigBody().isvFamilyId(some).isvExtProdId(some)));
    assertThat(rig.epcm.secs(10).launched().isvFamilyId()).isEqualTo(some);
    assertThat(rig.epcm.secs(10).launched().isvExtProdId()).isEqualTo(some);
  }

  @Test
  void step10EnclaveBeingMeasuredIsAConflict() {
    LeafInFlight adding =
        rig.other.begin(Encls.eadd(rig.page(30), rig.page(0), Rig.BASE + 0x8000, RW, ZEROS));
    assertConflict(einit(sig), 10);
    adding.abort();
    enclave.launch(sig);
  }

  @Test
  void step10EnclaveIsNotInitialisedYet() {
    enclave.launch(sig);
    assertGp(einit(sig), 10);
  }

  @Test
  void step11MeasurementIsTheSignedOne() {
    SigStruct other = resigned(enclave.sigBody().enclaveHash(Bytes.zeros(32)));
    assertCode(einit(other), 11, SgxCode.INVALID_MEASUREMENT);
  }

  @Test
  void step12LaunchEnclaveIsSignedByTheKeyInTheMsrs() {
    long flags = Attributes.MODE64BIT | Attributes.EINITTOKENKEY;
    TestEnclave le = TestEnclave.built(rig, 10, Rig.secs(flags).build());
    SigStruct leSig = le.sig();
    assertCode(
        rig.cpu.run(Encls.einit(rig.page(10), leSig, NO_TOKEN)), 12, SgxCode.INVALID_ATTRIBUTE);
    EinitToken token = NO_TOKEN.toBuilder().valid(1).build();
    assertCode(rig.cpu.run(Encls.einit(rig.page(10), leSig, token)), 12, SgxCode.INVALID_ATTRIBUTE);
    le.launch(leSig);
  }

  @Test
  void step13AttributesAreTheSignedOnesUnderTheirMask() {
    Attributes production = new Attributes(Attributes.MODE64BIT, 3);
    SigStruct strict = resigned(enclave.sigBody().attributes(production));
    assertCode(einit(strict), 13, SgxCode.INVALID_ATTRIBUTE);
    SigStruct xfrm =
        resigned(
            enclave
                .sigBody()
                .attributes(new Attributes(Rig.secs().build().attributes().flags(), 7)));
    assertCode(einit(xfrm), 13, SgxCode.INVALID_ATTRIBUTE);
    enclave.launch(
        resigned(
            enclave
                .sigBody()
                .attributes(production)
                .attributeMask(new Attributes(~Attributes.DEBUG, -1))));
  }

  @Test
  void step14MiscSelectIsTheSignedOneUnderItsMask() {
    assertCode(einit(resigned(enclave.sigBody().miscSelect(1))), 14, SgxCode.INVALID_ATTRIBUTE);
    enclave.launch(resigned(enclave.sigBody().miscSelect(1).miscMask(~1)));
  }

  @Test
  void step15WithoutATokenTheSignerIsTheKeyInTheMsrs() {
    assertCode(einit(sig), 15, SgxCode.INVALID_EINITTOKEN);
    setHash(rig.cpu, sig.mrsigner());
    rig.ok(Encls.einit(rig.page(0), sig, NO_TOKEN));
  }

  @Test
  void step15LooksAtNothingElseOfAnAbsentToken() {
    Bytes junk = NO_TOKEN.bytes();
    for (int offset = 4; offset < junk.length(); offset++) {
      junk = junk.withFlippedBit(offset, 1);
    }
    setHash(rig.cpu, sig.mrsigner());
    rig.ok(Encls.einit(rig.page(0), sig, EinitToken.parse(junk)));
  }

  @Test
  void step24SetsIdentityAndInit() {
    Bytes mrenclave = rig.epcm.secs(0).measurement().mrenclave();
    enclave.launch(sig);
    SecsState state = rig.epcm.secs(0);
    Secs secs = state.image();
    assertThat(secs.mrenclave()).isEqualTo(mrenclave);
    assertThat(secs.mrsigner()).isEqualTo(ModelKeys.signer(0).mrsigner());
    assertThat(secs.isvProdId()).isEqualTo(7);
    assertThat(secs.isvSvn()).isEqualTo(3);
    assertThat(secs.attributes().has(Attributes.INIT)).isTrue();
    assertThat(state.launched().padding()).isEqualTo(SignatureCheck.PKCS1_PADDING);
    assertThat(state.launched().padding().length()).isEqualTo(352);
  }

  @Test
  void aRefusedEinitMayBeRepeatedAndPagesMayStillBeAdded() {
    assertCode(einit(sig), 15, SgxCode.INVALID_EINITTOKEN);
    Bytes before = rig.epcm.secs(0).measurement().mrenclave();
    assertCode(einit(sig), 15, SgxCode.INVALID_EINITTOKEN);
    assertThat(rig.epcm.secs(0).measurement().mrenclave()).isEqualTo(before);
    enclave.add(0x8000, RW, ZEROS);
    enclave.launch();
  }

  @Test
  void anAbortedEinitLeavesTheEnclaveAsItWas() {
    setHash(rig.cpu, sig.mrsigner());
    LeafInFlight leaf = rig.cpu.begin(Encls.einit(rig.page(0), sig, NO_TOKEN));
    leaf.abort();
    assertThat(rig.epcm.secs(0).initialised()).isFalse();
    rig.ok(Encls.einit(rig.page(0), sig, NO_TOKEN));
  }

  private LeafResult einit(SigStruct sigStruct) {
    return rig.cpu.run(Encls.einit(rig.page(0), sigStruct, NO_TOKEN));
  }

  private SigStruct flipped(int offset) {
    return SigStruct.parse(sig.bytes().withFlippedBit(offset, 0));
  }

  private static SigStruct resigned(SigStruct.Builder body) {
    return Signer.sign(body, ModelKeys.signer(0));
  }
}
