package dev.ksgx.runtime.virtual;

import akka.actor.Cancellable;
import akka.actor.typed.ActorRef;
import dev.ksgx.runtime.clock.Clock;
import dev.ksgx.runtime.record.Cause;
import dev.ksgx.runtime.record.Recorder;

/** The clock of a virtual system: an instant and a heap of timers. */
final class VirtualClock implements Clock {
  private final OwnerThread owner;
  private final Recorder recorder;
  private final TimerHeap timers = new TimerHeap();
  private long nowNanos;

  /**
   * @param recorder notes for each timer the message that set it; null if messages are not recorded
   */
  VirtualClock(OwnerThread owner, Recorder recorder) {
    this.owner = owner;
    this.recorder = recorder;
  }

  @Override
  public long nowNanos() {
    return nowNanos;
  }

  @Override
  public <T> Cancellable tellAt(long whenNanos, ActorRef<? super T> to, T message) {
    return add(new Tell<>(whenNanos, false, to, message));
  }

  @Override
  public <T> Cancellable tellAtDaemon(long whenNanos, ActorRef<? super T> to, T message) {
    return add(new Tell<>(whenNanos, true, to, message));
  }

  private static final class Tell<T> extends VirtualTimer {
    private final ActorRef<? super T> to;
    private final T message;

    Tell(long dueNanos, boolean daemon, ActorRef<? super T> to, T message) {
      super(dueNanos, daemon);
      this.to = to;
      this.message = message;
    }

    @Override
    void fire() {
      to.tell(message);
    }
  }

  /** Sets a timer; one that is overdue is due now. */
  VirtualTimer add(VirtualTimer timer) {
    if (!owner.isCurrent()) {
      throw owner.intruded(nowNanos);
    }
    if (timer.dueNanos < nowNanos) {
      timer.dueNanos = nowNanos;
    }
    if (recorder != null) {
      timer.cause = recorder.current();
    }
    timers.add(timer);
    return timer;
  }

  /** The next timer, or null. */
  VirtualTimer peek() {
    return timers.peek();
  }

  /** Takes the next timer, or null, without touching the clock. */
  VirtualTimer poll() {
    return timers.poll();
  }

  /** Jumps to the next timer and fires it. */
  void fireNext() {
    VirtualTimer timer = timers.poll();
    nowNanos = timer.dueNanos;
    if (recorder == null) {
      timer.fire();
      return;
    }
    recorder.resume(timer.cause);
    try {
      timer.fire();
    } finally {
      recorder.resume(Cause.OUTSIDE);
    }
  }

  /** Whether no timer but daemons is pending. */
  boolean onlyDaemons() {
    return timers.foreground() == 0;
  }

  /** Sets the clock forward to that instant, over which nothing may be due. */
  void forwardTo(long nanos) {
    nowNanos = Math.max(nowNanos, nanos);
  }
}
