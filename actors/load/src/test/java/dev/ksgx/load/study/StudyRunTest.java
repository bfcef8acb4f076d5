package dev.ksgx.load.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ksgx.load.scenario.ScenarioException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whole studies, short ones. */
class StudyRunTest {
  private static final List<String> SHORT =
      List.of("load.rate=10000", "load.warm-up=5 ms", "load.length=20 ms", "load.image=small");

  private static StudyRequest request(StopRule rule, List<String> settings, String... designs) {
    return new StudyRequest(
        StudyRequest.Kind.DESIGNS,
        "ksgx compare comparison",
        Optional.of("comparison"),
        settings,
        OptionalLong.of(7),
        Designs.of(List.of(designs)),
        false,
        Optional.of(rule));
  }

  private static StudyResult run(StudyRequest request, int jobs) throws InterruptedException {
    StudyPlan plan = StudyPlans.of(request, jobs, StudyControl.NONE);
    return StudyRun.run(plan, jobs, StudyControl.NONE);
  }

  @Test
  @Tag("both-jdks")
  void numberOfJobsChangesNoByte() throws InterruptedException {
    StudyRequest request = request(StopRule.exactly(3), SHORT, "v5", "direct-always");
    StudyResult one = run(request, 1);
    StudyResult two = run(request, 2);
    assertThat(StudyFiles.json(two.report())).isEqualTo(StudyFiles.json(one.report()));
    assertThat(StudyFiles.csv(two.report())).isEqualTo(StudyFiles.csv(one.report()));
    assertThat(two.histogramLog()).isEqualTo(one.histogramLog());
    assertThat(one.runs()).isEqualTo(6);
  }

  @Test
  void livesThatFailBesideTheLaunchesAreTold() throws InterruptedException {
    List<String> locked = new ArrayList<>(SHORT);
    locked.add("machine.launch-control=locked");
    locked.add("load.groups.beside.processes=2");
    StudyReport report = run(request(StopRule.exactly(1), locked, "direct-always"), 1).report();
    assertThat(report.points())
        .hasSize(1)
        .allSatisfy(
            point ->
                assertThat(point.failed().keySet())
                    .anySatisfy(code -> assertThat(code).endsWith(" (lives of beside)")));
  }

  /** So few launches that all of them are among the slowest. */
  @Test
  void designsHaveTheSameArrivalsInTheSameReplicationAndOthersInTheNext()
      throws InterruptedException {
    List<String> few = new ArrayList<>(SHORT);
    few.add("load.rate=150");
    StudyReport report = run(request(StopRule.exactly(2), few, "v5", "direct-always"), 2).report();
    List<List<Double>> planned = new ArrayList<>();
    for (StudyReport.Point point : report.points()) {
      for (int replication = 0; replication < 2; replication++) {
        int number = replication;
        planned.add(
            point.slowest().stream()
                .filter(slow -> slow.replication() == number)
                .map(StudyReport.Slow::plannedSeconds)
                .sorted()
                .toList());
      }
    }
    assertThat(planned.subList(0, 2)).doesNotHaveDuplicates().allMatch(each -> !each.isEmpty());
    assertThat(planned.subList(2, 4)).isEqualTo(planned.subList(0, 2));
  }

  @Test
  void blameOfAPointSumsToItsMeanLatencyAndThatOfASlowLaunchToItsOwn() throws InterruptedException {
    StudyReport report =
        run(request(StopRule.exactly(2), SHORT, "v5", "direct-always"), 2).report();
    for (StudyReport.Point point : report.points()) {
      assertThat(sum(point.blame().values()))
          .isCloseTo(point.latency().mean().mean(), within(0.01));
      assertThat(point.blame()).containsKey("late start");
      assertThat(point.slowest()).hasSize(10);
      for (StudyReport.Slow slow : point.slowest()) {
        assertThat(sum(slow.blame().values())).isCloseTo(slow.latency(), within(0.01));
      }
      assertThat(point.cdf()).hasSizeBetween(10, 120);
      assertThat(point.cdf().get(point.cdf().size() - 1).get(1)).isEqualTo(1);
      assertThat(point.overTime()).hasSizeBetween(35, 40);
      assertThat(point.overTime().stream().mapToLong(StudyReport.Slice::launches).sum())
          .isEqualTo(point.launches());
    }
  }

