package dev.ksgx.load.workload.arrival;

import dev.ksgx.load.scenario.RampPlan;
import dev.ksgx.runtime.random.RandomStream;

/**
 * A Poisson process whose rate goes in a straight line from one value to another, and keeps that.
 *
 * <p>The expected number of launches up to t is a t + (b - a) t^2 / 2T; at its inverse of a Poisson
 * process of rate 1 the launches are (Lewis and Shedler, 1979).
 */
final class Ramp implements Instants {
  private final double from;
  private final double to;
  private final double overNanos;
  private final RandomStream gaps;
  private double expected;

  /**
   * @param overNanos how long the rate changes, above 0
   */
  Ramp(RampPlan plan, double overNanos, RandomStream gaps) {
    this.from = plan.fromPerSecond() / NANOS;
    this.to = plan.toPerSecond() / NANOS;
    this.overNanos = overNanos;
    this.gaps = gaps;
  }

  @Override
  public double next() {
    expected += gaps.exponential(1);
    double whole = (from + to) / 2 * overNanos;
    if (expected > whole) {
      return overNanos + (expected - whole) / to;
    }
    // The form without cancellation: a ramp may be level, or fall.
    double slope = (to - from) / overNanos;
    return 2 * expected / (from + Math.sqrt(Math.max(0, from * from + 2 * slope * expected)));
  }
}
