package dev.ksgx.hardware.cpu;

import static dev.ksgx.hardware.testkit.TestEnclave.setHash;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.ksgx.hardware.leaf.Encls;
import dev.ksgx.hardware.leaf.LeafResult;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.EinitToken;
import dev.ksgx.hardware.structure.SgxCode;
import dev.ksgx.hardware.structure.SigStruct;
import dev.ksgx.hardware.testkit.Rig;
import dev.ksgx.hardware.testkit.TestEnclave;
import dev.ksgx.hardware.testkit.TestLaunchEnclave;
import org.junit.jupiter.api.Test;

/** What another CPUSVN does to tokens that were made before (isa.md 6.1 step 18, 7.1, 7.3). */
class MicrocodeTest {
  private static final Bytes HIGHER = Bytes.fromHex("0307" + "00".repeat(14));
  private static final Bytes LOWER = Bytes.fromHex("0206" + "00".repeat(14));
  private static final Bytes UNRELATED = Bytes.fromHex("0406" + "00".repeat(14));

  private final Rig rig = Rig.everything();
  private final TestEnclave enclave = TestEnclave.built(rig, 0, Rig.secs().build());
  private final SigStruct sig = enclave.sig();
  private final TestLaunchEnclave le = new TestLaunchEnclave(rig, 30);

  private LeafResult einit(LogicalProcessor cpu, EinitToken token) {
    setHash(cpu, TestLaunchEnclave.SIGNER);
    return cpu.run(Encls.einit(enclave.secsPage(), sig, token));
  }

  @Test
  void aTokenOfALowerCpuSvnStaysGoodOnAllProcessors() {
    EinitToken token = le.token(rig.cpu, enclave, sig);
    rig.machine.updateMicrocode(HIGHER);
    assertThat(einit(rig.other, token).isOk()).isTrue();
  }

  @Test
  void aTokenOfACpuSvnBeyondTheNewOneIsVoidAndOneMadeAfterwardsIsGood() {
    for (Bytes svn : new Bytes[] {LOWER, UNRELATED}) {
      rig.machine.updateMicrocode(rig.machine.config().cpuSvn());
      EinitToken token = le.token(rig.cpu, enclave, sig);
      rig.machine.updateMicrocode(svn);
      LeafResult refused = einit(rig.cpu, token);
      assertThat(refused.code()).as(refused.describe()).isEqualTo(SgxCode.INVALID_CPUSVN);
    }
    assertThat(einit(rig.cpu, le.token(rig.cpu, enclave, sig)).isOk()).isTrue();
  }

  @Test
  void itOutlivesALossOfPowerAndHas16Bytes() {
    rig.machine.updateMicrocode(HIGHER);
    rig.machine.losePower();
    assertThat(rig.machine.cpuSvn()).isEqualTo(HIGHER);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> rig.machine.updateMicrocode(Bytes.zeros(15)))
        .withMessageContaining("15 bytes, expected 16");
  }
}
