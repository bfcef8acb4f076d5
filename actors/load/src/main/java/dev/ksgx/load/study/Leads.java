package dev.ksgx.load.study;

import dev.ksgx.load.study.Pairs.Metric;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Who is fastest at one combination of the axes' values, and whom nobody can tell from it. */
final class Leads {
  private Leads() {}

  /**
   * By mean latency; where all designs are saturated, by launches per second.
   *
   * @param plans the points of the combination
   * @param points what became of them
   * @return empty where there is nothing to rank by: nothing was run, or nothing succeeded
   */
  static Optional<StudyReport.Lead> of(List<PointPlan> plans, List<PointMaker> points) {
    boolean isTime = points.stream().anyMatch(PointMaker::hasLatency);
    if (!isTime && !points.stream().allMatch(PointMaker::isSaturated)) {
      return Optional.empty();
    }
    Metric metric = isTime ? Pairs.MEAN : Pairs.ACHIEVED;
    Comparator<Integer> better =
        Comparator.comparingDouble(i -> (isTime ? 1 : -1) * mean(metric, points.get(i)));
    List<Integer> ranked =
        IntStream.range(0, plans.size())
            .filter(i -> !metric.of(points.get(i)).isEmpty())
            .boxed()
            .toList();
    return ranked.stream().min(better).map(first -> lead(metric, first, ranked, plans, points));
  }

  private static double mean(Metric metric, PointMaker point) {
    return Intervals.of(metric.of(point).stream().filter(value -> value != null).toList()).mean();
  }

  private static StudyReport.Lead lead(
      Metric metric,
      int first,
      List<Integer> ranked,
      List<PointPlan> plans,
      List<PointMaker> points) {
    List<StudyReport.Behind> others = new ArrayList<>();
    for (int i : ranked) {
      List<Double> paired = Pairs.paired(metric.of(points.get(i)), metric.of(points.get(first)));
      if (i != first && !paired.isEmpty()) {
        double chance = Intervals.probabilityOfChance(paired);
        others.add(
            new StudyReport.Behind(
                plans.get(i).design().name(),
                metric.rounded(Intervals.of(paired)),
                chance <= Intervals.ALPHA / (ranked.size() - 1)));
      }
    }
    PointPlan leader = plans.get(first);
    return new StudyReport.Lead(leader.design().name(), leader.at(), metric.name(), others);
  }
}
