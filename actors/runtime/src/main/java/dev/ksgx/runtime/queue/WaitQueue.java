package dev.ksgx.runtime.queue;

import dev.ksgx.runtime.probe.Probe;
import dev.ksgx.runtime.probe.Resource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * A visible queue in front of permits, owned by one actor: mutex (1 permit), semaphore (n) or
 * reader/writer lock (a writer takes all). First come, first served without overtaking: while the
 * head does not fit, nobody behind it is served, so a queued writer blocks later readers as Linux'
 * rw_semaphore does.
 *
 * <p>Never blocks: {@link #acquire} answers at once whether the permit was granted; if not, the
 * waiter is handed to the callback of the call that lets it in. Each wait and each hold is reported
 * to the {@link Probe}: the waiter's request is "waiting" from the call to the grant, then
 * "serving".
 *
 * <p>Callbacks run after the queue's state is settled, so they may call it again.
 */
public final class WaitQueue<W extends Waiter> {
  private record Entry<W>(W waiter, int permits, long arrival) {}

  private final Probe probe;
  private final Resource resource;
  private final int permits;
  private final int limit;
  private final NavigableSet<Entry<W>> line;
  private final Map<Long, Entry<W>> waiters = new HashMap<>();
  private final Map<Long, Entry<W>> holders = new LinkedHashMap<>();
  private int free;
  private long arrivals;

  private WaitQueue(
      Probe probe, Resource resource, int permits, int limit, Comparator<? super W> order) {
    if (permits < 1 || limit < 0) {
      throw new IllegalArgumentException("permits " + permits + ", limit " + limit);
    }
    this.probe = Objects.requireNonNull(probe);
    this.resource = Objects.requireNonNull(resource);
    this.permits = permits;
    this.limit = limit;
    this.free = permits;
    Comparator<Entry<W>> byArrival = Comparator.comparingLong(Entry::arrival);
    this.line =
        new TreeSet<>(
            order == null
                ? byArrival
                : Comparator.<Entry<W>, W>comparing(Entry::waiter, order::compare)
                    .thenComparing(byArrival));
  }

  /** One holder at a time. {@code limit}: most waiters there can ever be (the number of tasks). */
  public static <W extends Waiter> WaitQueue<W> mutex(Probe probe, Resource resource, int limit) {
    return new WaitQueue<>(probe, resource, 1, limit, null);
  }

  /** Up to {@code permits} holders at a time. */
  public static <W extends Waiter> WaitQueue<W> semaphore(
      Probe probe, Resource resource, int permits, int limit) {
    return new WaitQueue<>(probe, resource, permits, limit, null);
  }

  /** Any number of readers ({@link #acquire}) or one writer ({@link #acquireAll}). */
  public static <W extends Waiter> WaitQueue<W> readWrite(
      Probe probe, Resource resource, int limit) {
    return new WaitQueue<>(probe, resource, Integer.MAX_VALUE, limit, null);
  }

  /**
   * As {@link #semaphore}, but waiters stand in {@code order}; equals stay first come, first
   * served. What the order compares must not change while a waiter stands in the queue.
   */
  public static <W extends Waiter> WaitQueue<W> ordered(
      Probe probe, Resource resource, int permits, int limit, Comparator<? super W> order) {
    return new WaitQueue<>(probe, resource, permits, limit, Objects.requireNonNull(order));
  }

  /**
   * Takes one permit now, or queues.
   *
   * @return true if granted at once
   * @throws IllegalStateException if the task already holds or waits, or the queue is at its limit
   */
  public boolean acquire(W waiter) {
    return acquire(waiter, 1);
  }

  /** As {@link #acquire}, but takes every permit: the writer of a reader/writer lock. */
  public boolean acquireAll(W waiter) {
    return acquire(waiter, permits);
  }

  /** Takes one permit if that is possible without waiting (a trylock); never queues. */
  public boolean tryAcquire(W waiter) {
    refuseSecondEntry(waiter);
    if (!line.isEmpty() || free < 1) {
      return false;
    }
    grant(new Entry<>(waiter, 1, arrivals++));
    return true;
  }

  private boolean acquire(W waiter, int wanted) {
    refuseSecondEntry(waiter);
    Entry<W> entry = new Entry<>(waiter, wanted, arrivals++);
    if (line.isEmpty() && free >= wanted) {
      grant(entry);
      return true;
    }
    if (line.size() >= limit) {
      throw new IllegalStateException(
          "more than " + limit + " tasks wait for " + resource.name() + ": task " + waiter.task());
    }
    line.add(entry);
    waiters.put(waiter.task(), entry);
    resource.queued(waiter.task(), waiter.request());
    probe.waiting(waiter.request(), resource, firstHolder());
    return false;
  }

  /** Gives the task's permits back; each waiter thereby let in is handed to {@code onGranted}. */
  public void release(W holder, Consumer<? super W> onGranted) {
    Entry<W> entry = holders.remove(holder.task());
    if (entry == null) {
      throw new IllegalStateException(
          "task " + holder.task() + " does not hold " + resource.name());
    }
    free += entry.permits();
    resource.released(holder.task());
    admit(onGranted);
  }

  /**
   * Ends a wait by a signal. The departure may let others in (readers behind a writer).
   *
   * @return false if the task does not wait here, or waits uninterruptibly
   */
  public boolean leave(W waiter, Consumer<? super W> onGranted) {
    Entry<W> entry = waiters.get(waiter.task());
    if (entry == null || !entry.waiter().interruptible()) {
      return false;
    }
    remove(entry);
    resource.left(waiter.task());
    admit(onGranted);
    return true;
  }

  /** Sends every waiter away, in order, because what they wait for is gone; holders stay. */
  public void dismissAll(Consumer<? super W> onDismissed) {
    while (!line.isEmpty()) {
      Entry<W> entry = line.first();
      remove(entry);
      resource.left(entry.waiter().task());
      onDismissed.accept(entry.waiter());
    }
  }

  private void admit(Consumer<? super W> onGranted) {
    while (!line.isEmpty() && line.first().permits() <= free) {
      Entry<W> head = line.first();
      remove(head);
      grant(head);
      onGranted.accept(head.waiter());
    }
  }

  private void remove(Entry<W> entry) {
    line.remove(entry);
    waiters.remove(entry.waiter().task());
  }

  private void grant(Entry<W> entry) {
    W waiter = entry.waiter();
    free -= entry.permits();
    holders.put(waiter.task(), entry);
    resource.acquired(waiter.task(), waiter.request());
    probe.serving(waiter.request(), resource);
  }

  private void refuseSecondEntry(W waiter) {
    if (holders.containsKey(waiter.task())) {
      throw new IllegalStateException(
          "task " + waiter.task() + " already holds " + resource.name());
    }
    if (waiters.containsKey(waiter.task())) {
      throw new IllegalStateException(
          "task " + waiter.task() + " already waits for " + resource.name());
    }
  }

  private long firstHolder() {
    return holders.isEmpty() ? 0 : holders.values().iterator().next().waiter().task();
  }

  /** Whether that task holds a permit. */
  public boolean isHeldBy(W waiter) {
    return holders.containsKey(waiter.task());
  }

  /** Number of tasks that hold. */
  public int holders() {
    return holders.size();
  }

  /** Number of tasks that wait. */
  public int waiters() {
    return line.size();
  }

  /** The waiter that is served next, or null. */
  public W head() {
    return line.isEmpty() ? null : line.first().waiter();
  }

  public Resource resource() {
    return resource;
  }
}
