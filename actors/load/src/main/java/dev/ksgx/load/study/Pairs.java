package dev.ksgx.load.study;

import dev.ksgx.load.study.Replication.Percentiles;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Differences of all other designs from the reference, at one combination of the axes' values. */
final class Pairs {
  /**
   * What is compared.
   *
   * @param values one a replication, null where one has none; empty if the point has none
   * @param isRead whether they are read off a histogram
   */
  record Metric(
      String name, boolean isTime, boolean isRead, Function<PointMaker, List<Double>> values) {
    List<Double> of(PointMaker point) {
      return values.apply(point);
    }

    /** The widest step of the scale that figures up to these are read off. */
    double step(List<Double> figures) {
      return isRead
          ? STEP
              * figures.stream()
                  .filter(Objects::nonNull)
                  .mapToDouble(Double::doubleValue)
                  .max()
                  .orElse(0)
          : 0;
    }

    Estimate rounded(Estimate difference) {
      return isTime ? Rounding.micros(difference) : Rounding.perSecond(difference);
    }
  }

  /** Of a histogram of three digits: buckets are at most so wide, as a share of what is in them. */
  private static final double STEP = 1.0 / 1024;

  static final Metric ACHIEVED = new Metric("achieved", false, false, PointMaker::achieved);
  static final Metric MEAN =
      new Metric("mean", true, false, point -> times(point, 0, Percentiles::mean));

  private static final List<Metric> METRICS =
      List.of(
          ACHIEVED,
          MEAN,
          new Metric("p50", true, true, point -> times(point, 50, Percentiles::p50)),
          new Metric("p99", true, true, point -> times(point, 99, Percentiles::p99)));

  private Pairs() {}

  private static List<Double> times(
      PointMaker point, double percentile, java.util.function.ToDoubleFunction<Percentiles> what) {
    return point.hasLatency() && (percentile == 0 || point.has(percentile))
        ? point.values(what)
        : List.of();
  }

  /**
   * @param plans the points of the combination, the reference first
   * @param points what became of them
   */
  static List<StudyReport.Pair> of(List<PointPlan> plans, List<PointMaker> points) {
    List<StudyReport.Pair> pairs = new ArrayList<>();
    for (Metric metric : METRICS) {
      pairs.addAll(of(metric, plans, points));
    }
    return pairs;
  }

  private static List<StudyReport.Pair> of(
      Metric metric, List<PointPlan> plans, List<PointMaker> points) {
    List<Double> reference = metric.of(points.get(0));
    List<PointPlan> compared = new ArrayList<>();
    List<List<Double>> differences = new ArrayList<>();
    List<Double> chances = new ArrayList<>();
    double step = metric.step(reference);
    for (int i = 1; i < plans.size(); i++) {
      List<Double> paired = paired(metric.of(points.get(i)), reference);
      if (!paired.isEmpty()) {
        compared.add(plans.get(i));
        differences.add(paired);
        chances.add(Intervals.probabilityOfChance(paired, step));
      }
    }
    List<Boolean> significant = Holm.significant(chances);
    List<StudyReport.Pair> pairs = new ArrayList<>();
    for (int i = 0; i < compared.size(); i++) {
      Estimate difference = Intervals.of(differences.get(i));
      pairs.add(
          new StudyReport.Pair(
              compared.get(i).design().name(),
              compared.get(i).at(),
              metric.name(),
              metric.rounded(difference),
              significant.get(i)));
    }
    return pairs;
  }

  /** Replications in which one of the two has no value count for neither. */
  static List<Double> paired(List<Double> values, List<Double> reference) {
    int common = Math.min(values.size(), reference.size());
    List<Integer> both =
        IntStream.range(0, common)
            .filter(i -> Objects.nonNull(values.get(i)) && Objects.nonNull(reference.get(i)))
            .boxed()
            .toList();
    return Intervals.differences(
        both.stream().map(values::get).toList(), both.stream().map(reference::get).toList());
  }
}
