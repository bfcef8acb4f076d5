package dev.ksgx.load.workload.arrival;

import dev.ksgx.load.scenario.LoadPlan;
import dev.ksgx.load.scenario.Replay;
import dev.ksgx.runtime.random.RandomStream;
import dev.ksgx.runtime.random.RandomStreams;
import java.util.OptionalLong;

/**
 * When launches are planned and for which thread. Its streams belong to it alone, so that the same
 * seed plans the same launches against every driver and machine; in a closed loop each thread has
 * one, so that its pauses do not depend on who of the others was served first.
 */
public final class Arrivals {
  private final LoadPlan plan;

  /** Null in a closed loop. */
  private final Instants instants;

  private final RandomStream[] pauses;
  private final RandomStream threads;
  private long begunNanos;

  public Arrivals(LoadPlan plan, RandomStreams random) {
    this.plan = plan;
    this.threads = random.stream("load/threads");
    boolean closed = plan.arrivals() == LoadPlan.Arrivals.CLOSED;
    this.instants = closed ? null : Instants.of(plan, random);
    this.pauses = new RandomStream[closed ? plan.threads() : 0];
    for (int thread = 0; thread < pauses.length; thread++) {
      pauses[thread] = random.stream("load/gaps/" + thread);
    }
  }

  /** The load begins now. */
  public void begin(long nowNanos) {
    begunNanos = nowNanos;
  }

  /** When the next launch of an open loop is planned; empty: there is none. */
  public OptionalLong next() {
    double next = instants.next();
    return next == Instants.NEVER
        ? OptionalLong.empty()
        : OptionalLong.of(begunNanos + Math.round(next));
  }

  /** When thread {@code thread} of a closed loop, which is free now, plans its next launch. */
  public long next(int thread, long nowNanos) {
    return nowNanos + Math.round(pauses[thread].exponential(plan.thinkTimeNanos()));
  }

  /**
   * The thread that gets a launch of an open loop, from 0.
   *
   * @param launch its number, from 0; to be asked for in this order
   */
  public int thread(long launch) {
    int process =
        plan.arrivals() == LoadPlan.Arrivals.REPLAY
            ? plan.replay().process((int) launch)
            : Replay.DRAWN;
    return process == Replay.DRAWN
        ? threads.nextInt(plan.threads())
        : process * plan.threadsPerProcess() + threads.nextInt(plan.threadsPerProcess());
  }
}
