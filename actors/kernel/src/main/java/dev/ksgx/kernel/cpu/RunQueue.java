package dev.ksgx.kernel.cpu;

import dev.ksgx.protocol.message.CoreMessage;
import java.util.ArrayDeque;

/**
 * Tasks that could run: first come first served, or in two lines, those that just woke up and those
 * that were preempted. Of two lines who woke up goes first, as a fair scheduler lets a long
 * sleeper, but a preempted task whose turn is overdue goes before all that woke up after it began
 * to wait. Not before those that have waited longer: as soon as so many tasks compute that every
 * turn is overdue, nobody who woke up would ever run.
 */
final class RunQueue {
  /** A task that could run. */
  record Ready(CoreMessage.Execute execute, long sinceNanos) {}

  private final long overdueNanos;
  private final ArrayDeque<Ready> woken = new ArrayDeque<>();
  private final ArrayDeque<Ready> preempted;

  private RunQueue(long overdueNanos, boolean oneLine) {
    this.overdueNanos = overdueNanos;
    this.preempted = oneLine ? woken : new ArrayDeque<>();
  }

  /** First come, first served, whyever it came. */
  static RunQueue firstComeFirstServed() {
    return new RunQueue(0, true);
  }

  /**
   * Who woke up first.
   *
   * @param overdueNanos how long a preempted task waits at most behind those that wake up
   */
  static RunQueue wokenFirst(long overdueNanos) {
    return new RunQueue(overdueNanos, false);
  }

  void addWoken(Ready ready) {
    woken.add(ready);
  }

  void addPreempted(Ready ready) {
    preempted.add(ready);
  }

  boolean isEmpty() {
    return woken.isEmpty() && preempted.isEmpty();
  }

  /** Whose turn it is, or null. */
  Ready poll(long nowNanos) {
    Ready tired = preempted.peek();
    Ready fresh = woken.peek();
    return tired != null && (fresh == null || goesBefore(tired, fresh, nowNanos))
        ? preempted.poll()
        : woken.poll();
  }

  private boolean goesBefore(Ready tired, Ready fresh, long nowNanos) {
    return nowNanos - tired.sinceNanos() >= overdueNanos
        && tired.sinceNanos() <= fresh.sinceNanos();
  }
}
