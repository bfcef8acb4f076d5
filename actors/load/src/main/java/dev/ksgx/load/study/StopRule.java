package dev.ksgx.load.study;

import java.util.List;

/**
 * How many replications a point gets: a first round, then half as many more each time until its
 * interval is narrow enough or the most are made. The rule looks at a point's own replications
 * alone, so their number does not depend on how many are run at a time.
 *
 * @param first replications, from 1
 * @param most replications, from {@code first}
 * @param precision half-width of the interval of the mean latency, and of the 99th percentile if
 *     the point has one, as a share of the value; of the throughput where a point is saturated
 */
public record StopRule(int first, int most, double precision) {
  /** So many and no more. */
  public static StopRule exactly(int replications) {
    return new StopRule(replications, replications, 0);
  }

  /**
   * How many replications there are to be next: as many as there are if the point is done.
   *
   * @param estimates that have to be narrow
   */
  int next(int made, List<Estimate> estimates) {
    if (made < first) {
      return first;
    }
    if (made >= most || estimates.stream().allMatch(this::isNarrow)) {
      return made;
    }
    return Math.min(most, made + (made + 1) / 2);
  }

  /** Whether the number of replications was fixed from the start. */
  public boolean isFixed() {
    return first == most;
  }

  boolean isNarrow(Estimate estimate) {
    return estimate.halfWidth() != null
        && estimate.halfWidth() <= precision * Math.abs(estimate.mean());
  }
}