  private static double sum(Iterable<Double> values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum;
  }

  @Test
  void percentileNeedsAThousandLaunchesBeyondIt() throws InterruptedException {
    List<String> longer = new ArrayList<>(SHORT);
    longer.add("load.length=80 ms");
    StudyReport.Point point =
        run(request(StopRule.exactly(3), longer, "direct-always", "direct-lazy"), 2)
            .report()
            .points()
            .get(0);
    // about 2,400 launches: half of them lie beyond the median, 240 beyond the 90th percentile
    assertThat(point.launches()).isBetween(2000L, 2800L);
    assertThat(point.latency().p50()).isNotNull();
    assertThat(point.latency().p90()).isNull();
    assertThat(point.latency().p99()).isNull();
  }

  @Test
  void saturatedPointSaysSoAndHasNoLatency() throws InterruptedException {
    List<String> much = new ArrayList<>(SHORT);
    much.add("load.rate=60000");
    StudyReport report = run(request(StopRule.exactly(2), much, "v5", "direct-always"), 2).report();
    StudyReport.Point v5 = report.points().get(0);
    assertThat(v5.saturated()).isTrue();
    assertThat(v5.latency()).isNull();
    assertThat(v5.cdf()).isEmpty();
    assertThat(v5.achievedPerSecond().mean()).isLessThan(0.9 * v5.offeredPerSecond().mean());
    assertThat(report.pairs()).extracting(StudyReport.Pair::metric).containsOnly("achieved");
  }

  @Test
  void loosePrecisionEndsWithTheFirstRoundAndATightOneWithTheMost() throws InterruptedException {
    StudyReport loose = run(request(new StopRule(2, 5, 100), SHORT, "v5", "v11"), 2).report();
    assertThat(loose.points()).extracting(StudyReport.Point::replications).containsOnly(2);
    StudyReport tight = run(request(new StopRule(2, 5, 1e-9), SHORT, "v5", "v11"), 2).report();
    assertThat(tight.points()).extracting(StudyReport.Point::replications).containsOnly(5);
  }

  @Test
  void studyThatIsStoppedSaysThatItIsPartial() throws InterruptedException {
    StudyRequest request = request(StopRule.exactly(4), SHORT, "v5", "direct-always");
    StudyPlan plan = StudyPlans.of(request, 1, StudyControl.NONE);
    AtomicInteger over = new AtomicInteger();
    StudyResult result =
        StudyRun.run(
            plan,
            1,
            new StudyControl() {
              @Override
              public boolean stopRequested() {
                return over.get() >= 3;
              }

              @Override
              public void progress(int done, int planned) {
                over.set(done);
              }
            });
    assertThat(result.partial()).isTrue();
    assertThat(result.runs()).isBetween(3, 5);
    assertThat(result.report().title()).contains("PARTIAL");
  }

  @Test
  void studyThatIsStoppedAtOnceHasNothingToReport() {
    StudyControl stopped =
        new StudyControl() {
          @Override
          public boolean stopRequested() {
            return true;
          }
        };
    assertThatThrownBy(
            () -> StudyPlans.of(request(StopRule.exactly(2), SHORT, "v5", "v11"), 1, stopped))
        .isInstanceOf(CancellationException.class);
  }

  @Test
  void scenarioOfLivesIsRefused() {
    StudyRequest lives =
        new StudyRequest(
            StudyRequest.Kind.DESIGNS,
            "",
            Optional.of("sdk-heap-80mb"),
            List.of(),
            OptionalLong.empty(),
            Designs.of(List.of("v5", "v6")),
            false,
            Optional.empty());
    assertThatThrownBy(() -> StudyPlans.of(lives, 1, StudyControl.NONE))
        .isInstanceOf(ScenarioException.class)
        .hasMessage("sdk-heap-80mb: compare needs load.kind = launches; this scenario has lives");
  }

  @Test
  void firstReplicationIsTheRunWithTheSeedItself() {
    assertThat(Seeds.of(42, 0)).isEqualTo(42);
    assertThat(List.of(Seeds.of(42, 1), Seeds.of(42, 2), Seeds.of(43, 1)))
        .doesNotHaveDuplicates()
        .allMatch(seed -> seed >= 0 && seed < 1_000_000_000_000_000_000L);
  }
}
