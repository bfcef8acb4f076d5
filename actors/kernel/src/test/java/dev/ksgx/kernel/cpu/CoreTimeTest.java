package dev.ksgx.kernel.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.cost.CostModel;
import dev.ksgx.runtime.random.RandomStreams;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What interrupts do to one EINIT (design.md 4). */
class CoreTimeTest {
  private static final long EINIT_NANOS = 20_000;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3})
  void anInterruptAtTheInstantOfAPollEndsOneAttemptAndNotTheNext(int polls) {
    KernelConfig config = CpuRig.quiet(1).withInterrupts(1_000, 0);
    RandomStreams random = new RandomStreams(1);
    Durations durations = new Durations(config, random.stream("jitter"));
    Interrupts interrupts = new Interrupts(random.stream("interrupts"), config);
    CoreTime time = new CoreTime(durations, interrupts, new CoreCounters(0));
    interrupts.take();
    long start = interrupts.next() - polls * durations.nanos(CostModel.EINIT_POLL_CYCLES);
    StepRun first = run();
    time.planEinit(first, start, EINIT_NANOS);
    assertThat(first.interrupted).isTrue();
    StepRun second = run();
    time.planEinit(second, first.endNanos, EINIT_NANOS);
    assertThat(second.interrupted).isFalse();
  }

  private static StepRun run() {
    StepRun run = new StepRun();
    run.polls = true;
    return run;
  }
}
