package dev.ksgx.load.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.load.report.LivesReport;
import dev.ksgx.load.report.LivesResult;
import dev.ksgx.load.report.Paging;
import dev.ksgx.load.report.Report;
import dev.ksgx.load.report.RunResult;
import dev.ksgx.load.scenario.Scenario;
import dev.ksgx.load.scenario.Scenarios;
import dev.ksgx.load.workload.Targets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Loads that outgrow their EPC, and what the report says of it. */
class PagingRunTest {
  private static final int FRAMES = 1024;
  private static final String SMALL_EPC =
      """
      machine { epc-mib = 4 }
      kernel.preset = mainline
      load.kind = lives
      load.group-defaults { measured-pages = 7, adds = range }
      """;

  @TempDir private Path folder;

  /** costs.md 3, A6: as many faults as pages that are touched. */
  @Test
  void firstTouchOfAPageIsOneSoftFaultWhereTheFaultMakesTheEntry() throws IOException {
    Paging paging =
        paging("load.groups.one { unmeasured-pages = 500, warm-start = sdk, destroy = false }");
    assertThat(paging.softFaults()).isBetween(500L, 510L);
    assertThat(paging.hardFaults()).isZero();
    assertThat(paging.evictions()).isZero();
    assertThat(paging.reclaim().meanBatch()).isNull();
    assertThat(paging.enclaves().jain()).isNull();
  }

