package dev.ksgx.kernel.cpu;

import dev.ksgx.kernel.cost.CostModel;
import dev.ksgx.protocol.message.Work;

/** What interrupts do to the time of a core: they put work off, and they end an EINIT at a poll. */
final class CoreTime {
  private final Durations durations;
  private final Interrupts interrupts;
  private final CoreCounters counters;
  private final long pollNanos;
  private boolean pending;
  private long handlerNanos;

  CoreTime(Durations durations, Interrupts interrupts, CoreCounters counters) {
    this.durations = durations;
    this.interrupts = interrupts;
    this.counters = counters;
    this.pollNanos = durations.nanos(CostModel.EINIT_POLL_CYCLES);
  }

  /** What came before {@code nanos} found the core idle. */
  void skipTo(long nanos) {
    interrupts.skipTo(nanos);
  }

  /** An interrupt that the next step has to take. */
  void interruptPending() {
    pending = true;
  }

  /** The end of a stretch of work, put off by the handlers of the interrupts that fall into it. */
  long delayed(long end) {
    long put = end;
    if (pending) {
      pending = false;
      put += handler();
    }
    return takeUntil(put);
  }

  /** As {@link #delayed}, but an interrupt from outside stays pending. */
  long takeUntil(long end) {
    long put = end;
    while (interrupts.next() < put) {
      interrupts.take();
      put += handler();
    }
    return put;
  }

  /**
   * An EINIT that would take {@code nanos} from {@code start}: looks for events at its start and
   * every poll interval.
   */
  void planEinit(StepRun run, long start, long nanos) {
    run.startNanos = start;
    run.leafNanos = nanos;
    long event = pending ? start : interrupts.next();
    if (run.polls && event != Long.MAX_VALUE) {
      endAtPoll(run, event, pending);
    }
    long end = start + run.leafNanos;
    // What ends an attempt at its very instant is taken there, or it would end all that follow too.
    run.endNanos = run.interrupted ? delayed(end + 1) - 1 : delayed(end);
  }

  /** An interrupt from outside, with a handler that long, while {@code run} is under way. */
  void interruptNow(StepRun run, long nowNanos, long handlerNanos) {
    if (run.polls && !run.interrupted && nowNanos >= run.startNanos) {
      endAtPoll(run, nowNanos, false);
      if (run.interrupted) {
        run.endNanos = run.startNanos + run.leafNanos;
      }
    }
    run.endNanos += handlerNanos;
  }

  private void endAtPoll(StepRun run, long event, boolean evenWithoutTime) {
    long poll = run.startNanos;
    if (event > poll && pollNanos > 0) {
      poll += (event - poll + pollNanos - 1) / pollNanos * pollNanos;
    }
    if (poll < run.startNanos + run.leafNanos || evenWithoutTime) {
      run.interrupted = true;
      run.leafNanos = poll - run.startNanos;
    }
  }

  /** Instant of the next interrupt that is computed, or Long.MAX_VALUE. */
  long nextInterrupt() {
    return interrupts.next();
  }

  /** That interrupt is taken; who takes it pays for {@link #handler}. */
  void take() {
    interrupts.take();
  }

  /** Counts an interrupt; nanoseconds of its handler. */
  long handler() {
    counters.interrupts++;
    return handling(durations.software(Work.INTERRUPT, 1));
  }

  /** Nanoseconds of the handler of an interrupt by another core. */
  long crossCall() {
    return handling(durations.software(Work.IPI_HANDLER, 1));
  }

  private long handling(long nanos) {
    handlerNanos += nanos;
    return nanos;
  }

  /** What handlers have taken since this was asked last. */
  long handlerNanos() {
    long taken = handlerNanos;
    handlerNanos = 0;
    return taken;
  }
}
