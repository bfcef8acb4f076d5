package dev.ksgx.load.study;

import static dev.ksgx.load.study.Rounding.micros;
import static dev.ksgx.load.study.Rounding.rounded;

import dev.ksgx.load.statistics.Slices;
import dev.ksgx.load.statistics.SlowLaunch;
import dev.ksgx.load.statistics.SlowestLaunches;
import dev.ksgx.load.study.Replication.Percentiles;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.PackedHistogram;

/** Makes a point of the report of its replications. */
final class PointMaker {
  /** Launches that must lie beyond a percentile. */
  static final long BEYOND = 1000;

  /**
   * A slice tells its median from so many launches on, its 99th percentile from ten times as many.
   */
  private static final long SLICE_LEAST = 10;

  private final List<Replication> replications;

  PointMaker(List<Replication> replications) {
    this.replications = replications;
  }

  StudyReport.Point point(PointPlan plan) {
    Histogram latencies = latencies();
    Map.Entry<String, Double> busiest = busiest();
    return new StudyReport.Point(
        plan.design().name(),
        plan.at(),
        replications.size(),
        launches(),
        isSaturated(),
        busiest.getKey(),
        rounded(busiest.getValue(), 6),
        Rounding.perSecond(estimate(Replication::offeredPerSecond)),
        Rounding.perSecond(estimate(Replication::achievedPerSecond)),
        latency(),
        isSaturated() ? List.of() : Cdf.of(latencies),
        overTime(),
        blame(),
        slowest(),
        failed(),
        einit());
  }

  /** Half of the replications or more are. */
  boolean isSaturated() {
    return 2 * replications.stream().filter(Replication::saturated).count() >= replications.size();
  }

  /** That succeeded, in all replications. */
  long launches() {
    return replications.stream().mapToLong(Replication::succeeded).sum();
  }

  /** Of all replications, nanoseconds. */
  Histogram latencies() {
    Histogram all = new PackedHistogram(3);
    replications.forEach(each -> all.add(each.latencies()));
    return all;
  }

  /** Whether enough launches lie beyond a percentile, 0 to 100, to speak of it. */
  boolean has(double percentile) {
    return launches() * (100 - percentile) >= BEYOND * 100 - 1e-6;
  }

  boolean hasLatency() {
    return !isSaturated() && launches() > 0;
  }

  /** One value a replication; null where a replication has none. */
  List<Double> values(ToDoubleFunction<Percentiles> what) {
    List<Double> values = new ArrayList<>();
    for (Replication each : replications) {
      values.add(each.latency() == null ? null : (Double) what.applyAsDouble(each.latency()));
    }
    return values;
  }

  List<Double> achieved() {
    return replications.stream().map(Replication::achievedPerSecond).toList();
  }

  /** What the stop rule looks at. */
  List<Estimate> estimatesToNarrow() {
    if (!hasLatency()) {
      return List.of(estimate(Replication::achievedPerSecond));
    }
    List<Estimate> estimates = new ArrayList<>(List.of(latency(Percentiles::mean)));
    if (has(99)) {
      estimates.add(latency(Percentiles::p99));
    }
    return estimates;
  }

  private Estimate estimate(ToDoubleFunction<Replication> what) {
    return Intervals.of(replications.stream().map(what::applyAsDouble).toList());
  }

  private Estimate latency(ToDoubleFunction<Percentiles> what) {
    return Intervals.of(values(what).stream().filter(value -> value != null).toList());
  }

  private StudyReport.Latency latency() {
    if (!hasLatency()) {
      return null;
    }
    return new StudyReport.Latency(
        micros(latency(Percentiles::mean)),
        percentile(50, Percentiles::p50),
        percentile(90, Percentiles::p90),
        percentile(95, Percentiles::p95),
        percentile(99, Percentiles::p99),
        percentile(99.9, Percentiles::p999));
  }

  private Estimate percentile(double percentile, ToDoubleFunction<Percentiles> what) {
    return has(percentile) ? micros(latency(what)) : null;
  }

  private Map.Entry<String, Double> busiest() {
    SortedMap<String, Double> busy = mean(replications.stream().map(Replication::busy).toList());
    return busy.entrySet().stream()
        .max(
            Map.Entry.<String, Double>comparingByValue()
                .thenComparing(Map.Entry.comparingByKey(Comparator.reverseOrder())))
        .orElse(Map.entry("none", 0.0));
  }

  private List<StudyReport.Slice> overTime() {
    Slices slices = Slices.together(replications.stream().map(Replication::overTime).toList());
    List<StudyReport.Slice> rows = new ArrayList<>();
    long from = 0;
    for (Histogram slice : slices.latencies()) {
      long count = slice.getTotalCount();
      rows.add(
          new StudyReport.Slice(
              rounded(from / 1e9, 9),
              count,
              count < SLICE_LEAST ? null : (Double) micros(slice.getValueAtPercentile(50)),
              count < 10 * SLICE_LEAST ? null : (Double) micros(slice.getValueAtPercentile(99))));
      from += slices.widthNanos();
    }
    return rows;
  }

  /** Means of the replications' means, as the latency is, so that they sum to it. */
  private SortedMap<String, Double> blame() {
    SortedMap<String, Double> blame =
        mean(
            replications.stream().map(Replication::blame).filter(each -> !each.isEmpty()).toList());
    blame.replaceAll((what, nanos) -> micros(nanos));
    return blame;
  }

  private static SortedMap<String, Double> mean(List<SortedMap<String, Double>> maps) {
    SortedMap<String, Double> mean = new TreeMap<>();
    for (Map<String, Double> map : maps) {
      map.forEach((key, value) -> mean.merge(key, value / maps.size(), Double::sum));
    }
    return mean;
  }

  private List<StudyReport.Slow> slowest() {
    List<StudyReport.Slow> all = new ArrayList<>();
    for (int number = 0; number < replications.size(); number++) {
      for (SlowLaunch launch : replications.get(number).slowest()) {
        SortedMap<String, Double> blame = new TreeMap<>();
        blame.put(Replication.LATE_START, micros(launch.latenessNanos()));
        launch.spent().forEach((what, nanos) -> blame.put(what, micros(nanos)));
        all.add(
            new StudyReport.Slow(
                number,
                launch.number(),
                rounded(launch.plannedNanos() / 1e9, 9),
                micros(launch.latencyNanos()),
                blame));
      }
    }
    return all.stream()
        .sorted(Comparator.comparingDouble(StudyReport.Slow::latency).reversed())
        .limit(SlowestLaunches.KEPT)
        .toList();
  }

  private SortedMap<String, Long> failed() {
    SortedMap<String, Long> failed = new TreeMap<>();
    for (Replication each : replications) {
      each.failed().forEach((code, count) -> failed.merge(code, count, Long::sum));
    }
    return failed;
  }

  private StudyReport.Einit einit() {
    long ended = replications.stream().mapToLong(Replication::ended).sum();
    return new StudyReport.Einit(
        perLaunch(ended, each -> each.einit().attempts()),
        perLaunch(ended, each -> each.einit().retries()),
        perLaunch(ended, each -> each.einit().wastedCycles()),
        perLaunch(ended, Replication::msrWrites));
  }

  private double perLaunch(long ended, ToDoubleFunction<Replication> what) {
    double sum = replications.stream().mapToDouble(what).sum();
    return ended == 0 ? 0 : rounded(sum / ended, 6);
  }
}
