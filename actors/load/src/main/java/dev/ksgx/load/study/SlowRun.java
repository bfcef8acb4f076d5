package dev.ksgx.load.study;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A run of a study that some of the slowest launches of its report were in.
 *
 * @param point index in the report
 * @param plan of the point
 * @param replication its number, from 0
 * @param seed of the run
 * @param launches of it that are in the point's table, slowest first
 */
public record SlowRun(
    int point, PointPlan plan, int replication, long seed, List<StudyReport.Slow> launches) {

  /** Those of a report, in its order. */
  public static List<SlowRun> of(StudyPlan plan, StudyReport report) {
    List<SlowRun> runs = new ArrayList<>();
    for (int point = 0; point < report.points().size(); point++) {
      StudyReport.Point reported = report.points().get(point);
      PointPlan planned =
          plan.points().stream()
              .filter(each -> each.design().name().equals(reported.design()))
              .filter(each -> each.at().equals(reported.at()))
              .findFirst()
              .orElseThrow();
      Map<Integer, List<StudyReport.Slow>> byRun = new LinkedHashMap<>();
      for (StudyReport.Slow slow : reported.slowest()) {
        byRun.computeIfAbsent(slow.replication(), r -> new ArrayList<>()).add(slow);
      }
      for (Map.Entry<Integer, List<StudyReport.Slow>> run : byRun.entrySet()) {
        int replication = run.getKey();
        long seed = Seeds.of(plan.seed(), replication);
        runs.add(new SlowRun(point, planned, replication, seed, run.getValue()));
      }
    }
    return runs;
  }

  /** For files: unique in the report, e.g. {@code 012-v5-pages-75-4-0.9-r3}. */
  public String name() {
    StringBuilder name = new StringBuilder(String.format(Locale.ROOT, "%03d-", point + 1));
    name.append(plan.design().name());
    plan.at().values().forEach(value -> name.append('-').append(value));
    return name.append("-r").append(replication).toString().replaceAll("[^A-Za-z0-9._-]", "-");
  }

  /** When the last of these launches has ended, nanoseconds since boot. */
  public long endNanos() {
    return launches.stream()
        .mapToLong(slow -> Math.round(slow.plannedSeconds() * 1e9) + latencyNanos(slow))
        .max()
        .orElse(0);
  }

  /** Latency of a launch of a table, whose microseconds have three digits. */
  public static long latencyNanos(StudyReport.Slow slow) {
    return Math.round(slow.latency() * 1e3);
  }
}
