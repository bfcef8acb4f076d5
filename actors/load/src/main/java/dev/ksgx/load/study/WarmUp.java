package dev.ksgx.load.study;

import dev.ksgx.load.statistics.Slices;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * Suggests where the warm-up of a run should end: the marginal standard error rule (MSER, White
 * 1997) on the mean latencies of the slices of a pilot without warm-up. It cuts where the standard
 * error of the mean of what is left is least, and never more than half.
 */
final class WarmUp {
  /**
   * What a pilot suggests.
   *
   * @param nanos from the begin of the load
   * @param steady whether the rule found a place to cut before the half at which it stops looking
   */
  record Suggestion(long nanos, boolean steady) {}

  private WarmUp() {}

  static Suggestion of(Slices pilot) {
    List<Double> means = new ArrayList<>();
    List<Integer> slices = new ArrayList<>();
    List<Histogram> latencies = pilot.latencies();
    for (int i = 0; i < latencies.size(); i++) {
      if (latencies.get(i).getTotalCount() > 0) {
        means.add(latencies.get(i).getMean());
        slices.add(i);
      }
    }
    if (means.isEmpty()) {
      return new Suggestion(0, false);
    }
    int cut = cut(means);
    return new Suggestion(slices.get(cut) * pilot.widthNanos(), cut < means.size() / 2);
  }

  /** How many of the first values to leave out. */
  static int cut(List<Double> values) {
    int best = 0;
    double least = Double.POSITIVE_INFINITY;
    for (int cut = 0; cut <= values.size() / 2; cut++) {
      List<Double> rest = values.subList(cut, values.size());
      double mean = rest.stream().mapToDouble(Double::doubleValue).average().orElse(0);
      double squares = rest.stream().mapToDouble(value -> (value - mean) * (value - mean)).sum();
      double statistic = squares / ((double) rest.size() * rest.size());
      if (statistic < least && rest.size() > 1) {
        least = statistic;
        best = cut;
      }
    }
    return best;
  }
}
