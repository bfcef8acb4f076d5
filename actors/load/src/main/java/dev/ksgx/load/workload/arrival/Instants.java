package dev.ksgx.load.workload.arrival;

import dev.ksgx.load.scenario.LoadPlan;
import dev.ksgx.load.scenario.Replay;
import dev.ksgx.runtime.random.RandomStream;
import dev.ksgx.runtime.random.RandomStreams;

/** The instants of an open loop, in their order. */
@FunctionalInterface
interface Instants {
  double NANOS = 1e9;

  /** After the last one. */
  double NEVER = Double.POSITIVE_INFINITY;

  /** The next one, nanoseconds from the beginning of the load; {@link #NEVER}: there is none. */
  double next();

  /**
   * Those of a plan.
   *
   * @throws IllegalArgumentException if it is a closed loop
   */
  static Instants of(LoadPlan plan, RandomStreams random) {
    RandomStream gaps = random.stream("load/gaps");
    double meanGap = NANOS / plan.ratePerSecond();
    return switch (plan.arrivals()) {
      case POISSON -> new Summed(() -> gaps.exponential(meanGap));
      case DETERMINISTIC -> new Summed(() -> meanGap);
      case BURSTS ->
          new Bursts(
              plan.bursts(),
              new Summed(() -> gaps.exponential(meanGap)),
              random.stream("load/bursts"));
      case RAMP -> new Ramp(plan.ramp(), plan.endNanos(), gaps);
      case REPLAY -> new Replayed(plan.replay());
      case CLOSED -> throw new IllegalArgumentException("a closed loop has no instants of its own");
    };
  }

  /** One gap after the other. */
  final class Summed implements Instants {
    private final Instants gap;
    private double last;

    Summed(Instants gap) {
      this.gap = gap;
    }

    @Override
    public double next() {
      last += gap.next();
      return last;
    }
  }

  /** What was written down. */
  final class Replayed implements Instants {
    private final Replay replay;
    private int launch;

    Replayed(Replay replay) {
      this.replay = replay;
    }

    @Override
    public double next() {
      return launch == replay.launches() ? NEVER : replay.nanos(launch++);
    }
  }
}
