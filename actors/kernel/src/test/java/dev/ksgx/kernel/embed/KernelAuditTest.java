package dev.ksgx.kernel.embed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.Preset;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class KernelAuditTest {
  @Test
  void balancedBooksHaveNoViolation() {
    assertThat(new KernelAudit(10, 7, 3, 0, 0, 0).violations()).isEmpty();
  }

  @Test
  void eachThingThatDoesNotBalanceIsNamed() {
    assertThat(new KernelAudit(10, 7, 2, 0, 0, 0).violations())
        .containsExactly("10 frames are not 7 free + 2 owned");
    assertThat(new KernelAudit(10, 7, 3, 2, 0, 0).violations())
        .containsExactly("the access words of 2 frames are not 0");
    assertThat(new KernelAudit(10, 7, 3, 0, 4, 0).violations())
        .containsExactly("4 leaves met a table conflict");
    assertThat(new KernelAudit(10, 7, 3, 0, 0, 5).violations())
        .containsExactly("5 calls have not been answered");
  }

  @Test
  void theBooksOfALaunchUnderWayShowWhatItHolds() {
    try (SimulatedKernel kernel = SgxKernel.simulated(KernelConfig.preset(Preset.V5), 1);
        SgxProcess process = kernel.process()) {
      CompletionStage<AsyncEnclave> launch = process.async().launch(SampleEnclaves.tiny());
      int mostInUse = 0;
      while (!launch.toCompletableFuture().isDone()) {
        kernel.advance(Duration.ofNanos(5_000));
        KernelAudit audit = kernel.audit();
        mostInUse = Math.max(mostInUse, audit.inUse());
        assertThat(audit.openCalls()).isEqualTo(launch.toCompletableFuture().isDone() ? 0 : 1);
      }
      assertThat(mostInUse).as("frames that a leaf holds").isBetween(1, 2 * 3);
      KernelAudit end = kernel.audit();
      assertThat(end.violations()).isEmpty();
      // pages, SECS and version array of the enclave and of the launch enclave
      assertThat(end.owned()).isEqualTo(4 + 2 + 9 + 2);
    }
  }
}
