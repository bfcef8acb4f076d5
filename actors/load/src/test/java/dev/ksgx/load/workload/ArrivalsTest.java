package dev.ksgx.load.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ksgx.load.scenario.LoadPlan;
import dev.ksgx.load.scenario.Scenarios;
import dev.ksgx.runtime.random.RandomStreams;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ArrivalsTest {
  private static final int LAUNCHES = 50_000;

  @Test
  void sameSeedPlansTheSameLaunches() {
    assertThat(planned(7, "load.rate=500")).isEqualTo(planned(7, "load.rate=500"));
    assertThat(planned(7, "load.rate=500")).isNotEqualTo(planned(8, "load.rate=500"));
  }

  @Test
  void planDoesNotDependOnMachineDriverOrImage() {
    assertThat(planned(7, "machine.cores=2", "kernel.add=synchronous", "load.image=tiny"))
        .isEqualTo(planned(7));
  }

  @Test
  void openLoopGapsAreExponentialAtTheRate() {
    List<Long> times = planned(7, "load.rate=500");
    double meanGap = times.get(LAUNCHES - 1) / (double) LAUNCHES;
    double mean = 2e6;
    assertThat(meanGap).isCloseTo(mean, within(4 * mean / Math.sqrt(LAUNCHES)));
    double squares = 0;
    for (int i = 1; i < LAUNCHES; i++) {
      double gap = times.get(i) - times.get(i - 1);
      squares += gap * gap;
    }
    // E[gap^2] = 2 mean^2; its estimate scatters by sqrt(20 / n) mean^2.
    assertThat(squares / LAUNCHES)
        .isCloseTo(2 * mean * mean, within(4 * Math.sqrt(20.0 / LAUNCHES) * mean * mean));
  }

  @Test
  void openLoopThreadsAreDrawnEvenly() {
    Arrivals arrivals = arrivals(7, "load.processes=4", "load.threads-per-process=2");
    int[] drawn = new int[8];
    for (int i = 0; i < LAUNCHES; i++) {
      drawn[arrivals.thread()]++;
    }
    double expected = LAUNCHES / 8.0;
    for (int count : drawn) {
      assertThat((double) count).isCloseTo(expected, within(4 * Math.sqrt(expected)));
    }
  }

  @Test
  void closedLoopPlansAfterThePauseFromNow() {
    Arrivals none = arrivals(7, "load.arrivals=closed", "load.think-time=0 ms");
    assertThat(none.next(1234)).isEqualTo(1234);
    Arrivals some = arrivals(7, "load.arrivals=closed", "load.think-time=1 ms");
    double sum = 0;
    for (int i = 0; i < LAUNCHES; i++) {
      sum += some.next(1000) - 1000;
    }
    assertThat(sum / LAUNCHES).isCloseTo(1e6, within(4e6 / Math.sqrt(LAUNCHES)));
  }

  private static List<Long> planned(long seed, String... settings) {
    Arrivals arrivals = arrivals(seed, settings);
    arrivals.begin(0);
    List<Long> times = new ArrayList<>();
    for (int i = 0; i < LAUNCHES; i++) {
      times.add(arrivals.next(0));
    }
    return times;
  }

  private static Arrivals arrivals(long seed, String... settings) {
    LoadPlan plan =
        Scenarios.load(Scenarios.DEFAULT, List.of(settings), OptionalLong.of(seed)).load();
    return new Arrivals(plan, new RandomStreams(seed));
  }
}
