package dev.ksgx.hardware.leaf;

import static dev.ksgx.hardware.testkit.Rig.assertCode;
import static dev.ksgx.hardware.testkit.Rig.assertGp;
import static dev.ksgx.hardware.testkit.Rig.assertPf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.cpu.MachineConfig;
import dev.ksgx.hardware.crypto.KeyLayout;
import dev.ksgx.hardware.crypto.SdkSimulation;
import dev.ksgx.hardware.image.ModelKeys;
import dev.ksgx.hardware.platform.Cpuid;
import dev.ksgx.hardware.structure.Attributes;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.KeyRequest;
import dev.ksgx.hardware.structure.SgxCode;
import dev.ksgx.hardware.testkit.Rig;
import dev.ksgx.hardware.testkit.TestEnclave;
import org.junit.jupiter.api.Test;

/** EGETKEY, isa.md 7.1. What enters the keys is tested in {@link EnclaveKeysTest}. */
class EgetkeyTest {
  private static final long KSS = Attributes.MODE64BIT | Attributes.KSS;
  private static final long ALL =
      KSS | Attributes.PROVISIONKEY | Attributes.EINITTOKENKEY | Attributes.DEBUG;

  private final Rig rig = Rig.everything();
  private final TestEnclave enclave = entered(rig, ALL);
  private final long operands = enclave.base + TestEnclave.OPERANDS;
  private final long output = operands + 512;

  private static TestEnclave entered(Rig rig, long flags) {
    TestEnclave enclave =
        TestEnclave.launched(
            rig, 0, Rig.secs(flags).configSvn((flags & KSS) == KSS ? 5 : 0).build());
    enclave.enter();
    return enclave;
  }

  @Test
  void gateWantsAProcessorInsideAnEnclave() {
    assertGp(rig.other.egetkey(operands, output), 0);
  }

  @Test
  void step1RequestIsAlignedAndInElrange() {
    assertGp(rig.cpu.egetkey(operands + 256, output), 1);
    assertGp(rig.cpu.egetkey(enclave.base + Rig.SIZE, output), 1);
    assertGp(rig.cpu.egetkey(enclave.base - 512, output), 1);
  }

  @Test
  void step1RequestIsOnAReadablePageOfTheEnclave() {
    assertPf(rig.cpu.egetkey(enclave.base, output), 1, enclave.base);
    enclave.map(0x8000, 50);
    assertPf(rig.cpu.egetkey(enclave.base + 0x8000, output), 1, enclave.base + 0x8000);
    LeafResult absent = rig.cpu.egetkey(enclave.base + 0x9000, output);
    assertThat(absent.status()).isEqualTo(Status.PF);
    assertThat(absent.code()).as("an ordinary page fault has no SGX bit").isZero();
  }

  @Test
  void step2OutputIsAlignedAndInElrange() {
    assertGp(rig.cpu.egetkey(operands, output + 8), 2);
    assertGp(rig.cpu.egetkey(operands, enclave.base + Rig.SIZE), 2);
  }

  @Test
  void step2OutputIsOnAWritablePageOfTheEnclave() {
    long code = enclave.base + TestEnclave.CODE;
    assertPf(rig.cpu.egetkey(operands, code), 2, code);
  }

  @Test
  void step3ReservedBytesAreZero() {
    Bytes request = seal().build().bytes();
    for (int offset : new int[] {6, 7, 78, 511}) {
      assertGp(getKey(rig, request.withFlippedBit(offset, 0)), 3);
    }
    assertGp(getKey(rig, request.withFlippedBit(2, 6)), 3);
    assertGp(getKey(rig, request.withFlippedBit(3, 7)), 3);
  }

  @Test
  void step3KssPolicyIsReservedOnProcessorsWithoutKss() {
    Rig client = Rig.client();
    entered(client, Attributes.MODE64BIT);
    assertGp(getKey(client, seal().keyPolicy(4).build().bytes()), 3);
    assertGp(getKey(client, seal().configSvn(1).build().bytes()), 3);
  }

  @Test
  void step4KssNeedsAnEnclaveWithKss() {
    Rig plain = Rig.everything();
    entered(plain, Attributes.MODE64BIT);
    for (int policy : new int[] {4, 8, 16, 32}) {
      assertGp(getKey(plain, seal().keyPolicy(policy).build().bytes()), 4);
      assertThat(getKey(rig, seal().keyPolicy(policy).build().bytes()).isOk()).isTrue();
    }
    assertGp(getKey(plain, seal().configSvn(1).build().bytes()), 4);
  }

  @Test
  void step5KeyNameIsKnown() {
    assertCode(getKey(rig, seal().keyName(5).build().bytes()), 5, SgxCode.INVALID_KEYNAME);
    assertCode(getKey(rig, seal().keyName(0xffff).build().bytes()), 5, SgxCode.INVALID_KEYNAME);
  }

