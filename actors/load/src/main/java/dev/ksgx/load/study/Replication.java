package dev.ksgx.load.study;

import dev.ksgx.load.report.Report;
import dev.ksgx.load.report.RunResult;
import dev.ksgx.load.statistics.Distribution;
import dev.ksgx.load.statistics.LaunchFigures;
import dev.ksgx.load.statistics.Slices;
import dev.ksgx.load.statistics.SlowLaunch;
import dev.ksgx.load.statistics.Use;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.PackedHistogram;

/**
 * What a study keeps of one run.
 *
 * @param saturated more was asked than the system can do
 * @param busy share of the window in which each resource that the whole machine has once was busy,
 *     0 to 1; a process's own lock binds that process at most
 * @param succeeded launches planned in the window that succeeded before it closed
 * @param open launches planned in the window that had not ended when it closed
 * @param ended launches that ended in it, whatever their outcome and whenever they were planned
 * @param failed launches by code; lives of groups beside them by code and group
 * @param latency of those that succeeded; null if none did
 * @param latencies the same launches, nanoseconds
 * @param blame mean time of a launch that succeeded by what it was spent on, nanoseconds
 * @param einit sums over the cores
 * @param msrWrites sum over the cores
 */
public record Replication(
    boolean saturated,
    SortedMap<String, Double> busy,
    long succeeded,
    long open,
    long ended,
    double offeredPerSecond,
    double achievedPerSecond,
    SortedMap<String, Long> failed,
    Percentiles latency,
    Histogram latencies,
    SortedMap<String, Double> blame,
    Slices overTime,
    List<SlowLaunch> slowest,
    Report.Einit einit,
    long msrWrites) {

  /** Nanoseconds. */
  public record Percentiles(
      double mean, double p50, double p90, double p95, double p99, double p999) {}

  /** Time of a launch before its thread was free for it. */
  public static final String LATE_START = "late start";

  /** What stands between the code and the group of lives that failed beside the launches. */
  static final String LIVES_OF = " (lives of ";

  static Replication of(RunResult result) {
    LaunchFigures launches = result.launches();
    Report report = result.report();
    Histogram packed = new PackedHistogram(3);
    packed.add(launches.latency().histogram());
    return new Replication(
        report.saturated(),
        busy(result.uses()),
        launches.succeeded(),
        launches.inFlight() + launches.notStarted(),
        launches.ended(),
        launches.offeredPerSecond(),
        launches.achievedPerSecond(),
        failed(result),
        percentiles(launches.latency()),
        packed,
        blame(launches),
        launches.overTime(),
        launches.slowest(),
        report.einit(),
        report.cores().stream().mapToLong(Report.CoreUse::msrWrites).sum());
  }

  private static SortedMap<String, Long> failed(RunResult result) {
    SortedMap<String, Long> failed = new TreeMap<>(result.launches().failed());
    if (result.report().beside() != null) {
      for (Report.Beside each : result.report().beside()) {
        each.lives()
            .failed()
            .forEach((code, count) -> failed.put(code + LIVES_OF + each.group() + ")", count));
      }
    }
    return failed;
  }

  private static Percentiles percentiles(Distribution latency) {
    return latency.count() == 0
        ? null
        : new Percentiles(
            latency.meanNanos(),
            latency.percentileNanos(50),
            latency.percentileNanos(90),
            latency.percentileNanos(95),
            latency.percentileNanos(99),
            latency.percentileNanos(99.9));
  }

  private static SortedMap<String, Double> busy(List<Use> uses) {
    SortedMap<String, Double> busy = new TreeMap<>();
    uses.stream()
        .filter(use -> use.shared() && use.members() == 1)
        .forEach(use -> busy.put(use.resource(), use.utilisation()));
    return busy;
  }

  private static SortedMap<String, Double> blame(LaunchFigures launches) {
    SortedMap<String, Double> blame = new TreeMap<>();
    if (launches.succeeded() > 0) {
      double count = launches.succeeded();
      blame.put(LATE_START, launches.lateness().sumNanos() / count);
      for (Map.Entry<String, Long> each : launches.spent().entrySet()) {
        blame.put(each.getKey(), each.getValue() / count);
      }
    }
    return blame;
  }
}
