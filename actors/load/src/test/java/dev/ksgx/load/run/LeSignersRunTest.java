package dev.ksgx.load.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ksgx.kernel.cost.Cost;
import dev.ksgx.load.report.Report;
import dev.ksgx.load.scenario.Scenario;
import dev.ksgx.load.scenario.Scenarios;
import dev.ksgx.load.workload.Targets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * N signers of launch enclaves under a load, on one core without interrupts: a launch finds
 * another's hash in the MSRs with probability 1 - 1/N where processes launch by chance, and always
 * where they take turns. What that costs is that of theory: lazy, a refused EINIT and four writes;
 * cached, four writes; always, four writes at each launch, whoever came before.
 */
class LeSignersRunTest {
  private static final double STANDARD_ERRORS = 4;
  private static final int LAUNCHES = 500;
  private static final List<String> QUIET =
      List.of(
          "machine.cores=1",
          "machine.timer-hz=0",
          "machine.costs.jitter=0",
          "load.image=small",
          "load.processes=24");

  /**
   * The signers of launches are independent and all alike, so that no two changes are correlated.
   */
  @ParameterizedTest(name = "{0}, {1} signers")
  @CsvSource({
    "lazy, 1",
    "lazy, 2",
    "lazy, 4",
    "lazy, 8",
    "cached, 2",
    "cached, 4",
    "always, 1",
    "always, 4"
  })
  void wasteOfALaunchByChanceIsThatOfTheClosedForm(String policy, int signers) {
    Scenario scenario = scenario(policy, signers, List.of("load.length=" + LAUNCHES + " launches"));
    Report report = run(scenario);
    double found = policy.equals("always") ? 1 : 1 - 1.0 / signers;
    double miss = miss(scenario, policy);
    double n = report.launches().succeeded();
    double error = miss * Math.sqrt(found * (1 - found) / n);
    // The launches at the ends of the window are in one figure and not in the other.
    double atTheEnds = 2 * miss / n;
    assertThat(waste(report) / n)
        .as("cycles a launch; theory %.1f, standard error %.1f", found * miss, error)
        .isBetween(
            found * miss - STANDARD_ERRORS * error - atTheEnds,
            found * miss + STANDARD_ERRORS * error + atTheEnds);
    if (found > 0) {
      assertThat(error).as("the test can tell").isLessThan(found * miss / 10);
    }
  }

  @ParameterizedTest(name = "{0}, {1} signers")
  @CsvSource({"lazy, 1", "lazy, 2", "lazy, 3", "cached, 3", "always, 3"})
  void everyLaunchInTurnFindsTheHashOfAnother(String policy, int signers, @TempDir Path folder)
      throws IOException {
    StringBuilder launches = new StringBuilder();
    for (int launch = 0; launch < 200; launch++) {
      launches.append(
          String.format(Locale.ROOT, "%.4f,small,%d%n", 0.01 + launch / 1e3, 1 + launch % signers));
    }
    Path file = Files.writeString(folder.resolve("in-turn.csv"), launches);
    Scenario scenario =
        scenario(
            policy,
            signers,
            List.of(
                "load.arrivals=replay",
                "load.replay=\"" + file + "\"",
                "load.warm-up=49.5 ms",
                "load.length=1000 launches"));
    Report report = run(scenario);
    assertThat(report.launches().succeeded()).isEqualTo(160);
    double each = signers == 1 && !policy.equals("always") ? 0 : miss(scenario, policy);
    // Times are whole nanoseconds, of 3.8 cycles.
    assertThat(waste(report)).isCloseTo(160 * each, within(160 * 3.8));
  }

  /** Each daemon makes the one token that its clients want, and keeps it. */
  @Test
  void aCacheServesTheClientsOfItsOwnSignerOnly() {
    for (String place : List.of("daemon", "application")) {
      Scenario scenario =
          scenario(
              "cached",
              3,
              List.of(
                  "kernel.user-le.cache.place=" + place,
                  "load.warm-up=0 ms",
                  "load.length=200 launches"));
      Report report = run(scenario);
      assertThat(report.launches().failed()).isEmpty();
      assertThat(report.launchEnclave().coldStarts()).isEqualTo(3);
      int keepers = place.equals("daemon") ? 3 : scenario.load().processes();
      assertThat(report.launchEnclave().requests()).as("tokens made").isEqualTo(keepers);
    }
  }

  @Test
  void oneSignerIsTheRunThatItWas() {
    List<String> boot = List.of("kernel.launch=user-le", "load.length=20 ms", "load.rate=2000");
    List<String> said = new ArrayList<>(boot);
    said.add("load.le-signers=1");
    assertThat(digest(said)).isEqualTo(digest(boot));
  }

  private static String digest(List<String> settings) {
    Scenario scenario = Scenarios.load(Scenarios.COMPARISON, settings, OptionalLong.of(7));
    return LoadRun.run(scenario, Targets.of(scenario.load().images()), true, RunControl.NONE)
        .report()
        .digest();
  }

  private static double miss(Scenario scenario, String policy) {
    double writes = 4.0 * scenario.kernel().costs().cycles(Cost.WRMSR);
    return policy.equals("lazy") ? scenario.kernel().costs().einit(20, true) + writes : writes;
  }

  private static double waste(Report report) {
    long writes = report.cores().stream().mapToLong(Report.CoreUse::msrWrites).sum();
    return report.einit().wastedCycles() + (double) writes * Cost.WRMSR.cycles();
  }

  private static Scenario scenario(String policy, int signers, List<String> more) {
    List<String> all = new ArrayList<>(QUIET);
    all.add("kernel.msr=" + policy);
    all.add("load.le-signers=" + signers);
    all.addAll(more);
    return Scenarios.load("several-vendors", all, OptionalLong.of(7));
  }

  private static Report run(Scenario scenario) {
    Report report =
        LoadRun.run(scenario, Targets.of(scenario.load().images()), false, RunControl.NONE)
            .report();
    assertThat(report.launches().failed()).isEmpty();
    return report;
  }
}
