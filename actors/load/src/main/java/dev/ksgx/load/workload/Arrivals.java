package dev.ksgx.load.workload;

import dev.ksgx.load.scenario.LoadPlan;
import dev.ksgx.runtime.random.RandomStream;
import dev.ksgx.runtime.random.RandomStreams;

/**
 * When launches are planned and for which thread. Its two streams belong to it alone, so that the
 * same seed plans the same launches against every driver and machine.
 */
final class Arrivals {
  private static final double NANOS = 1e9;

  private final LoadPlan plan;
  private final RandomStream gaps;
  private final RandomStream threads;
  private double lastNanos;

  Arrivals(LoadPlan plan, RandomStreams random) {
    this.plan = plan;
    this.gaps = random.stream("load/gaps");
    this.threads = random.stream("load/threads");
  }

  /** The first launch is planned from here on. */
  void begin(long nowNanos) {
    lastNanos = nowNanos;
  }

  /** When the next launch is planned: in open loop after the last one planned, else after now. */
  long next(long nowNanos) {
    if (plan.arrivals() == LoadPlan.Arrivals.CLOSED) {
      return nowNanos + Math.round(gaps.exponential(plan.thinkTimeNanos()));
    }
    lastNanos += gaps.exponential(NANOS / plan.ratePerSecond());
    return Math.round(lastNanos);
  }

  /** The thread that gets the next launch in open loop, from 0. */
  int thread() {
    return threads.nextInt(plan.threads());
  }
}
