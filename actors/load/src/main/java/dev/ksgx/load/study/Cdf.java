package dev.ksgx.load.study;

import static dev.ksgx.load.study.Rounding.micros;
import static dev.ksgx.load.study.Rounding.rounded;

import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * The distribution function of latencies as at most 120 points: one a per cent, finer in the tail
 * as far as there are launches in it, and the maximum.
 */
final class Cdf {
  private static final double[] TAIL = {99.2, 99.4, 99.6, 99.8, 99.9, 99.95, 99.99};

  private Cdf() {}

  /**
   * Pairs of microseconds and share at or below, 0 to 1; both grow.
   *
   * @param latencies nanoseconds
   */
  static List<List<Double>> of(Histogram latencies) {
    List<List<Double>> points = new ArrayList<>();
    if (latencies.getTotalCount() == 0) {
      return points;
    }
    for (int percent = 0; percent < 100; percent++) {
      add(points, latencies, percent);
    }
    for (double percent : TAIL) {
      if (latencies.getTotalCount() * (100 - percent) >= 100) {
        add(points, latencies, percent);
      }
    }
    add(points, latencies, 100);
    return points;
  }

  private static void add(List<List<Double>> points, Histogram latencies, double percent) {
    long nanos = latencies.getValueAtPercentile(percent);
    List<Double> point =
        List.of(micros(nanos), rounded(latencies.getPercentileAtOrBelowValue(nanos) / 100, 6));
    if (points.isEmpty() || point.get(0) > points.get(points.size() - 1).get(0)) {
      points.add(point);
    }
  }
}
