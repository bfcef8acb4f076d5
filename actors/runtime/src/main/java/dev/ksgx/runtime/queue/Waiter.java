package dev.ksgx.runtime.queue;

/** Who stands in a {@link WaitQueue}: a task, on behalf of a request. */
public interface Waiter {

  /** The request this task works for; 0 if none (a daemon's own business). */
  long request();

  /** The task; a task stands at most once in a queue. */
  long task();

  /** Whether a signal may end this wait. The real code decides it per call site. */
  default boolean interruptible() {
    return false;
  }
}
