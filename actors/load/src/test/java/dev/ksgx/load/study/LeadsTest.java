package dev.ksgx.load.study;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.ksgx.load.report.Report;
import dev.ksgx.load.statistics.LaunchLedger;
import dev.ksgx.runtime.random.RandomStream;
import dev.ksgx.runtime.random.RandomStreams;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

/** Who leads, and whom nobody can tell from the leader. */
class LeadsTest {
  /** A point with these mean latencies (microseconds), one a replication. */
  private static PointMaker timed(double... means) {
    List<Replication> replications = new ArrayList<>();
    for (double mean : means) {
      replications.add(replication(mean, false, 1000));
    }
    return new PointMaker(replications);
  }

  private static PointMaker saturated(double... achieved) {
    List<Replication> replications = new ArrayList<>();
    for (double perSecond : achieved) {
      replications.add(replication(1, true, perSecond));
    }
    return new PointMaker(replications);
  }

  private static Replication replication(double mean, boolean saturated, double achieved) {
    double nanos = mean * 1e3;
    boolean none = achieved == 0;
    return new Replication(
        saturated,
        new TreeMap<>(),
        none ? 0 : 100,
        0,
        100,
        1000,
        achieved,
        new TreeMap<>(),
        none ? null : new Replication.Percentiles(nanos, nanos, nanos, nanos, nanos, nanos),
        new Histogram(3),
        new TreeMap<>(),
        new LaunchLedger().figures(0).overTime(),
        List.of(),
        new Report.Einit(0, 0, 0),
        0);
  }

  private static Optional<StudyReport.Lead> lead(PointMaker... points) {
    List<PointPlan> plans = new ArrayList<>();
    for (int i = 0; i < points.length; i++) {
      Design design = new Design("d" + i, "", ConfigFactory.empty());
      plans.add(new PointPlan(design, Map.of("load", "0.4"), null));
    }
    return Leads.of(plans, List.of(points));
  }

  private static List<String> level(StudyReport.Lead lead) {
    return lead.others().stream()
        .filter(other -> !other.significant())
        .map(StudyReport.Behind::design)
        .toList();
  }

  /** The intervals of the two means overlap, their difference is known to a twentieth of that. */
  @Test
  void designsAreToldApartByTheSameRandomNumbersAlthoughTheirIntervalsOverlap() {
    StudyReport.Lead lead =
        lead(
                timed(400, 410, 420, 430, 440),
                timed(101, 131, 91, 161, 121),
                timed(100, 130.1, 90, 160.1, 120))
            .orElseThrow();
    assertThat(lead.design()).isEqualTo("d2");
    assertThat(lead.metric()).isEqualTo("mean");
    assertThat(level(lead)).isEmpty();
    assertThat(lead.others()).extracting(StudyReport.Behind::design).containsExactly("d0", "d1");
    assertThat(lead.others().get(1).difference().mean()).isEqualTo(0.96);
  }

  @Test
  void oneReplicationTellsNobody() {
    StudyReport.Lead lead = lead(timed(400), timed(100)).orElseThrow();
    assertThat(lead.design()).isEqualTo("d1");
    assertThat(level(lead)).containsExactly("d0");
    assertThat(lead.others().get(0).difference().halfWidth()).isNull();
  }

  @Test
  void whoIsSaturatedLeadsOnlyWhereAllAreAndByThroughput() {
    assertThat(lead(saturated(9, 9.1), timed(5, 6)).orElseThrow().design()).isEqualTo("d1");
    assertThat(lead(saturated(9, 9.1), timed(5, 6)).orElseThrow().others()).isEmpty();
    StudyReport.Lead lead = lead(saturated(9, 9.1), saturated(11, 12)).orElseThrow();
    assertThat(lead.design()).isEqualTo("d1");
    assertThat(lead.metric()).isEqualTo("achieved");
    assertThat(lead.others().get(0).difference().mean()).isEqualTo(-2.45);
  }

  @Test
  void whereNothingSucceededOrNothingWasRunNobodyLeads() {
    PointMaker failing = new PointMaker(List.of(replication(1, false, 0)));
    assertThat(lead(failing, failing)).isEmpty();
    assertThat(lead(failing, saturated(9))).isEmpty();
    assertThat(Leads.of(List.of(), List.of())).isEmpty();
  }

  /** All alike: whoever leads does so by chance, and one in twenty may leave out the best. */
  @Test
  void theBestIsAmongTheLeaderAndItsEqualsInNinetyFiveOfAHundredTrials() {
    RandomStreams streams = new RandomStreams(11);
    int lost = 0;
    for (int trial = 0; trial < 1000; trial++) {
      RandomStream stream = streams.stream("trial/" + trial);
      PointMaker[] points = new PointMaker[8];
      for (int design = 0; design < points.length; design++) {
        double[] means = new double[5];
        for (int replication = 0; replication < means.length; replication++) {
          double twelve = 100;
          for (int i = 0; i < 12; i++) {
            twelve += stream.nextDouble();
          }
          means[replication] = twelve;
        }
        points[design] = timed(means);
      }
      StudyReport.Lead lead = lead(points).orElseThrow();
      lost += lead.design().equals("d0") || level(lead).contains("d0") ? 0 : 1;
    }
    assertThat(lost).isLessThanOrEqualTo(50);
  }
}
