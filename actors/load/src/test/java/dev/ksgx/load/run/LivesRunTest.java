package dev.ksgx.load.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ksgx.load.report.LivesReport;
import dev.ksgx.load.report.LivesResult;
import dev.ksgx.load.scenario.Scenario;
import dev.ksgx.load.scenario.Scenarios;
import dev.ksgx.load.statistics.Distribution;
import dev.ksgx.load.statistics.LifeFigures;
import dev.ksgx.load.statistics.LifePart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole lives on the kernel, in an EPC that has room for them. */
@Tag("both-jdks")
class LivesRunTest {
  /** Exact figures: no interrupts, no jitter, entries without page faults. */
  private static final String EXACT =
      """
      machine { timer-hz = 0, costs.jitter = 0 }
      kernel { preset = mainline, pte = at-add }
      load.kind = lives
      load.group-defaults { measured-pages = 7, unmeasured-pages = 50 }
      """;

  @TempDir private Path folder;

  @Test
  void partsOfALifeTakeWhatTheirWorkCosts() throws IOException {
    LifeFigures life =
        one(
            """
            load.groups.one { warm-start = sdk, zero-cycles = 3800
              touch { pattern = sequential, count = 100, cycles = 38000 }, hold = 5 ms }
            """);
    assertThat(life.completed()).isEqualTo(1);
    assertThat(life.touches()).isEqualTo(100);
    // 57 EADDs of 12,500 and 7 x 16 EEXTENDs of 6,500 cycles at 3.8 GHz are 379 us.
    assertThat(only(life, LifePart.CREATE)).isBetween(379_000L, 550_000L);
    // EINIT of 88,000 cycles is 23 us.
    assertThat(only(life, LifePart.INIT)).isBetween(23_000L, 30_000L);
    // 50 pages of 1 us and one entry of 8,600 cycles.
    assertThat(only(life, LifePart.START)).isBetween(50_000L + 2_200, 50_000L + 2_400);
    // 100 touches of 10 us and one entry.
    assertThat(only(life, LifePart.RUN)).isBetween(1_000_000L + 2_200, 1_000_000L + 2_400);
    assertThat(only(life, LifePart.HOLD)).isEqualTo(5_000_000);
    // 57 EREMOVEs and releases of 6,000 cycles are 90 us.
    assertThat(only(life, LifePart.DESTROY)).isBetween(90_000L, 110_000L);
    assertThat(sumOfParts(life)).isEqualTo(life.total().sumNanos());
  }

  @Test
  void partsThatALifeDoesNotHaveHaveNoDurations() throws IOException {
    LifeFigures life = one("load.groups.one { threads = 0, destroy = false }");
    assertThat(life.completed()).isEqualTo(1);
    for (LifePart part : List.of(LifePart.START, LifePart.RUN, LifePart.HOLD, LifePart.DESTROY)) {
      assertThat(life.parts().get(part).count()).isZero();
    }
    assertThat(sumOfParts(life)).isEqualTo(life.total().sumNanos());
  }

  @Test
  void threadsAreInsideAtTheSameTime() throws IOException {
    String touch = "touch { pattern = uniform, count = 100, cycles = 38000 }";
    LifeFigures four = one("load.groups.one { measured-pages = 13, threads = 4, " + touch + " }");
    assertThat(four.touches()).isEqualTo(400);
    assertThat(only(four, LifePart.RUN)).isBetween(1_000_000L, 1_010_000L);
    LifeFigures eight = one("load.groups.one { measured-pages = 25, threads = 8, " + touch + " }");
    assertThat(only(eight, LifePart.RUN)).isBetween(2_000_000L, 2_100_000L);
  }

  @Test
  void processesInSequenceTakeTurnsAndProcessesAtOnceDoNot() throws IOException {
    String hold = "processes = 3, repeats = 2, hold = 100 ms";
    LivesResult atOnce = run("load.groups.one { " + hold + " }");
    LivesResult inSequence = run("load.groups.one { order = sequence, " + hold + " }");
    assertThat(atOnce.report().virtualSeconds()).isBetween(0.2, 0.25);
    assertThat(inSequence.report().virtualSeconds()).isBetween(0.6, 0.65);
    assertThat(atOnce.report().epc().peakUsed())
        .isGreaterThan(3 * 57)
        .isGreaterThan(2 * inSequence.report().epc().peakUsed());
    for (LivesResult result : List.of(atOnce, inSequence)) {
      LivesReport.Group group = result.report().groups().get(0);
      assertThat(group.lives().completed()).isEqualTo(6);
      assertThat(group.processes()).extracting(LivesReport.OfProcess::completed).containsOnly(2L);
      assertThat(group.fairness()).isBetween(0.99, 1.0);
    }
  }

  @Test
  void groupBeginsAtItsTime() throws IOException {
    LivesResult result = run("load.groups { early {}, late { start = 300 ms } }");
    assertThat(result.report().virtualSeconds()).isBetween(0.3, 0.31);
    assertThat(result.groups()).extracting(LifeFigures::completed).containsExactly(1L, 1L);
  }

