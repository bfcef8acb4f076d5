package dev.ksgx.load.workload.arrival;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ksgx.load.scenario.LoadPlan;
import dev.ksgx.load.scenario.Scenarios;
import dev.ksgx.runtime.random.RandomStreams;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArrivalsTest {
  private static final int LAUNCHES = 50_000;

  @Test
  void sameSeedPlansTheSameLaunches() {
    assertThat(planned(7, "load.rate=500")).isEqualTo(planned(7, "load.rate=500"));
    assertThat(planned(7, "load.rate=500")).isNotEqualTo(planned(8, "load.rate=500"));
  }

  @Test
  void planDoesNotDependOnMachineDriverOrImage() {
    for (String arrivals : List.of("poisson", "deterministic", "bursts", "ramp")) {
      assertThat(
              planned(
                  7,
                  "load.arrivals=" + arrivals,
                  "machine.cores=2",
                  "kernel.add=synchronous",
                  "load.image=tiny"))
          .isEqualTo(planned(7, "load.arrivals=" + arrivals));
    }
  }

  @Test
  void openLoopGapsAreExponentialAtTheRate() {
    List<Long> times = planned(7, "load.rate=500");
    double meanGap = times.get(LAUNCHES - 1) / (double) LAUNCHES;
    double mean = 2e6;
    assertThat(meanGap).isCloseTo(mean, within(4 * mean / Math.sqrt(LAUNCHES)));
    // E[gap^2] = 2 mean^2; its estimate scatters by sqrt(20 / n) mean^2.
    assertThat(meanSquare(times))
        .isCloseTo(2 * mean * mean, within(4 * Math.sqrt(20.0 / LAUNCHES) * mean * mean));
  }

  @Test
  void deterministicGapsAreAllTheReciprocalOfTheRate() {
    List<Long> times = planned(7, "load.arrivals=deterministic", "load.rate=3000");
    for (int i = 0; i < LAUNCHES; i++) {
      // A third of a millisecond does not fit into nanoseconds; the errors must not add up.
      assertThat(times.get(i)).isEqualTo(Math.round((i + 1) * 1e9 / 3000));
    }
  }

  @Test
  void fixedBurstsHaveTheRateWhileTheyLastAndNothingBetween() {
    List<Long> times =
        planned(
            7,
            "load.arrivals=bursts",
            "load.rate=10000",
            "load.bursts.on=10 ms",
            "load.bursts.off=30 ms",
            "load.bursts.on-times=fixed",
            "load.bursts.off-times=fixed");
    assertThat(times).allMatch(nanos -> nanos % 40_000_000 <= 10_000_000);
    double expected = times.get(LAUNCHES - 1) / 1e9 * 2500;
    assertThat((double) LAUNCHES).isCloseTo(expected, within(4 * Math.sqrt(expected) + 100));
  }

  @Test
  void drawnBurstsAreAnInterruptedPoissonProcess() {
    List<Long> times =
        planned(
            7,
            "load.arrivals=bursts",
            "load.rate=10000",
            "load.bursts.on=1 ms",
            "load.bursts.off=3 ms");
    // Kuczura 1973: a renewal process; mean gap (1 + off/on) / rate, and with the rates of leaving
    // on and off, a and b, squared coefficient of variation 1 + 2 rate a / (a + b)^2.
    double mean = 400_000;
    double a = 1000;
    double b = 1000 / 3.0;
    double variation = 1 + 2 * 10_000 * a / ((a + b) * (a + b));
    double deviation = mean * Math.sqrt(variation);
    assertThat(times.get(LAUNCHES - 1) / (double) LAUNCHES)
        .isCloseTo(mean, within(4 * deviation / Math.sqrt(LAUNCHES)));
    assertThat(meanSquare(times) / (mean * mean) - 1).isCloseTo(variation, within(1.5));
  }

  @Test
  void anotherRateLeavesBurstsWhereTheyWere() {
    List<Long> slow = planned(7, "load.arrivals=bursts", "load.rate=1000");
    List<Long> fast = planned(7, "load.arrivals=bursts", "load.rate=4000");
    assertThat(longestPauses(fast)).isNotEmpty();
    for (long[] pause : longestPauses(fast)) {
      assertThat(slow).noneMatch(nanos -> nanos > pause[0] && nanos < pause[1]);
    }
  }

  @Test
  void rampHasAsManyLaunchesUpToAnyTimeAsTheStraightLineSays() {
    for (double[] line : new double[][] {{1000, 9000}, {9000, 1000}, {5000, 5000}}) {
      List<Long> times =
          planned(
              7,
              "load.arrivals=ramp",
              "load.ramp.from=" + line[0],
              "load.ramp.to=" + line[1],
              "load.warm-up=1 s",
              "load.length=4 s");
      for (double seconds : new double[] {1, 2.5, 4, 5, 7}) {
        double inside = Math.min(seconds, 5);
        double expected =
            line[0] * inside
                + (line[1] - line[0]) * inside * inside / 10
                + line[1] * (seconds - inside);
        double counted = times.stream().filter(nanos -> nanos < seconds * 1e9).count();
        assertThat(counted).isCloseTo(expected, within(4 * Math.sqrt(expected)));
      }
    }
  }

  @Test
  void replayPlansWhatTheFileSaysAndThenNothing(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("l.csv"), "0.5\n1.000000001,,2\n1.000000001\n");
    Arrivals arrivals =
        arrivals(
            7,
            "load.arrivals=replay",
            "load.replay=\"" + file + "\"",
            "load.processes=2",
            "load.threads-per-process=3");
    arrivals.begin(1000);
    assertThat(arrivals.next()).hasValue(500_001_000);
    assertThat(arrivals.next()).hasValue(1_000_001_001);
    assertThat(arrivals.next()).hasValue(1_000_001_001);
    assertThat(arrivals.next()).isEmpty();
    for (int i = 0; i < 100; i++) {
      assertThat(arrivals.thread(1)).isBetween(3, 5);
    }
  }

  @Test
  void openLoopThreadsAreDrawnEvenly() {
    Arrivals arrivals = arrivals(7, "load.processes=4", "load.threads-per-process=2");
    int[] drawn = new int[8];
    for (int i = 0; i < LAUNCHES; i++) {
      drawn[arrivals.thread(i)]++;
    }
    double expected = LAUNCHES / 8.0;
    for (int count : drawn) {
      assertThat((double) count).isCloseTo(expected, within(4 * Math.sqrt(expected)));
    }
  }

  @Test
  void closedLoopPlansAfterThePauseFromNow() {
    Arrivals none = arrivals(7, "load.arrivals=closed", "load.think-time=0 ms");
    assertThat(none.next(3, 1234)).isEqualTo(1234);
    Arrivals some = arrivals(7, "load.arrivals=closed", "load.think-time=1 ms");
    double sum = 0;
    for (int i = 0; i < LAUNCHES; i++) {
      sum += some.next(i % 64, 1000) - 1000;
    }
    assertThat(sum / LAUNCHES).isCloseTo(1e6, within(4e6 / Math.sqrt(LAUNCHES)));
  }

  @Test
  void pausesOfAThreadDoNotDependOnWhoWasServedFirst() {
    Arrivals one = arrivals(7, "load.arrivals=closed", "load.think-time=1 ms");
    Arrivals other = arrivals(7, "load.arrivals=closed", "load.think-time=1 ms");
    long first = one.next(0, 0);
    long second = one.next(1, 0);
    assertThat(other.next(1, 0)).isEqualTo(second).isNotEqualTo(first);
    assertThat(other.next(0, 0)).isEqualTo(first);
  }

  private static double meanSquare(List<Long> times) {
    double squares = 0;
    for (int i = 1; i < times.size(); i++) {
      double gap = times.get(i) - times.get(i - 1);
      squares += gap * gap;
    }
    return squares / times.size();
  }

  /** Gaps that are no gaps of a burst of 4,000 launches a second. */
  private static List<long[]> longestPauses(List<Long> times) {
    List<long[]> pauses = new ArrayList<>();
    for (int i = 1; i < times.size(); i++) {
      if (times.get(i) - times.get(i - 1) > 100_000_000) {
        pauses.add(new long[] {times.get(i - 1) + 5_000_000, times.get(i) - 5_000_000});
      }
    }
    return pauses;
  }

  private static List<Long> planned(long seed, String... settings) {
    Arrivals arrivals = arrivals(seed, settings);
    arrivals.begin(0);
    List<Long> times = new ArrayList<>();
    for (int i = 0; i < LAUNCHES; i++) {
      times.add(arrivals.next().orElseThrow());
    }
    return times;
  }

  private static Arrivals arrivals(long seed, String... settings) {
    LoadPlan plan =
        Scenarios.load(Scenarios.DEFAULT, List.of(settings), OptionalLong.of(seed)).load();
    return new Arrivals(plan, new RandomStreams(seed));
  }
}
