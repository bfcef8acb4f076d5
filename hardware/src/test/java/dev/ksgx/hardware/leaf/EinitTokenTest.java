package dev.ksgx.hardware.leaf;

import static dev.ksgx.hardware.testkit.Rig.assertCode;
import static dev.ksgx.hardware.testkit.TestEnclave.setHash;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.cpu.LogicalProcessor;
import dev.ksgx.hardware.image.ModelKeys;
import dev.ksgx.hardware.launch.LaunchControlMsrs;
import dev.ksgx.hardware.structure.Attributes;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.EinitToken;
import dev.ksgx.hardware.structure.SgxCode;
import dev.ksgx.hardware.structure.SigStruct;
import dev.ksgx.hardware.testkit.Rig;
import dev.ksgx.hardware.testkit.TestEnclave;
import dev.ksgx.hardware.testkit.TestLaunchEnclave;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** EINIT with a token made by a launch enclave on the machine, isa.md 6.1 steps 16 to 22. */
class EinitTokenTest {
  private final Rig rig = Rig.everything();
  private final TestEnclave enclave =
      TestEnclave.built(rig, 0, Rig.secs(Attributes.MODE64BIT).build());
  private final SigStruct sig = enclave.sig();
  private final TestLaunchEnclave le = new TestLaunchEnclave(rig, 30);

  @Test
  void tokenOfTheLaunchEnclaveLaunches() {
    EinitToken token = le.token(rig.cpu, enclave, sig);
    rig.ok(Encls.einit(rig.page(0), sig, token));
    assertThat(rig.epcm.secs(0).initialised()).isTrue();
  }

  @Test
  void tokenMadeOnOneProcessorWorksOnAnother() {
    EinitToken token = le.token(rig.cpu, enclave, sig);
    assertCode(einit(rig.other, token), 20, SgxCode.INVALID_EINITTOKEN);
    setHash(rig.other, TestLaunchEnclave.SIGNER);
    assertThat(einit(rig.other, token).isOk()).isTrue();
  }

  @Test
  void tokenIsRefusedUnderOtherMsrsAndWorksAfterTheyWereRestored() {
    EinitToken token = le.token(rig.cpu, enclave, sig);
    setHash(rig.cpu, LaunchControlMsrs.INTEL_HASH);
    assertCode(einit(rig.cpu, token), 20, SgxCode.INVALID_EINITTOKEN);
    setHash(rig.cpu, TestLaunchEnclave.SIGNER);
    assertThat(einit(rig.cpu, token).isOk()).isTrue();
  }

  @Test
  void step16DebugLaunchEnclaveLaunchesDebugEnclavesOnly() {
    TestLaunchEnclave debugLe = new TestLaunchEnclave(rig, 40, Attributes.DEBUG);
    assertCode(
        einit(rig.cpu, debugLe.token(rig.cpu, enclave, sig)), 16, SgxCode.INVALID_EINITTOKEN);
    TestEnclave debug = TestEnclave.built(rig, 10, Rig.secs().build());
    SigStruct debugSig = debug.sig();
    rig.ok(Encls.einit(rig.page(10), debugSig, debugLe.token(rig.cpu, debug, debugSig)));
  }

  @Test
  void step17ReservedBytesAndBitsAreZero() {
    EinitToken token = le.token(rig.cpu, enclave, sig);
    for (int offset : new int[] {3, 4, 47, 96, 127, 160, 191, 212, 235}) {
      assertCode(einit(rig.cpu, flipped(token, offset)), 17, SgxCode.INVALID_EINITTOKEN);
    }
  }

  @Test
  void step18CpuSvnIsNotBeyondTheCurrentOne() {
    EinitToken token = le.token(rig.cpu, enclave, sig);
    Bytes beyond = token.cpuSvnLe().withFlippedBit(15, 0);
    assertCode(
        einit(rig.cpu, token.toBuilder().cpuSvnLe(beyond).build()), 18, SgxCode.INVALID_CPUSVN);
  }

