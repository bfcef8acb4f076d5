package dev.ksgx.kernel.cpu;

import dev.ksgx.protocol.message.CoreMessage;
import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * Tasks that could run and have no core: first come first served, or by the least run time, as CFS
 * orders them.
 */
final class RunQueue {
  /**
   * A task that could run.
   *
   * @param runTimeNanos its run time as the scheduler counts it (see {@link RunTimes})
   */
  record Ready(CoreMessage.Execute execute, long runTimeNanos) {}

  private record Entry(Ready ready, long key, long order) {}

  private final boolean fair;
  private final PriorityQueue<Entry> entries =
      new PriorityQueue<>(Comparator.comparingLong(Entry::key).thenComparingLong(Entry::order));
  private long added;

  private RunQueue(boolean fair) {
    this.fair = fair;
  }

  /** First come, first served. */
  static RunQueue firstComeFirstServed() {
    return new RunQueue(false);
  }

  /** Who has run least; among equals who came first. */
  static RunQueue leastRunFirst() {
    return new RunQueue(true);
  }

  void add(Ready ready) {
    entries.add(new Entry(ready, fair ? ready.runTimeNanos() : 0, added++));
  }

  boolean isEmpty() {
    return entries.isEmpty();
  }

  /** Whose turn it is, or null; it stays. */
  Ready peek() {
    Entry first = entries.peek();
    return first == null ? null : first.ready();
  }

  /** Whose turn it is, or null. */
  Ready poll() {
    Entry first = entries.poll();
    return first == null ? null : first.ready();
  }
}
