package dev.ksgx.load.study;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/**
 * What changed from one study to another beyond what their intervals allow: a figure changed if its
 * difference is more than the half-widths of both intervals, taken together as independent errors
 * are (root of the sum of squares). A figure without an interval (one replication) changed if it
 * differs at all.
 */
public final class StudyDiff {
  private static final Map<String, Function<StudyReport.Latency, Estimate>> LATENCIES =
      new LinkedHashMap<>();

  static {
    LATENCIES.put("mean", StudyReport.Latency::mean);
    LATENCIES.put("p50", StudyReport.Latency::p50);
    LATENCIES.put("p90", StudyReport.Latency::p90);
    LATENCIES.put("p95", StudyReport.Latency::p95);
    LATENCIES.put("p99", StudyReport.Latency::p99);
    LATENCIES.put("p99.9", StudyReport.Latency::p999);
  }

  private final List<String> changes = new ArrayList<>();

  private StudyDiff() {}

  /** A line for each change; empty if nothing changed. */
  public static List<String> of(StudyReport old, StudyReport now) {
    StudyDiff diff = new StudyDiff();
    Map<String, StudyReport.Point> before = points(old);
    Map<String, StudyReport.Point> after = points(now);
    before.forEach(
        (name, point) -> {
          if (after.containsKey(name)) {
            diff.compare(name, point, after.get(name));
          } else {
            diff.changes.add(name + ": only in the old one");
          }
        });
    after.keySet().stream()
        .filter(name -> !before.containsKey(name))
        .forEach(name -> diff.changes.add(name + ": only in the new one"));
    return diff.changes;
  }

  private static Map<String, StudyReport.Point> points(StudyReport report) {
    Map<String, StudyReport.Point> points = new LinkedHashMap<>();
    for (StudyReport.Point point : report.points()) {
      StringBuilder name = new StringBuilder(point.design());
      point.at().forEach((axis, at) -> name.append(", ").append(axis).append(' ').append(at));
      points.put(name.toString(), point);
    }
    return points;
  }

  private void compare(String name, StudyReport.Point old, StudyReport.Point now) {
    if (old.saturated() != now.saturated()) {
      changes.add(name + (now.saturated() ? ": is saturated now" : ": is no longer saturated"));
    }
    if (!old.failed().equals(now.failed())) {
      changes.add(name + ": failed " + failed(old) + ", now " + failed(now));
    }
    compare(name + ": achieved", "/s", old.achievedPerSecond(), now.achievedPerSecond());
    if (old.latency() != null && now.latency() != null) {
      LATENCIES.forEach(
          (metric, of) ->
              compare(
                  name + ": " + metric, "us", of.apply(old.latency()), of.apply(now.latency())));
    }
  }

  private static String failed(StudyReport.Point point) {
    return point.failed().isEmpty() ? "none" : point.failed().toString();
  }

  private void compare(String what, String unit, Estimate old, Estimate now) {
    if (old == null || now == null) {
      return;
    }
    double difference = now.mean() - old.mean();
    double margin = StrictMath.hypot(halfWidth(old), halfWidth(now));
    if (Math.abs(difference) > margin) {
      changes.add(
          String.format(
              Locale.ROOT,
              "%s %,.3f %s, now %,.3f (%+.1f %%, beyond ±%,.3f)",
              what,
              old.mean(),
              unit,
              now.mean(),
              old.mean() == 0 ? Double.NaN : 100 * difference / old.mean(),
              margin));
    }
  }

  private static double halfWidth(Estimate estimate) {
    return estimate.halfWidth() == null ? 0 : estimate.halfWidth();
  }
}