  @Test
  void pageThatIsMappedByAddDoesNotFault() throws IOException {
    LivesResult result =
        run("kernel.pte = at-add, load.groups.one { unmeasured-pages = 500, warm-start = sdk }");
    Paging paging = result.report().paging();
    assertThat(paging.softFaults() + paging.hardFaults() + paging.refaults()).isZero();
    assertThat(result.summary()).doesNotContain("\npaging ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"per-process", "per-enclave", "global"})
  void heapBeyondTheEpcIsEvictedOnceAndComesBackOnce(String reclaim) throws IOException {
    LivesResult result =
        run(
            "kernel { pte = at-fault, reclaim = "
                + reclaim
                + " }\nload.groups.one { unmeasured-pages = 3000, warm-start = sdk }");
    Paging paging = result.report().paging();
    assertThat(result.report().groups().get(0).lives().completed()).isEqualTo(1);
    assertThat(paging.softFaults() + paging.hardFaults()).isGreaterThanOrEqualTo(3000);
    assertThat(paging.evictions()).isBetween(3000L + 3000 - 2 * FRAMES, 8000L);
    assertThat(paging.loads()).isBetween(3000L - FRAMES, paging.evictions());
    assertThat(paging.reclaim().meanBatch()).isBetween(1.0, 20.0);
    assertThat(paging.reclaim().passes()).isPositive();
    assertThat(paging.reclaim().wakeUps()).isPositive();
    assertThat(paging.reclaim().swapperDuty()).isBetween(0.05, 1.0);
    assertThat(paging.etracks()).isPositive();
    assertThat(paging.aexs()).isGreaterThanOrEqualTo(paging.hardFaults() - 10);
    assertThat(paging.versionArraysPeak()).isBetween(5L, 20L);
    assertThat(result.summary()).contains("\npaging     evicted ");
  }

  @Test
  void framesOfAllKindsAreThoseOfTheMachineAtEveryPoint() throws IOException {
    Paging.Frames frames =
        paging("load.groups.one { unmeasured-pages = 3000, warm-start = sdk }").frames();
    int points = frames.pages().size();
    assertThat(points).isBetween(50, 200);
    for (int i = 0; i < points; i++) {
      assertThat(
              frames.pages().get(i)
                  + frames.versionArrays().get(i)
                  + frames.secs().get(i)
                  + frames.free().get(i))
          .isEqualTo(FRAMES);
    }
    assertThat(frames.free().stream().mapToLong(Long::longValue).min().orElseThrow())
        .isLessThan(64);
    assertThat(frames.secs()).contains(1L);
  }

  @Test
  void sharesSumToTheWholeAndNameTheProcessesOfTheGroups() throws IOException {
    LivesResult result =
        run(
            """
            load.groups {
              large { unmeasured-pages = 2000, touch { pattern = sequential, count = 4000 } }
              small { unmeasured-pages = 200, touch { pattern = uniform, count = 4000 } }
            }
            """);
    Paging paging = result.report().paging();
    assertThat(paging.processes().most().stream().mapToLong(Paging.Share::evictions).sum())
        .isEqualTo(paging.evictions());
    assertThat(paging.enclaves().most().stream().mapToLong(Paging.Share::loads).sum())
        .isEqualTo(paging.loads());
    int large = result.report().groups().get(0).processes().get(0).pid();
    assertThat(paging.processes().most().get(0).pid()).isEqualTo(large);
    assertThat(paging.processes().most().get(0).share()).isGreaterThan(0.5);
    assertThat(paging.processes().jain()).isBetween(1.0 / paging.processes().count(), 1.0);
  }

  @Test
  void enclavesThatAreGoneStillCount() throws IOException {
    Paging paging = paging("load.groups.one { unmeasured-pages = 1500, repeats = 3 }");
    assertThat(paging.enclaves().most()).hasSize(3);
    assertThat(paging.processes().most()).hasSize(1);
    assertThat(paging.processes().most().get(0).evictions()).isEqualTo(paging.evictions());
  }

  /** Whatever paging left alone is counted, and makes the shares of the others less even. */
  @Test
  void launchesThatPagingLeftAloneCountInFairness() {
    Report report =
        report(
            List.of("load.processes=4", "load.warm-up=0 ms"),
            "kernel.launch=direct",
            "load.length=50 launches");
    Paging.Shares enclaves = report.paging().enclaves();
    assertThat(enclaves.most()).isEmpty();
    assertThat(enclaves.count()).isBetween(50L, 54L);
    assertThat(report.paging().processes().count()).isEqualTo(4);
  }

  @Test
  void runsThatPageAreDeterministicToo() throws IOException {
    Scenario scenario =
        scenario(
            """
            load.groups.one { processes = 3, unmeasured-pages = 600
              touch { pattern = zipf, count = 3000 } }
            """);
    LivesReport first = LivesRun.run(scenario, true, RunControl.NONE).report();
    LivesReport second = LivesRun.run(scenario, true, RunControl.NONE).report();
    assertThat(first.paging().evictions()).isPositive();
    assertThat(second.digest()).isEqualTo(first.digest());
    assertThat(second.paging()).isEqualTo(first.paging());
  }

  /** What was evicted in the warm-up is not of the window. */
  @Test
  void pagingOfLaunchesIsThatOfTheirWindow() {
    List<String> common =
        List.of(
            "machine.epc-mib=4", "load.image=pages-75", "load.lifetime=1 s", "load.processes=8");
    Paging all = launches(common, "load.warm-up=0 ms", "load.length=40 ms");
    Paging late = launches(common, "load.warm-up=30 ms", "load.length=10 ms");
    assertThat(all.evictions()).isGreaterThan(100);
    assertThat(late.evictions()).isPositive().isLessThan(all.evictions());
    assertThat(late.reclaim().freed()).isLessThan(all.reclaim().freed());
  }

  @Test
  void touchesBesideLaunchesAreThoseOfTheWindow() {
    List<String> common =
        List.of(
            "kernel.preset=mainline",
            "load.processes=1",
            "load.groups.g { measured-pages = 7, unmeasured-pages = 50, threads = 2 }",
            "load.groups.g.touch.pattern=sequential",
            "load.groups.g.touch.count=1000000000",
            "load.groups.g.touch.cycles=380000");
    Report.Beside all = beside(common, "load.warm-up=0 ms", "load.length=40 ms");
    Report.Beside late = beside(common, "load.warm-up=20 ms", "load.length=10 ms");
    // Two threads and 10,000 touches a second each.
    assertThat(all.touches()).isBetween(650L, 800L);
    assertThat(late.touches()).isBetween(190L, 202L);
    assertThat(all.softFaults()).isBetween(50L, 70L);
    assertThat(all.lives().unfinished()).isEqualTo(1);
  }

  private static Report.Beside beside(List<String> settings, String... more) {
    return report(settings, more).beside().get(0);
  }

  private static Paging launches(List<String> settings, String... more) {
    return report(settings, more).paging();
  }

  private static Report report(List<String> settings, String... more) {
    List<String> all = new java.util.ArrayList<>(settings);
    all.addAll(List.of(more));
    Scenario scenario = Scenarios.load("closed-loop", all, OptionalLong.of(7));
    RunResult result =
        LoadRun.run(scenario, Targets.of(scenario.load().images()), false, RunControl.NONE);
    return result.report();
  }

  private Paging paging(String more) throws IOException {
    return run(more).report().paging();
  }

  private LivesResult run(String more) throws IOException {
    return LivesRun.run(scenario(more), false, RunControl.NONE);
  }

  private Scenario scenario(String more) throws IOException {
    Path file = folder.resolve("paging.conf");
    Files.writeString(file, SMALL_EPC + more);
    return Scenarios.load(file.toString(), List.of(), OptionalLong.empty());
  }
}
