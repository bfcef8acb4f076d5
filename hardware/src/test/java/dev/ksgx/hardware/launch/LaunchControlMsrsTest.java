package dev.ksgx.hardware.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.cpu.Machine;
import dev.ksgx.hardware.cpu.MachineConfig;
import dev.ksgx.hardware.leaf.Encls;
import dev.ksgx.hardware.platform.Cpuid;
import dev.ksgx.hardware.structure.Bytes;
import org.junit.jupiter.api.Test;

/** The MSRs and their write rules, isa.md 6.5. */
class LaunchControlMsrsTest {
  private static final long[] INTEL = {
    0xa6053e051270b7acL, 0x6cfbe8ba8b3b413dL, 0xc4916d99f2b3735dL, 0xd4f8c05909f9bb3bL
  };

  @Test
  void hashMsrsComeOutOfResetWithIntelsHash() {
    Machine machine = machine(MachineConfig.builder());
    for (int i = 0; i < 4; i++) {
      assertThat(machine.processor(0).rdmsr(0x8c + i)).isEqualTo(MsrResult.done(INTEL[i]));
    }
  }

  @Test
  void hashMsrsAreWritableWhenLockedAndEnabled() {
    Machine machine = machine(MachineConfig.builder());
    assertThat(machine.processor(0).wrmsr(0x8d, 42).ok()).isTrue();
    assertThat(machine.processor(0).rdmsr(0x8d).value()).isEqualTo(42);
    assertThat(machine.processor(0).rdmsr(0x8c).value()).isEqualTo(INTEL[0]);
  }

  @Test
  void hashMsrsFaultOnWritesWhenFirmwareLockedLaunchControl() {
    Bytes own = Bytes.fromHex("01".repeat(32));
    Machine machine = machine(MachineConfig.builder().launchControlLocked().launchHash(own));
    MsrResult result = machine.processor(0).wrmsr(0x8c, 42);
    assertThat(result.ok()).isFalse();
    assertThat(result.check()).contains("launch-control enable");
    assertThat(machine.processor(0).rdmsr(0x8c).value()).isEqualTo(0x0101010101010101L);
  }

  @Test
  void hashMsrsFaultOnWritesBeforeTheLock() {
    Machine machine =
        machine(MachineConfig.builder().featureControl(LaunchControlMsrs.LAUNCH_CONTROL_ENABLE));
    assertThat(machine.processor(0).wrmsr(0x8c, 42).ok()).isFalse();
    assertThat(machine.processor(0).rdmsr(0x8c).ok()).isTrue();
  }

  @Test
  void hashMsrsDoNotExistWithoutLaunchControl() {
    Machine machine = machine(MachineConfig.builder().cpuid(Cpuid.builder().build()));
    assertThat(machine.processor(0).rdmsr(0x8c).ok()).isFalse();
    assertThat(machine.processor(0).wrmsr(0x8f, 1).ok()).isFalse();
  }

  @Test
  void featureControlIsWrittenOnce() {
    Machine machine = machine(MachineConfig.builder().featureControl(0));
    long value = LaunchControlMsrs.LOCK | LaunchControlMsrs.SGX_ENABLE;
    assertThat(machine.processor(0).wrmsr(0x3a, LaunchControlMsrs.SGX_ENABLE).ok()).isTrue();
    assertThat(machine.processor(0).wrmsr(0x3a, value).ok()).isTrue();
    assertThat(machine.processor(0).wrmsr(0x3a, 0).ok()).isFalse();
    assertThat(machine.processor(0).rdmsr(0x3a).value()).isEqualTo(value);
  }

  @Test
  void scopeIsTheThreadOrTheCore() {
    MachineConfig.Builder four = MachineConfig.builder().processors(4).threadsPerCore(2);
    Machine threads = machine(four.msrScope(MsrScope.PER_THREAD));
    threads.processor(0).wrmsr(0x8c, 5);
    assertThat(threads.processor(1).rdmsr(0x8c).value()).isEqualTo(INTEL[0]);
    Machine cores = machine(four.msrScope(MsrScope.PER_CORE));
    cores.processor(0).wrmsr(0x8c, 5);
    assertThat(cores.processor(1).rdmsr(0x8c).value()).isEqualTo(5);
    assertThat(cores.processor(2).rdmsr(0x8c).value()).isEqualTo(INTEL[0]);
  }

  @Test
  void ownerEpochIsWriteOnlyAndOnlyBeforeSgxIsUsed() {
    Machine machine = machine(MachineConfig.builder());
    assertThat(machine.processor(0).wrmsr(0x300, 0x1122).ok()).isTrue();
    assertThat(machine.processor(1).wrmsr(0x301, 0x3344).ok()).isTrue();
    assertThat(machine.processor(0).rdmsr(0x300).ok()).isFalse();
    machine.processor(0).run(Encls.epa(machine.epc().addressOf(0)));
    assertThat(machine.processor(0).wrmsr(0x300, 0).ok()).isFalse();
  }

  @Test
  void statusIsReadOnlyAndLocksWithTheFirstLeafThatDoesNotFault() {
    Machine machine = machine(MachineConfig.builder());
    assertThat(machine.processor(0).wrmsr(0x500, 1).ok()).isFalse();
    machine.processor(0).run(Encls.epa(1));
    assertThat(machine.processor(0).rdmsr(0x500).value()).isZero();
    machine.processor(0).run(Encls.epa(machine.epc().addressOf(0)));
    assertThat(machine.processor(1).rdmsr(0x500).value()).isEqualTo(1);
  }

  @Test
  void otherMsrsFault() {
    Machine machine = machine(MachineConfig.builder());
    assertThat(machine.processor(0).rdmsr(0x10).ok()).isFalse();
    assertThat(machine.processor(0).wrmsr(0x90, 1).check()).isEqualTo("no such MSR of SGX");
  }

  private static Machine machine(MachineConfig.Builder config) {
    return Machine.create(config.build());
  }
}
