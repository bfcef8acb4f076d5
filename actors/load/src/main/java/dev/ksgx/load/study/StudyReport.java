package dev.ksgx.load.study;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The machine-readable result of a study ({@code results.json}); its components are the fields, in
 * order. Times are microseconds of the model. Null stands for "cannot be said": a saturated point
 * has no latency, a percentile beyond which fewer than 1,000 launches lie is not given.
 *
 * @param format version of this layout: 1
 * @param title one line
 * @param command what makes this report again
 * @param version of the program that made it
 * @param seed of the first replication
 * @param replications of the point that has most
 * @param designs what is compared, in the order given; the first is the reference of the pairs
 * @param axes what else varies
 * @param points one per design and combination of the axes' values, designs innermost
 * @param pairs every other design against the first, at the same point
 * @param leads who is fastest, one a point at which any design can be ranked
 * @param costs cycles of every operation, with their provenance
 * @param scenario every key of the base scenario and its value
 */
public record StudyReport(
    int format,
    String title,
    String command,
    String version,
    long seed,
    int replications,
    List<Design> designs,
    List<Axis> axes,
    List<Point> points,
    List<Pair> pairs,
    List<Lead> leads,
    List<Cost> costs,
    Map<String, String> scenario) {

  public StudyReport {
    designs = List.copyOf(designs);
    axes = List.copyOf(axes);
    points = List.copyOf(points);
    pairs = List.copyOf(pairs);
    leads = List.copyOf(leads);
    costs = List.copyOf(costs);
    Objects.requireNonNull(title, "title");
    Objects.requireNonNull(version, "version");
    Objects.requireNonNull(scenario, "scenario");
  }

  /**
   * One of the things compared.
   *
   * @param name used on the command line
   * @param description one line
   * @param keys what it sets in the base scenario
   */
  public record Design(String name, String description, Map<String, String> keys) {
    public Design {
      Objects.requireNonNull(name, "name");
      Objects.requireNonNull(keys, "keys");
    }
  }

  /**
   * Something that varies beside the design.
   *
   * @param key of the scenario, or a name for several that vary together
   * @param values in order
   */
  public record Axis(String key, List<String> values) {}

  /**
   * One design under one load on one machine.
   *
   * @param design its name
   * @param at value of each axis
   * @param replications made
   * @param launches that succeeded, in all replications
   * @param saturated whether more was asked than the system can do; then there is no latency
   * @param binds the most used shared resource
   * @param bindsUtilisation its busy share, 0 to 1
   * @param offeredPerSecond launches planned
   * @param achievedPerSecond launches that succeeded
   * @param latency planned start to end; null if saturated
   * @param cdf latencies of all replications: pairs of microseconds and share at or below, 0 to 1;
   *     empty if saturated
   * @param overTime slices of the window, all replications together
   * @param blame mean time of a launch by what it was spent on; sums to its mean latency
   * @param slowest the slowest launches, slowest first
   * @param failed launches by the code they failed with; lives of groups beside them by code and
   *     group
   * @param einit per launch that ended
   */
  public record Point(
      String design,
      Map<String, String> at,
      int replications,
      long launches,
      boolean saturated,
      String binds,
      double bindsUtilisation,
      Estimate offeredPerSecond,
      Estimate achievedPerSecond,
      Latency latency,
      List<List<Double>> cdf,
      List<Slice> overTime,
      Map<String, Double> blame,
      List<Slow> slowest,
      Map<String, Long> failed,
      Einit einit) {
    public Point {
      Objects.requireNonNull(design, "design");
      Objects.requireNonNull(at, "at");
      Objects.requireNonNull(binds, "binds");
      Objects.requireNonNull(offeredPerSecond, "offeredPerSecond");
      Objects.requireNonNull(achievedPerSecond, "achievedPerSecond");
      Objects.requireNonNull(failed, "failed");
    }

    /** Launches that failed, whatever their code. */
    public long failedLaunches() {
      return failed.entrySet().stream()
          .filter(each -> !each.getKey().contains(Replication.LIVES_OF))
          .mapToLong(Map.Entry::getValue)
          .sum();
    }
  }

  /** Mean and percentiles, each over replications. */
  public record Latency(
      Estimate mean, Estimate p50, Estimate p90, Estimate p95, Estimate p99, Estimate p999) {}

  /** Launches planned in a part of the window that begins there, seconds from its opening. */
  public record Slice(double fromSeconds, long launches, Double p50, Double p99) {}

  /**
   * A slow launch.
   *
   * @param replication its number, from 0
   * @param launch its number in the run
   * @param plannedSeconds since boot
   * @param blame where its time went; sums to its latency
   */
  public record Slow(
      int replication,
      long launch,
      double plannedSeconds,
      double latency,
      Map<String, Double> blame) {}

  /** EINIT of a launch, on average. */
  public record Einit(double attempts, double retries, double wastedCycles, double msrWrites) {}

  /**
   * A difference between a design and the reference, over replications with the same seeds.
   *
   * @param metric achieved (launches per second), mean, p50 or p99 (microseconds)
   * @param difference design minus reference
   * @param significant whether it is not chance (paired t test at 5 %, Holm's rule over the designs
   *     of one point and metric); the interval is that of this difference alone
   */
  public record Pair(
      String design,
      Map<String, String> at,
      String metric,
      Estimate difference,
      boolean significant) {}

  /**
   * Who is fastest at a point, and who may be all the same: the designs in {@code others} that are
   * not significantly behind, and {@code design} itself, hold the one that is truly fastest with a
   * probability of 95 %, however the leader was found (multiple comparisons with the best).
   *
   * @param design the one with the lowest mean latency; where all are saturated the one with most
   *     launches per second
   * @param metric mean (microseconds) or achieved (launches per second)
   * @param others that have a figure of the metric, in the order of the designs
   */
  public record Lead(String design, Map<String, String> at, String metric, List<Behind> others) {}

  /**
   * A design that does not lead.
   *
   * @param difference design minus leader, over replications with the same seeds
   * @param significant whether it is behind beyond chance: paired t test at 5 % divided by the
   *     number of others (Bonferroni)
   */
  public record Behind(String design, Estimate difference, boolean significant) {}

  /** Cycles of an operation; {@code changed} if the scenario overrides the profile. */
  public record Cost(String name, long cycles, String provenance, String source, boolean changed) {}
}
