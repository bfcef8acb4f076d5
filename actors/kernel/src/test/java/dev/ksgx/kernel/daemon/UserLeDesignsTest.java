package dev.ksgx.kernel.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.LaunchDesign;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.kernel.config.UserLe;
import dev.ksgx.kernel.embed.AsyncEnclave;
import dev.ksgx.kernel.embed.SgxException;
import dev.ksgx.kernel.embed.SgxKernel;
import dev.ksgx.kernel.embed.SgxProcess;
import dev.ksgx.kernel.embed.SimulatedKernel;
import dev.ksgx.kernel.policy.LaunchPolicy;
import dev.ksgx.protocol.abi.Errno;
import dev.ksgx.protocol.abi.LaunchFault;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Embedded kernels with a launch daemon: out of tree, and on mainline's adds and reclaim. */
class UserLeDesignsTest {
  static Stream<KernelConfig> designs() {
    UserLe pool = DaemonRig.pool(4, 2, 2, DaemonRig.cache(UserLe.TokenCache.Place.APPLICATION));
    return Stream.of(
        KernelConfig.preset(Preset.OUT_OF_TREE),
        KernelConfig.preset(Preset.MAINLINE)
            .withBugs(Bugs.fixed())
            .withLaunch(LaunchDesign.userLe(UserLe.aesmd())),
        KernelConfig.preset(Preset.MAINLINE)
            .withBugs(Bugs.fixed())
            .withLaunch(LaunchDesign.userLe(pool)));
  }

  @ParameterizedTest
  @MethodSource("designs")
  void aLaunchWorksAndTheBooksBalanceWhenAllHaveExited(KernelConfig config) {
    try (SimulatedKernel kernel = SgxKernel.checked(config, 1);
        SgxProcess process = kernel.process()) {
      process.launch(SampleEnclaves.tiny()).close();
      List<CompletionStage<AsyncEnclave>> all = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        all.add(process.async().launch(SampleEnclaves.seventyFivePages()));
      }
      all.forEach(kernel::await);
      assertThat(kernel.launchDaemon().tokens()).isPositive();
      kernel.exitAll();
      assertThat(kernel.audit().violations()).isEmpty();
      assertThat(kernel.epc().free()).isEqualTo(kernel.epc().frames());
    }
  }

  @ParameterizedTest
  @MethodSource("designs")
  void aLiveKernelHasADaemonToo(KernelConfig config) {
    try (SgxKernel kernel = SgxKernel.start(config);
        SgxProcess process = kernel.process()) {
      for (int i = 0; i < 5; i++) {
        process.launch(SampleEnclaves.tiny()).close();
      }
      assertThat(kernel.launchDaemon().requests()).isPositive();
      kernel.exitAll();
      assertThat(kernel.audit().violations()).isEmpty();
      assertThat(kernel.epc().free()).isEqualTo(kernel.epc().frames());
    }
  }

  @Test
  void aRefusalIsToldWithItsPhaseAndItsReason() {
    KernelConfig config =
        DaemonRig.config(DaemonRig.policy(LaunchPolicy.Fixed.DEBUG_ONLY)).withBugs(Bugs.fixed());
    try (SimulatedKernel kernel = SgxKernel.simulated(config, 1);
        SgxProcess process = kernel.process()) {
      SgxException refused =
          catchThrowableOfType(SgxException.class, () -> process.launch(SampleEnclaves.tiny()));
      assertThat(refused.phase()).isEqualTo(SgxException.Phase.TOKEN);
      assertThat(refused.errno()).isEqualTo(Errno.EACCES);
      assertThat(refused.check())
          .isEqualTo(
              "token: the launch enclave refuses: the policy gives tokens to debug enclaves only");
      kernel.exitAll();
      assertThat(kernel.epc().free()).isEqualTo(kernel.epc().frames());
    }
  }

  @Test
  void faultsOfTheLaunchEnclaveAreThoseOfTheDaemonWhereItIsTheDaemons() {
    try (SimulatedKernel kernel = SgxKernel.simulated(DaemonRig.config(UserLe.aesmd()), 1);
        SgxProcess process = kernel.process()) {
      process.launch(SampleEnclaves.tiny());
      kernel.faults().launchEnclave(LaunchFault.DENYING);
      assertThatThrownBy(() -> process.launch(SampleEnclaves.tiny()))
          .isInstanceOf(SgxException.class);
      kernel.faults().launchEnclave(LaunchFault.NONE);
      kernel.faults().killLaunchEnclave();
      process.launch(SampleEnclaves.tiny());
      assertThat(kernel.launchDaemon().starts()).isEqualTo(2);
    }
  }

  @Test
  void aKernelWithoutADaemonSaysThatItHasNone() {
    try (SimulatedKernel kernel = SgxKernel.simulated(KernelConfig.preset(Preset.V5), 1)) {
      assertThatThrownBy(kernel::launchDaemon)
          .hasMessage("no launch daemon: the kernel's launch is not user-le");
    }
  }
}
