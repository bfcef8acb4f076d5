package dev.ksgx.kernel.embed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.cpu.MachineConfig;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.kernel.paging.HeapEnclave;
import dev.ksgx.runtime.random.RandomStream;
import dev.ksgx.runtime.random.RandomStreams;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Sleeps at random instants of users that launch, enter and exit all the time, just after one of
 * them was killed: its exit ends in the sleep's first steps (driver.md 1.7).
 */
class SleepScheduleTest {
  private static final int FRAMES = 256;
  private static final int USERS = 4;
  private static final int LIVES = 5;
  private static final int SEEDS = 5;
  private static final int MOST_AWAKE_MICROS = 1_500;
  private static final int MOST_SLEEPS = 1_000;

  /** One process after the other; what the sleep takes away ends a life, no more. */
  private static CompletionStage<Void> live(
      AsyncKernel kernel, AsyncProcess[] current, int user, int times) {
    if (times == 0) {
      return CompletableFuture.completedStage(null);
    }
    return kernel
        .process()
        .thenCompose(
            process -> {
              current[user] = process;
              return process
                  .launch(HeapEnclave.of(1, 40))
                  .thenCompose(
                      enclave -> enclave.enter(HeapEnclave.write(enclave.base(), 1, 0, 40, times)))
                  .handle((value, lost) -> process.exit())
                  .thenCompose(exit -> exit);
            })
        .thenCompose(gone -> live(kernel, current, user, times - 1));
  }

  private static void sleepAndLive(Preset preset, long seed) {
    KernelConfig config =
        KernelConfig.preset(preset)
            .withMachine(MachineConfig.builder().processors(4).epcBytes(4096L * FRAMES).build());
    RandomStream choice = new RandomStreams(seed).stream("sleeps");
    try (SimulatedKernel kernel = SgxKernel.simulated(config, seed)) {
      AsyncProcess[] current = new AsyncProcess[USERS];
      List<CompletableFuture<Void>> users = new ArrayList<>();
      for (int user = 0; user < USERS; user++) {
        users.add(live(kernel.async(), current, user, LIVES).toCompletableFuture());
      }
      int sleeps = 0;
      while (sleeps < MOST_SLEEPS && !users.stream().allMatch(CompletableFuture::isDone)) {
        kernel.advance(Duration.ofNanos(1_000L * choice.nextInt(MOST_AWAKE_MICROS)));
        AsyncProcess victim = current[choice.nextInt(USERS)];
        if (victim != null) {
          victim.kill();
        }
        kernel.suspend();
        kernel.resume();
        sleeps++;
      }
      assertThat(users).as("%s, seed %d", preset, seed).allMatch(CompletableFuture::isDone);
      users.forEach(CompletableFuture::join);
      kernel.exitAll();
      assertThat(kernel.epc().free()).as("%s, seed %d", preset, seed).isEqualTo(FRAMES);
      assertThat(kernel.audit().violations()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(Preset.class)
  void sleepsAtRandomInstantsLoseNoCallAndNoFrame(Preset preset) {
    for (long seed = 0; seed < SEEDS; seed++) {
      sleepAndLive(preset, seed);
    }
  }
}
