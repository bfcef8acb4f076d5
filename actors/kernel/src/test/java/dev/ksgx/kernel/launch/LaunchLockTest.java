package dev.ksgx.kernel.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.KernelLe;
import dev.ksgx.kernel.config.LaunchDesign;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.kernel.embed.SgxKernel;
import dev.ksgx.kernel.embed.SgxProcess;
import dev.ksgx.kernel.embed.SimulatedKernel;
import dev.ksgx.protocol.abi.LaunchFault;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who waits for the launch lock when its holder waits for ever (driver.md 5.1, 5.2). */
class LaunchLockTest {
  @ParameterizedTest
  @EnumSource(KernelLe.Channel.class)
  void aCloseThatIsNotTheLastTakesNoLockAndAnOpenOnlyWhereItStartsTheEnclave(
      KernelLe.Channel channel) {
    KernelConfig config =
        KernelConfig.preset(Preset.MAINLINE)
            .withLaunch(LaunchDesign.kernelLe(channel))
            .withInterrupts(0, 0);
    try (SimulatedKernel kernel = SgxKernel.simulated(config, 1)) {
      SgxProcess asks = kernel.process();
      SgxProcess closes = kernel.process();
      SgxProcess exits = kernel.process();
      SgxProcess opens = kernel.process();
      int descriptor = closes.open();
      exits.open();
      asks.launch(SampleEnclaves.tiny());
      kernel.faults().launchEnclave(LaunchFault.HUNG);
      CompletableFuture<?> launched = future(asks.async().launch(SampleEnclaves.pages(5)));
      kernel.advanceWhoeverWaits(Duration.ofMillis(10));
      CompletableFuture<?> closed = future(closes.async().closeDescriptor(descriptor));
      CompletableFuture<?> exited = future(exits.async().exit());
      CompletableFuture<?> opened = future(opens.async().open());
      kernel.advanceWhoeverWaits(Duration.ofSeconds(60));
      assertThat(launched).as("asks a launch enclave that hangs").isNotDone();
      assertThat(closed).isCompleted();
      assertThat(exited).isCompleted();
      assertThat(opened.isDone()).isEqualTo(channel == KernelLe.Channel.IOCTLS);
    }
  }

  private static CompletableFuture<?> future(CompletionStage<?> stage) {
    return stage.toCompletableFuture();
  }
}
