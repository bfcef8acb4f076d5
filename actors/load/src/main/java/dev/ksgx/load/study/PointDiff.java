package dev.ksgx.load.study;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/**
 * What changed at a point beyond what intervals allow: a figure changed if its difference is more
 * than the half-widths of both intervals, taken together as independent errors are (root of the sum
 * of squares). A figure without an interval (one replication) changed if it differs at all. A
 * figure that only one of the two can say is a change too.
 */
final class PointDiff {
  private static final Map<String, Function<StudyReport.Latency, Estimate>> LATENCIES =
      new LinkedHashMap<>();

  private static final StudyReport.Latency UNKNOWN =
      new StudyReport.Latency(null, null, null, null, null, null);

  static {
    LATENCIES.put("mean", StudyReport.Latency::mean);
    LATENCIES.put("p50", StudyReport.Latency::p50);
    LATENCIES.put("p90", StudyReport.Latency::p90);
    LATENCIES.put("p95", StudyReport.Latency::p95);
    LATENCIES.put("p99", StudyReport.Latency::p99);
    LATENCIES.put("p99.9", StudyReport.Latency::p999);
  }

  private final String name;
  private final List<String> changes = new ArrayList<>();

  private PointDiff(String name) {
    this.name = name;
  }

  /** A line for each change; empty if nothing changed. */
  static List<String> of(String name, StudyReport.Point old, StudyReport.Point now) {
    PointDiff diff = new PointDiff(name);
    diff.compare(old, now);
    return diff.changes;
  }

  private void compare(StudyReport.Point old, StudyReport.Point now) {
    if (old.saturated() != now.saturated()) {
      changes.add(
          now.saturated()
              ? name + ": is saturated now, so there is no latency any more"
              : name + ": is no longer saturated, and has a latency now");
    }
    if (!old.failed().equals(now.failed())) {
      changes.add(name + ": failed " + failed(old) + ", now " + failed(now));
    }
    compare("achieved", "/s", old.achievedPerSecond(), now.achievedPerSecond());
    if (old.saturated() == now.saturated()) {
      StudyReport.Latency before = old.latency() == null ? UNKNOWN : old.latency();
      StudyReport.Latency after = now.latency() == null ? UNKNOWN : now.latency();
      LATENCIES.forEach((metric, of) -> compare(metric, "us", of.apply(before), of.apply(after)));
    }
  }

  private static String failed(StudyReport.Point point) {
    return point.failed().isEmpty() ? "none" : point.failed().toString();
  }

  private void compare(String metric, String unit, Estimate old, Estimate now) {
    if (old == null && now == null) {
      return;
    }
    if (old == null) {
      add("%s can be said now: %,.3f %s", metric, now.mean(), unit);
      return;
    }
    if (now == null) {
      add("%s %,.3f %s, now it cannot be said", metric, old.mean(), unit);
      return;
    }
    double difference = now.mean() - old.mean();
    double margin = StrictMath.hypot(halfWidth(old), halfWidth(now));
    if (Math.abs(difference) > margin) {
      add(
          "%s %,.3f %s, now %,.3f (%+.1f %%, beyond ±%,.3f)",
          metric,
          old.mean(),
          unit,
          now.mean(),
          old.mean() == 0 ? Double.NaN : 100 * difference / old.mean(),
          margin);
    }
  }

  private void add(String format, Object... values) {
    changes.add(name + ": " + String.format(Locale.ROOT, format, values));
  }

  private static double halfWidth(Estimate estimate) {
    return estimate.halfWidth() == null ? 0 : estimate.halfWidth();
  }
}
