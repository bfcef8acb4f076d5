package dev.ksgx.load.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ksgx.load.report.Report;
import dev.ksgx.load.scenario.Scenario;
import dev.ksgx.load.scenario.Scenarios;
import dev.ksgx.load.workload.Targets;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A mix of images by several signers is a catalogue of tokens. Launches draw from it independently
 * of each other, so that what a cache smaller than the catalogue has is that of Che's approximation
 * of LRU: a token is there if it was asked for within a characteristic time, in which as many
 * different ones are asked for as there is room for.
 */
class CachedCatalogueRunTest {
  private static final int SIGNERS = 8;
  private static final int[] WEIGHTS = {4, 1};
  private static final int LAUNCHES = 1_200;

  @ParameterizedTest
  @CsvSource({"daemon, 4", "daemon, 12", "application, 12"})
  void hitsOfACacheSmallerThanTheCatalogueAreThoseOfChesApproximation(String place, int capacity) {
    Scenario scenario =
        Scenarios.load(
            Scenarios.COMPARISON,
            List.of(
                "kernel.launch=user-le",
                "kernel.user-le.cache.place=" + place,
                "kernel.user-le.cache.capacity=" + capacity,
                "load.images=[{image=small,weight=4},{image=tiny}]",
                "load.signers=" + SIGNERS,
                "load.processes=2",
                "load.rate=2000",
                "load.warm-up=300 ms",
                "load.length=" + LAUNCHES + " launches"),
            OptionalLong.of(7));
    Report report =
        LoadRun.run(scenario, Targets.of(scenario.load().images()), false, RunControl.NONE)
            .report();
    double hits = 1 - (double) report.launchEnclave().requests() / report.launches().requested();
    double theory = che(capacity);
    double error = Math.sqrt(theory * (1 - theory) / LAUNCHES);
    assertThat(report.launches().failed()).isEmpty();
    assertThat(hits).isCloseTo(theory, within(4 * error + 0.01));
  }

  private static double che(int capacity) {
    if (capacity >= WEIGHTS.length * SIGNERS) {
      return 1;
    }
    double low = 0;
    double high = 1e6;
    for (int step = 0; step < 100; step++) {
      double middle = (low + high) / 2;
      if (sum(middle, false) < capacity) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return sum(low, true);
  }

  /** Of all tokens: the chance to be asked for within a time, weighted by popularity or not. */
  private static double sum(double time, boolean weighted) {
    double total = 0;
    for (int weight : WEIGHTS) {
      double popularity = weight / 5.0 / SIGNERS;
      double there = 1 - Math.exp(-popularity * time);
      total += SIGNERS * there * (weighted ? popularity : 1);
    }
    return total;
  }
}
