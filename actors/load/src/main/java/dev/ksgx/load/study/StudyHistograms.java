package dev.ksgx.load.study;

import dev.ksgx.load.report.HistogramLog;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * The latencies of a study as an HdrHistogram log: a line a point, all replications together,
 * tagged {@code DESIGN;AXIS=VALUE;...}. Nothing else in a study needs a time of day, so the
 * interval of each line is empty.
 */
final class StudyHistograms {
  private StudyHistograms() {}

  /** The whole file. */
  static String of(StudyResult result) {
    Map<String, Histogram> rows = new LinkedHashMap<>();
    for (int i = 0; i < result.replications().size(); i++) {
      List<Replication> replications = result.replications().get(i);
      if (!replications.isEmpty()) {
        rows.put(tag(result.plan().points().get(i)), new PointMaker(replications).latencies());
      }
    }
    return HistogramLog.log(rows, 0, 0);
  }

  /** A tag must not have blanks or commas. */
  private static String tag(PointPlan point) {
    StringBuilder tag = new StringBuilder(point.design().name());
    point.at().forEach((axis, value) -> tag.append(';').append(axis).append('=').append(value));
    return tag.toString().replaceAll("[\\s,]+", "_");
  }
}
