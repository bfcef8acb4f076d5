package dev.ksgx.load.faults;

import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.embed.SgxKernel;
import dev.ksgx.kernel.embed.SimulatedKernel;
import dev.ksgx.runtime.probe.IntervalKind;
import dev.ksgx.runtime.probe.ProbeListener;
import dev.ksgx.runtime.probe.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The course of an experiment without the fault. Until the fault comes the experiment is the same,
 * to the nanosecond, so that what is seen here says when it has to come.
 */
final class Rehearsal implements ProbeListener {
  /**
   * When the fault comes, and to whom if it is of one caller.
   *
   * @param nanos after the callers begin
   * @param victim number of a caller
   * @param healthyMicros the longest launch of all callers
   */
  record Moment(long nanos, int victim, double healthyMicros) {}

  private record Wait(long request, Resource resource, long middleNanos) {}

  /** Where a caller stands whose request is in the works. */
  private static final Set<String> SERVED = Set.of("launch-enclave-reply");

  /** Where it stands before that: at the kernel's launch lock, or in the daemon. */
  static final Set<String> QUEUED = Set.of("launch-enclave", "launch-queue");

  private final List<Wait> waits = new ArrayList<>();

  private Rehearsal() {}

  /**
   * The middle of a wait of its kind in the second half of the callers' launches, or half way and
   * the caller that is last, if there is none.
   *
   * @param queued the last who queues, so that nobody comes behind and overwrites what is left of
   *     it; else the first whose request is in the works
   */
  static Moment of(KernelConfig config, long seed, boolean queued) {
    try (SimulatedKernel kernel = SgxKernel.simulated(config, seed)) {
      Callers callers = new Callers(kernel);
      callers.warmUp();
      Rehearsal rehearsal = new Rehearsal();
      kernel.probe().addListener(rehearsal);
      long begin = kernel.nowNanos();
      List<Attempt> attempts = callers.beginAll();
      callers.pass(Callers.PATIENCE);
      int last = 0;
      for (int i = 1; i < attempts.size(); i++) {
        last = attempts.get(i).nanos() > attempts.get(last).nanos() ? i : last;
      }
      double healthyMicros = attempts.get(last).micros();
      long half = attempts.get(last).nanos() / 2;
      Moment moment = new Moment(half, last, healthyMicros);
      boolean found = false;
      for (Wait wait : rehearsal.waits) {
        int victim = numberOf(wait.request(), attempts);
        if (victim >= 0
            && (queued || !found)
            && wait.middleNanos() - begin >= half
            && (queued ? QUEUED : SERVED).contains(wait.resource().name())) {
          moment = new Moment(wait.middleNanos() - begin, victim, healthyMicros);
          found = true;
        }
      }
      return moment;
    }
  }

  private static int numberOf(long request, List<Attempt> attempts) {
    for (int i = 0; i < attempts.size(); i++) {
      if (attempts.get(i).request() == request) {
        return i;
      }
    }
    return -1;
  }

  @Override
  public void interval(
      long request, IntervalKind kind, Resource resource, long holder, long from, long to) {
    if (kind == IntervalKind.WAITING) {
      waits.add(new Wait(request, resource, (from + to) / 2));
    }
  }
}
