package dev.ksgx.load.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ksgx.kernel.cost.Cost;
import dev.ksgx.kernel.cost.CostModel;
import dev.ksgx.load.report.Report;
import dev.ksgx.load.scenario.Scenario;
import dev.ksgx.load.scenario.Scenarios;
import dev.ksgx.load.workload.Targets;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * EINIT under Poisson interrupts against the closed form: an attempt fails if one comes before its
 * last poll, so attempts are geometric, and 20 failures in a row are a sleep.
 */
class InterruptStormTest {
  private static final double LAUNCHES = 1_500;
  private static final int TRIES_OF_A_ROUND = 20;

  @ParameterizedTest
  @ValueSource(ints = {20_000, 100_000})
  void attemptsAreGeometricAndTwentyFailuresAreASleep(int rate) {
    Scenario scenario =
        Scenarios.load(
            "interrupt-storm",
            List.of(
                "machine.device-interrupts-per-second=" + rate,
                "load.length=" + (int) LAUNCHES + " launches"),
            OptionalLong.of(7));
    CostModel cycles = scenario.kernel().costs();
    long einit = cycles.cycles(Cost.EINIT);
    long lastPoll = (einit - 1) / CostModel.EINIT_POLL_CYCLES * CostModel.EINIT_POLL_CYCLES;
    double fails = 1 - Math.exp(-rate * lastPoll / (scenario.kernel().ghz() * 1e9));
    Report report =
        LoadRun.run(scenario, Targets.of(scenario.load().images()), false, RunControl.NONE)
            .report();
    assertThat(report.launches().failed()).isEmpty();

    double attempts = 1 / (1 - fails);
    double deviation = Math.sqrt(fails) / (1 - fails);
    assertThat(report.einit().attempts() / LAUNCHES)
        .isCloseTo(attempts, within(4 * deviation / Math.sqrt(LAUNCHES)));

    double sleeps = Math.pow(fails, TRIES_OF_A_ROUND);
    assertThat(report.einitNaps().share())
        .isCloseTo(sleeps, within(4 * Math.sqrt(sleeps * (1 - sleeps) / LAUNCHES) + 1e-9));
    assertThat(report.initMicros().p99() > 20_000).isEqualTo(sleeps > 0.01);
  }

  /**
   * A sleep is 20 ms: five periods of 4 ms, so that who slept wakes up in a burst again; half a
   * period of 40 ms, so that it wakes up in a pause.
   */
  @ParameterizedTest
  @CsvSource({"1, 3, true", "10, 30, false"})
  void whoSleepsInABurstMeetsAnotherOneWhereThePeriodDividesTheSleep(
      int onMillis, int offMillis, boolean again) {
    Scenario scenario =
        Scenarios.load(
            "interrupt-storm",
            List.of(
                "machine.device-interrupts-per-second=200000",
                "machine.interrupt-bursts.on=" + onMillis + " ms",
                "machine.interrupt-bursts.off=" + offMillis + " ms",
                "load.length=400 launches"),
            OptionalLong.of(7));
    Report report =
        LoadRun.run(scenario, Targets.of(scenario.load().images()), false, RunControl.NONE)
            .report();
    assertThat(report.einitNaps().share()).as("a quarter begins in a burst").isBetween(0.05, 0.25);
    assertThat(report.initMicros().max()).isGreaterThan(20_000);
    assertThat(report.initMicros().max() > 40_000).isEqualTo(again);
  }
}