  @Test
  void step19EachValueInTheTokenEntersTheLaunchKey() {
    EinitToken token = le.token(rig.cpu, enclave, sig);
    refusedAtMac(token, t -> t.cpuSvnLe(Bytes.zeros(16)));
    refusedAtMac(token, t -> t.isvProdIdLe(8));
    refusedAtMac(token, t -> t.isvSvnLe(2));
    refusedAtMac(token, t -> t.maskedMiscSelectLe(1));
    refusedAtMac(token, t -> t.maskedAttributesLe(new Attributes(1, 0)));
    refusedAtMac(token, t -> t.keyId(Bytes.zeros(32)));
  }

  @Test
  void step20EachFlippedBitOfTheMacIsRefused() {
    EinitToken token = le.token(rig.cpu, enclave, sig);
    for (int bit = 0; bit < 128; bit++) {
      Bytes bytes = token.bytes().withFlippedBit(288 + bit / 8, bit % 8);
      assertCode(einit(rig.cpu, EinitToken.parse(bytes)), 20, SgxCode.INVALID_EINITTOKEN);
    }
  }

  @Test
  void step20EachValueUnderTheMacIsProtected() {
    EinitToken token = le.token(rig.cpu, enclave, sig);
    for (int offset : new int[] {48, 63, 64, 95, 128, 159}) {
      assertCode(einit(rig.cpu, flipped(token, offset)), 20, SgxCode.INVALID_EINITTOKEN);
    }
  }

  @Test
  void step21TokenOfAnotherEnclaveOrSignerIsRefused() {
    EinitToken.Builder wanted = wanted();
    assertCode(
        einit(rig.cpu, le.token(rig.cpu, wanted.mrenclave(Bytes.zeros(32)).build())),
        21,
        SgxCode.INVALID_MEASUREMENT);
    EinitToken.Builder otherSigner = wanted().mrsigner(ModelKeys.signer(1).mrsigner());
    assertCode(
        einit(rig.cpu, le.token(rig.cpu, otherSigner.build())), 21, SgxCode.INVALID_MEASUREMENT);
  }

  @Test
  void step22TokenForOtherAttributesIsRefused() {
    Attributes debug = new Attributes(Attributes.MODE64BIT | Attributes.DEBUG, 3);
    assertCode(
        einit(rig.cpu, le.token(rig.cpu, wanted().attributes(debug).build())),
        22,
        SgxCode.INVALID_ATTRIBUTE);
  }

  @Test
  void step22ComparesXfrmToo() {
    Attributes avx = new Attributes(Attributes.MODE64BIT, 7);
    assertCode(
        einit(rig.cpu, le.token(rig.cpu, wanted().attributes(avx).build())),
        22,
        SgxCode.INVALID_ATTRIBUTE);
  }

  @Test
  void step23VersionOfTheLaunchEnclaveIsComparedWithNothing() {
    EinitToken token = le.token(rig.cpu, enclave, sig);
    assertThat(token.isvSvnLe()).isEqualTo(3);
    assertThat(sig.isvSvn()).isEqualTo(3);
    SigStruct newer =
        dev.ksgx.hardware.launch.Signer.sign(enclave.sigBody().isvSvn(9), ModelKeys.signer(0));
    assertThat(rig.cpu.run(Encls.einit(rig.page(0), newer, token)).isOk()).isTrue();
  }

  private void refusedAtMac(EinitToken token, UnaryOperator<EinitToken.Builder> change) {
    EinitToken changed = change.apply(token.toBuilder()).build();
    assertThat(changed).isNotEqualTo(token);
    assertCode(einit(rig.cpu, changed), 20, SgxCode.INVALID_EINITTOKEN);
  }

  private EinitToken.Builder wanted() {
    return EinitToken.builder()
        .attributes(enclave.secs.attributes())
        .mrenclave(sig.enclaveHash())
        .mrsigner(sig.mrsigner());
  }

  private LeafResult einit(LogicalProcessor cpu, EinitToken token) {
    return cpu.run(Encls.einit(rig.page(0), sig, token));
  }

  private static EinitToken flipped(EinitToken token, int offset) {
    return EinitToken.parse(token.bytes().withFlippedBit(offset, 1));
  }
}