  @Test
  void enclavesThatAreNotDestroyedKeepTheirPages() throws IOException {
    String lives = "load.groups.one { repeats = 5, destroy = ";
    assertThat(run(lives + "true }").report().epc().peakUsed()).isLessThan(100);
    assertThat(run(lives + "false }").report().epc().peakUsed()).isGreaterThan(5 * 57);
  }

  @Test
  void runIsCutOffAtItsLengthAndSaysWhatWasLeft() throws IOException {
    LivesResult result =
        run("load { length = 250 ms, groups.one { repeats = 10, hold = 100 ms } }");
    LivesReport.Lives lives = result.report().groups().get(0).lives();
    assertThat(result.report().virtualSeconds()).isEqualTo(0.25);
    assertThat(lives).isEqualTo(new LivesReport.Lives(10, 2, 1, 7, Map.of()));
    assertThat(result.report().partial()).isNull();
  }

  @Test
  void stoppedRunIsPartial() throws IOException {
    Scenario scenario = scenario("load.groups.one { repeats = 1000000 }");
    LivesResult result =
        LivesRun.run(
            scenario,
            false,
            new RunControl() {
              @Override
              public boolean stopRequested() {
                return true;
              }
            });
    assertThat(result.report().partial()).isTrue();
    assertThat(result.report().groups().get(0).lives().notBegun()).isPositive();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "preset = out-of-tree",
        "preset = dcap-le, launch = user-le",
        "preset = mainline, launch = user-le, hash-source = per-fd, msr = cached"
      })
  void aLifeBringsTheTokenThatItsDesignWants(String kernel) throws IOException {
    LivesResult result = run("kernel { " + kernel + " }\nload.groups.one { repeats = 2 }");
    assertThat(result.report().groups().get(0).lives())
        .isEqualTo(new LivesReport.Lives(2, 2, 0, 0, Map.of()));
    assertThat(result.report().launchEnclave().requests()).isEqualTo(2);
  }

  @Test
  void failedLivesAreCountedByTheirCodeAndLeaveNothingBehind() throws IOException {
    LivesResult result =
        run(
            """
            machine.launch-control = locked
            kernel { preset = v5, launch = kernel-le }
            load.groups.one { processes = 2, repeats = 3 }
            """);
    LivesReport.Group group = result.report().groups().get(0);
    assertThat(group.lives().failed().values().stream().mapToLong(Long::longValue).sum())
        .isEqualTo(6);
    assertThat(group.lifeMicros().mean()).isNull();
    assertThat(result.report().epc().peakUsed()).isLessThan(200);
  }

  @Test
  void sameSeedIsTheSameRunAndAnotherSeedAnother() throws IOException {
    Scenario scenario = scenario("machine.costs.jitter = 0.02, load.groups.one {}");
    String digest = LivesRun.run(scenario, true, RunControl.NONE).report().digest();
    assertThat(LivesRun.run(scenario, true, RunControl.NONE).report().digest()).isEqualTo(digest);
    Path file = folder.resolve("lives.conf");
    Scenario other = Scenarios.load(file.toString(), List.of(), OptionalLong.of(9));
    assertThat(LivesRun.run(other, true, RunControl.NONE).report().digest()).isNotEqualTo(digest);
  }

  /** The choice of pages belongs to each thread alone. */
  @Test
  void groupDoesTheSameWhateverRunsBesideIt() throws IOException {
    String zipf = "one { touch { pattern = zipf, count = 500, cycles = 0 } }";
    LifeFigures alone = run("load.groups { " + zipf + " }").groups().get(0);
    LifeFigures beside = run("load.groups { " + zipf + ", zwei {} }").groups().get(0);
    assertThat(only(beside, LifePart.RUN)).isEqualTo(only(alone, LifePart.RUN));
  }

  @Test
  void rangesAddTheSameEnclaveWithFewerCalls() throws IOException {
    LifeFigures pages = one("load.groups.one { unmeasured-pages = 1000 }");
    LifeFigures ranges = one("load.groups.one { unmeasured-pages = 1000, adds = range }");
    assertThat(ranges.completed()).isEqualTo(1);
    assertThat(only(ranges, LifePart.CREATE)).isLessThan(only(pages, LifePart.CREATE));
  }

  @Test
  void scenarioOfLaunchesIsNotALoadOfLives() {
    Scenario storm = Scenarios.load(Scenarios.DEFAULT, List.of(), OptionalLong.empty());
    assertThatThrownBy(() -> LivesRun.run(storm, false, RunControl.NONE))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private LifeFigures one(String more) throws IOException {
    return run(more).groups().get(0);
  }

  private LivesResult run(String more) throws IOException {
    return LivesRun.run(scenario(more), false, RunControl.NONE);
  }

  private Scenario scenario(String more) throws IOException {
    Path file = folder.resolve("lives.conf");
    Files.writeString(file, EXACT + more);
    return Scenarios.load(file.toString(), List.of(), OptionalLong.empty());
  }

  private static long only(LifeFigures life, LifePart part) {
    Distribution values = life.parts().get(part);
    assertThat(values.count()).as(part.label()).isEqualTo(1);
    return values.sumNanos();
  }

  private static long sumOfParts(LifeFigures life) {
    return life.parts().values().stream().mapToLong(Distribution::sumNanos).sum();
  }
}
