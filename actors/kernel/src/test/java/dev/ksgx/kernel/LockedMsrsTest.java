package dev.ksgx.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.cpu.MachineConfig;
import dev.ksgx.hardware.image.ModelKeys;
import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.hardware.launch.LaunchControlMsrs;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.SgxCode;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.config.HashSource;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.KernelLe;
import dev.ksgx.kernel.config.LaunchDesign;
import dev.ksgx.kernel.config.MsrPolicy;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.kernel.config.UserLe;
import dev.ksgx.protocol.abi.Errno;
import dev.ksgx.protocol.abi.SgxIoctl;
import dev.ksgx.protocol.message.CoreMessage;
import org.junit.jupiter.api.Test;

/** What still launches where firmware locked the hash MSRs: FEATURE_CONTROL bit 17 clear. */
class LockedMsrsTest {
  private static final SignedEnclave TINY = SampleEnclaves.tiny();
  private static final Bytes LE = ModelKeys.launchEnclave().mrsigner();

  private static KernelConfig locked(LaunchDesign design, Bytes hash) {
    return KernelConfig.preset(Preset.V5)
        .withBugs(Bugs.fixed())
        .withLaunch(design)
        .withInterrupts(0, 0)
        .withMachine(MachineConfig.builder().launchHash(hash).launchControlLocked().build());
  }

  private static void neverWrites(Rig rig) {
    assertThat(rig.cores().stream().mapToLong(CoreMessage.Counters::msrWrites).sum()).isZero();
  }

  @Test
  void theKernelsLaunchEnclaveLaunchesEverythingIfTheyHoldItsHash() {
    for (MsrPolicy policy : MsrPolicy.values()) {
      LaunchDesign design =
          LaunchDesign.kernelLe(KernelLe.Channel.PIPES).withHash(HashSource.KERNEL_LE, policy);
      try (Rig rig = new Rig(locked(design, LE))) {
        Rig.Process process = rig.process();
        rig.open(process);
        assertThat(rig.launch(process, TINY).result().isZero()).as(policy.key()).isTrue();
        assertThat(rig.launch(process, SampleEnclaves.tiny(2)).result().isZero()).isTrue();
        neverWrites(rig);
      }
      try (Rig rig = new Rig(locked(design, LaunchControlMsrs.INTEL_HASH))) {
        assertThat(rig.open(rig.process()).errno()).isEqualTo(Errno.ENODEV);
      }
    }
  }

  @Test
  void aDaemonLaunchesEverythingIfTheyHoldItsHashAndItsDriverLoadsAnyway() {
    for (MsrPolicy policy : MsrPolicy.values()) {
      LaunchDesign design = LaunchDesign.userLe(UserLe.aesmd()).withHash(HashSource.BOOT, policy);
      KernelConfig config = locked(design, LaunchControlMsrs.INTEL_HASH);
      try (Rig rig = new Rig(config)) {
        Rig.Process process = rig.process();
        assertThat(rig.open(process).isErrno()).isFalse();
        Bytes intel = Tokens.by(LaunchControlMsrs.INTEL_HASH, config.machine(), TINY);
        Bytes model = Tokens.by(LE, config.machine(), TINY);
        assertThat(Tokens.launch(rig, process, TINY, intel).isZero()).as(policy.key()).isTrue();
        assertThat(Tokens.launch(rig, process, TINY, model).value())
            .isEqualTo(SgxCode.INVALID_EINITTOKEN);
        neverWrites(rig);
      }
    }
  }

  @Test
  void aHashSaidByIoctlIsRefused() {
    for (HashSource source : new HashSource[] {HashSource.PER_FD, HashSource.IOCTL}) {
      LaunchDesign design = LaunchDesign.userLe(UserLe.aesmd()).withHash(source, MsrPolicy.ALWAYS);
      KernelConfig config = locked(design, LaunchControlMsrs.INTEL_HASH);
      try (Rig rig = new Rig(config)) {
        Rig.Process process = rig.process();
        rig.open(process);
        SgxIoctl say =
            source == HashSource.PER_FD
                ? new SgxIoctl.SetFileHash(LE)
                : new SgxIoctl.SetMachineHash(LE, true);
        assertThat(rig.ioctl(process, say).errno()).isEqualTo(Errno.ENODEV);
        Bytes intel = Tokens.by(LaunchControlMsrs.INTEL_HASH, config.machine(), TINY);
        assertThat(Tokens.launch(rig, process, TINY, intel).isZero()).isTrue();
        neverWrites(rig);
      }
    }
  }

  @Test
  void withoutTokensThereIsNoDriverNotEvenForTheSignerWhoseHashTheyHold() {
    Bytes own = TINY.sigStruct().mrsigner();
    for (MsrPolicy policy : MsrPolicy.values()) {
      try (Rig rig = new Rig(locked(LaunchDesign.direct(policy), own))) {
        assertThat(rig.open(rig.process()).errno()).isEqualTo(Errno.ENODEV);
        neverWrites(rig);
      }
    }
  }
}
