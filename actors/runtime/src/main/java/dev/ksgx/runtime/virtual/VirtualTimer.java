package dev.ksgx.runtime.virtual;

import akka.actor.Cancellable;
import dev.ksgx.runtime.record.Cause;

/** One entry of the timer heap. */
abstract class VirtualTimer implements Cancellable {
  private enum State {
    PENDING,
    FIRED,
    CANCELLED
  }

  final boolean daemon;
  long dueNanos;
  long order;

  /** The message on behalf of which the timer was set, if messages are recorded. */
  Cause cause;

  private TimerHeap heap;
  private State state = State.PENDING;

  VirtualTimer(long dueNanos, boolean daemon) {
    this.dueNanos = dueNanos;
    this.daemon = daemon;
  }

  abstract void fire();

  final void pending(TimerHeap owner) {
    heap = owner;
    state = State.PENDING;
  }

  final void fired() {
    state = State.FIRED;
  }

  @Override
  public boolean cancel() {
    if (state != State.PENDING) {
      return false;
    }
    state = State.CANCELLED;
    heap.cancelled(this);
    return true;
  }

  @Override
  public boolean isCancelled() {
    return state == State.CANCELLED;
  }
}
