package dev.ksgx.load.sweep;

import dev.ksgx.load.report.Version;
import dev.ksgx.load.study.Estimate;
import dev.ksgx.load.study.StudyReport;
import java.util.Map;

/**
 * What came of a point: a line of the file. Times are microseconds of the model; null stands for
 * "cannot be said".
 *
 * @param id of the point
 * @param version of the program
 * @param seed of the sweep
 * @param at value of each axis
 * @param launches that succeeded, in all replications
 * @param saturated more was asked than the system can do
 * @param binds the most used shared resource
 * @param bindsUtilisation its busy share, 0 to 1
 * @param meanHalfWidthMicros of the 95 % interval over replications; null with one
 * @param failed launches, whatever their code
 */
public record Row(
    String id,
    String version,
    long seed,
    String design,
    Map<String, String> at,
    int replications,
    long launches,
    boolean saturated,
    String binds,
    double bindsUtilisation,
    double offeredPerSecond,
    double achievedPerSecond,
    Double meanMicros,
    Double meanHalfWidthMicros,
    Double p50Micros,
    Double p90Micros,
    Double p95Micros,
    Double p99Micros,
    Double p999Micros,
    long failed) {

  /**
   * Share of the launches that may fail; as small as a difference of means that counts for none.
   */
  static final double MOST_FAILED = Ranking.LEVEL;

  static Row of(SweepPlan.Point point, long seed, StudyReport.Point figures) {
    StudyReport.Latency latency =
        figures.latency() == null
            ? new StudyReport.Latency(null, null, null, null, null, null)
            : figures.latency();
    return new Row(
        point.id(),
        Version.running(),
        seed,
        point.design().name(),
        point.cell().at(),
        figures.replications(),
        figures.launches(),
        figures.saturated(),
        figures.binds(),
        figures.bindsUtilisation(),
        figures.offeredPerSecond().mean(),
        figures.achievedPerSecond().mean(),
        mean(latency.mean()),
        latency.mean() == null ? null : latency.mean().halfWidth(),
        mean(latency.p50()),
        mean(latency.p90()),
        mean(latency.p95()),
        mean(latency.p99()),
        mean(latency.p999()),
        figures.failedLaunches());
  }

  private static Double mean(Estimate estimate) {
    return estimate == null ? null : (Double) estimate.mean();
  }

  /**
   * Whether the design carries the load: it has a latency, and nearly all launches that ended
   * succeeded. A design that turns most callers away serves the others quickly.
   */
  boolean carries() {
    return !saturated && meanMicros != null && failed <= MOST_FAILED * (launches + failed);
  }
}
