package dev.ksgx.load.workload.arrival;

import dev.ksgx.load.scenario.BurstPlan;
import dev.ksgx.runtime.random.RandomStream;

/**
 * A process that is switched on and off (an interrupted Poisson process where all times are drawn).
 * It runs by a clock that stands still while it is off; the lengths of bursts and pauses have a
 * stream of their own, so that another rate leaves them as they were.
 */
final class Bursts implements Instants {
  private final BurstPlan plan;
  private final Instants whileOn;
  private final RandomStream lengths;

  /** Of all pauses so far. */
  private double offNanos;

  /** End of the burst, on the clock that runs while it is on. */
  private double onUntil;

  Bursts(BurstPlan plan, Instants whileOn, RandomStream lengths) {
    this.plan = plan;
    this.whileOn = whileOn;
    this.lengths = lengths;
    this.onUntil = length(plan.onNanos(), plan.onDrawn());
  }

  @Override
  public double next() {
    double on = whileOn.next();
    while (on >= onUntil) {
      offNanos += length(plan.offNanos(), plan.offDrawn());
      onUntil += length(plan.onNanos(), plan.onDrawn());
    }
    return on + offNanos;
  }

  private double length(long nanos, boolean drawn) {
    return drawn ? lengths.exponential(nanos) : nanos;
  }
}
