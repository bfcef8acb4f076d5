package dev.ksgx.kernel.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.kernel.check.Inspection;
import dev.ksgx.kernel.check.PoolView;
import dev.ksgx.kernel.check.ViolationException;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.runtime.probe.ResourceStatistics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;

class SimulatedKernelTest {
  private static final KernelConfig CONFIG = KernelConfig.preset(Preset.V5);

  /** Instants at which each of twelve launches of three processes was over, and what it counted. */
  private static String run(long seed) {
    try (SimulatedKernel kernel = SgxKernel.simulated(CONFIG, seed)) {
      List<CompletionStage<Long>> ends = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        SgxProcess process = kernel.process();
        for (int j = 0; j < 4; j++) {
          ends.add(
              process.async().launch(SampleEnclaves.tiny(j)).thenApply(e -> kernel.nowNanos()));
        }
      }
      List<Long> instants = new ArrayList<>();
      ends.forEach(end -> instants.add(kernel.await(end)));
      return instants + " " + kernel.cores();
    }
  }

  @Test
  void theSameSeedGivesTheSameRunToTheNanosecondAndAnotherSeedAnother() {
    String run = run(11);
    assertThat(run(11)).isEqualTo(run);
    assertThat(run(12)).isNotEqualTo(run);
  }

  @Test
  void advanceLetsExactlyThatTimePassAndCallsGoOnMeanwhile() {
    try (SimulatedKernel kernel = SgxKernel.simulated(CONFIG, 1);
        SgxProcess process = kernel.process()) {
      long start = kernel.nowNanos();
      CompletionStage<AsyncEnclave> launch = process.async().launch(SampleEnclaves.tiny());
      kernel.advance(Duration.ofNanos(12_345));
      assertThat(kernel.nowNanos() - start).isEqualTo(12_345);
      assertThat(launch.toCompletableFuture()).isNotDone();
      kernel.advance(Duration.ofSeconds(1));
      assertThat(kernel.nowNanos() - start).isEqualTo(1_000_012_345L);
      assertThat(launch.toCompletableFuture()).isCompleted();
    }
  }

  /** A pool that counts a frame too many. */
  private static final class Miscounted implements PoolView {
    @Override
    public int free() {
      return 1;
    }

    @Override
    public int inUse() {
      return 0;
    }

    @Override
    public boolean isFree(int frame) {
      return false;
    }

    @Override
    public void forEachFree(IntConsumer visit) {
      // none
    }
  }

  @Test
  void aCheckedKernelChecksAfterEveryMessageWhileTimePasses() {
    try (SimulatedKernel kernel = SgxKernel.checked(CONFIG, 1)) {
      SgxProcess process = kernel.process();
      kernel.advance(Duration.ofMillis(1));
      CompletionStage<AsyncEnclave> launch = process.async().launch(SampleEnclaves.tiny());
      VirtualEngine engine = (VirtualEngine) kernel.async().engine();
      Inspection.of(engine.system().system()).opened(new Miscounted());
      assertThatThrownBy(() -> kernel.advance(Duration.ofSeconds(1)))
          .isInstanceOf(ViolationException.class)
          .hasMessageStartingWith("at 1,000,000 ns the pool: counts 1 free");
      assertThat(kernel.nowNanos()).isEqualTo(1_000_000);
      assertThat(launch.toCompletableFuture()).isNotDone();
    }
  }

  @Test
  void waitingForWhatNeverComesEndsInsteadOfHanging() {
    try (SimulatedKernel kernel = SgxKernel.simulated(CONFIG, 1)) {
      assertThatThrownBy(() -> kernel.await(new CompletableFuture<>()))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("before the answer came");
    }
  }

  @Test
  void theProbeAccountsForEveryCoreAndNoRequestStaysOpen() {
    try (SimulatedKernel kernel = SgxKernel.simulated(CONFIG, 1);
        SgxProcess process = kernel.process()) {
      process.launch(SampleEnclaves.tiny()).close();
      kernel.advance(Duration.ofMillis(10));
      ResourceStatistics cores =
          kernel.probe().groups().stream()
              .filter(group -> group.name().equals("core"))
              .findFirst()
              .orElseThrow();
      assertThat(cores.resources()).isEqualTo(CONFIG.cores());
      assertThat(cores.capacityNanos()).isEqualTo(CONFIG.cores() * kernel.nowNanos());
      assertThat(cores.busyNanos()).isPositive().isLessThan(cores.capacityNanos());
      assertThat(kernel.probe().openRequests()).isZero();
      assertThat(kernel.probe().openWaits()).isZero();
    }
  }

  @Test
  void itBelongsToTheThreadThatMadeIt() throws Exception {
    try (SimulatedKernel kernel = SgxKernel.simulated(CONFIG, 1)) {
      CompletableFuture<Throwable> thrown = new CompletableFuture<>();
      Thread other =
          new Thread(
              () -> {
                try {
                  kernel.epc();
                  thrown.complete(null);
                } catch (RuntimeException e) {
                  thrown.complete(e);
                }
              });
      other.start();
      other.join();
      assertThat(thrown.join()).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void closingFailsTheCallsThatAreOpen() {
    SimulatedKernel kernel = SgxKernel.simulated(CONFIG, 1);
    CompletionStage<AsyncEnclave> launch = kernel.process().async().launch(SampleEnclaves.tiny());
    kernel.close();
    assertThat(launch.toCompletableFuture())
        .failsWithin(Duration.ZERO)
        .withThrowableThat()
        .withCauseInstanceOf(IllegalStateException.class)
        .withMessageContaining("terminated");
  }
}