  @Test
  void step5PrivilegedKeysNeedTheirAttribute() {
    Rig plain = Rig.everything();
    entered(plain, KSS);
    int[] names = {KeyRequest.EINITTOKEN, KeyRequest.PROVISION, KeyRequest.PROVISION_SEAL};
    for (int name : names) {
      KeyRequest.Builder request = seal().keyName(name);
      assertCode(getKey(plain, request.build().bytes()), 5, SgxCode.INVALID_ATTRIBUTE);
      assertThat(getKey(rig, request.build().bytes()).isOk()).isTrue();
    }
    assertThat(getKey(plain, seal().build().bytes()).isOk()).isTrue();
    assertThat(getKey(plain, seal().keyName(KeyRequest.REPORT).build().bytes()).isOk()).isTrue();
  }

  @Test
  void step5VersionsBeyondTheCurrentOnesAreRefusedExceptForReportKeys() {
    Bytes beyond = Bytes.zeros(16).withFlippedBit(9, 0);
    for (int name = 0; name <= 4; name++) {
      if (name == KeyRequest.REPORT) {
        continue;
      }
      KeyRequest.Builder newCpu = seal().keyName(name).cpuSvn(beyond);
      assertCode(getKey(rig, newCpu.build().bytes()), 5, SgxCode.INVALID_CPUSVN);
      KeyRequest.Builder newEnclave = seal().keyName(name).isvSvn(4);
      assertCode(getKey(rig, newEnclave.build().bytes()), 5, SgxCode.INVALID_ISVSVN);
      assertThat(getKey(rig, seal().keyName(name).isvSvn(3).build().bytes()).isOk()).isTrue();
    }
    KeyRequest.Builder report = seal().keyName(KeyRequest.REPORT).cpuSvn(beyond).isvSvn(9);
    assertThat(getKey(rig, report.configSvn(9).build().bytes()).isOk()).isTrue();
  }

  @Test
  void step5ConfigurationVersionIsTestedForSealKeysOnly() {
    assertCode(getKey(rig, seal().configSvn(6).build().bytes()), 5, SgxCode.INVALID_ISVSVN);
    assertThat(getKey(rig, seal().configSvn(5).build().bytes()).isOk()).isTrue();
    for (int name :
        new int[] {KeyRequest.EINITTOKEN, KeyRequest.PROVISION, KeyRequest.PROVISION_SEAL}) {
      assertThat(getKey(rig, seal().keyName(name).configSvn(6).build().bytes()).isOk()).isTrue();
    }
  }

  @Test
  void step5SdkSimulationTestsItForProvisionSealKeysToo() {
    Rig sdk =
        new Rig(
            MachineConfig.builder().cpuid(Cpuid.everything()).keyLayout(KeyLayout.SDK_SIMULATION));
    entered(sdk, ALL);
    KeyRequest.Builder request = seal().keyName(KeyRequest.PROVISION_SEAL);
    assertCode(getKey(sdk, request.configSvn(6).build().bytes()), 5, SgxCode.INVALID_ISVSVN);
    assertThat(getKey(sdk, request.configSvn(5).build().bytes()).isOk()).isTrue();
  }

  @Test
  void step5SdkSimulationKnowsThreeCpuSvns() {
    Rig sdk =
        new Rig(
            MachineConfig.builder().cpuid(Cpuid.everything()).keyLayout(KeyLayout.SDK_SIMULATION));
    entered(sdk, ALL);
    assertCode(
        getKey(sdk, seal().cpuSvn(SdkSimulation.UPGRADED_CPUSVN).build().bytes()),
        5,
        SgxCode.INVALID_CPUSVN);
    assertCode(
        getKey(sdk, seal().cpuSvn(Bytes.fromHex("01".repeat(16))).build().bytes()),
        5,
        SgxCode.INVALID_CPUSVN);
    Bytes older = key(sdk, seal().cpuSvn(SdkSimulation.DOWNGRADED_CPUSVN).build());
    Bytes current = key(sdk, seal().cpuSvn(SdkSimulation.DEFAULT_CPUSVN).build());
    assertThat(older).isNotEqualTo(current);
    assertThat(key(sdk, seal().build())).as("zero means the default").isEqualTo(current);
  }

  @Test
  void refusalLeavesTheOutputUntouched() {
    rig.cpu.store(output, Bytes.fromHex("ab".repeat(16)));
    getKey(rig, seal().isvSvn(9).build().bytes());
    assertThat(rig.cpu.load(output, 16).data()).isEqualTo(Bytes.fromHex("ab".repeat(16)));
  }

  @Test
  void launchKeyDoesNotDependOnWhatTheMsrsBecameLater() {
    Bytes before = key(rig, seal().keyName(KeyRequest.EINITTOKEN).build());
    TestEnclave.setHash(rig.cpu, ModelKeys.signer(2).mrsigner());
    assertThat(key(rig, seal().keyName(KeyRequest.EINITTOKEN).build())).isEqualTo(before);
  }

  private static KeyRequest.Builder seal() {
    return KeyRequest.builder().keyName(KeyRequest.SEAL);
  }

  private LeafResult getKey(Rig where, Bytes request) {
    assertThat(where.cpu.store(operands, request).isFault()).isFalse();
    return where.cpu.egetkey(operands, output);
  }

  private Bytes key(Rig where, KeyRequest request) {
    assertThat(getKey(where, request.bytes()).describe()).isEqualTo("EGETKEY: done");
    return where.cpu.load(output, 16).data();
  }
}
