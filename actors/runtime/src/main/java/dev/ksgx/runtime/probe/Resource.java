package dev.ksgx.runtime.probe;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Something tasks hold and queue for: a lock, a core, a worker. Counts busy servers and queue over
 * time, and knows who holds and who waits now. A {@code WaitQueue} tells it; a model without one
 * tells it itself.
 */
public final class Resource {
  /**
   * A task that holds or waits.
   *
   * @param queuedNanos when the task began to wait; a holder that did not wait has {@code
   *     sinceNanos} here
   * @param sinceNanos when the hold or the wait began
   */
  public record Occupant(long task, long request, long queuedNanos, long sinceNanos) {}

  private final String name;
  private final String group;
  private final int capacity;
  private final LongSupplier nowNanos;
  private final Listeners listeners;
  private final Map<Long, Occupant> holders = new LinkedHashMap<>();
  private final Map<Long, Occupant> waiters = new LinkedHashMap<>();

  private long since;
  private long changed;
  private long busyNanos;
  private long holdNanos;
  private long queueNanos;
  private long heldNanos;
  private long waitedNanos;
  private int maxQueue;
  private long acquisitions;
  private long waits;
  private long waitNanos;
  private long abandoned;

  Resource(String name, String group, int capacity, LongSupplier nowNanos, Listeners listeners) {
    if (capacity < 1) {
      throw new IllegalArgumentException(name + ": capacity must be at least 1: " + capacity);
    }
    this.name = name;
    this.group = group;
    this.capacity = capacity;
    this.nowNanos = nowNanos;
    this.listeners = listeners;
    reset();
  }

  /** A resource that only has its name. */
  static Resource uncounted(String name, String group, int capacity) {
    return new Resource(name, group, capacity, null, Listeners.NONE);
  }

  public String name() {
    return name;
  }

  public String group() {
    return group;
  }

  /** Number of servers. */
  public int capacity() {
    return capacity;
  }

  /** The task begins to wait. */
  public void queued(long task, long request) {
    if (nowNanos == null) {
      return;
    }
    synchronized (listeners) {
      long now = settle();
      if (waiters.putIfAbsent(task, new Occupant(task, request, now, now)) != null) {
        throw new IllegalStateException("task " + task + " already waits for " + name);
      }
      maxQueue = Math.max(maxQueue, waiters.size());
    }
  }

  /** The task, waiting or not, now holds one server. */
  public void acquired(long task, long request) {
    if (nowNanos == null) {
      return;
    }
    synchronized (listeners) {
      long now = settle();
      Occupant waited = waiters.remove(task);
      if (waited != null) {
        endWait(waited, now);
      }
      long queued = waited == null ? now : waited.queuedNanos();
      if (holders.putIfAbsent(task, new Occupant(task, request, queued, now)) != null) {
        throw new IllegalStateException("task " + task + " already holds " + name);
      }
      acquisitions++;
    }
  }

  /** The task gives its server back. */
  public void released(long task) {
    if (nowNanos == null) {
      return;
    }
    synchronized (listeners) {
      long now = settle();
      Occupant holder = holders.remove(task);
      if (holder == null) {
        throw new IllegalStateException("task " + task + " does not hold " + name);
      }
      heldNanos += inWindow(holder, now);
      for (ProbeListener listener : listeners) {
        listener.held(this, task, holder.request(), holder.queuedNanos(), holder.sinceNanos(), now);
      }
    }
  }

  /** The task gives up its wait. */
  public void left(long task) {
    if (nowNanos == null) {
      return;
    }
    synchronized (listeners) {
      long now = settle();
      Occupant waited = waiters.remove(task);
      if (waited == null) {
        throw new IllegalStateException("task " + task + " does not wait for " + name);
      }
      endWait(waited, now);
      abandoned++;
    }
  }

  /** Who holds now, longest first. */
  public List<Occupant> holders() {
    synchronized (listeners) {
      return List.copyOf(holders.values());
    }
  }

  /** Who waits now, longest first. */
  public List<Occupant> waiters() {
    synchronized (listeners) {
      return List.copyOf(waiters.values());
    }
  }

  /** Whether nobody holds it or waits for it. */
  boolean isIdle() {
    return holders.isEmpty() && waiters.isEmpty();
  }

  int queueLength() {
    return waiters.size();
  }

  /** The figures of the window up to now. */
  public ResourceStatistics statistics() {
    if (nowNanos == null) {
      return ResourceStatistics.none(name);
    }
    synchronized (listeners) {
      long elapsed = settle() - since;
      return new ResourceStatistics(
          name,
          1,
          elapsed * capacity,
          busyNanos,
          holdNanos,
          queueNanos,
          heldNanos + inWindow(holders.values(), since + elapsed),
          waitedNanos + inWindow(waiters.values(), since + elapsed),
          elapsed,
          maxQueue,
          acquisitions,
          waits,
          waitNanos,
          abandoned);
    }
  }

  void reset() {
    since = nowNanos == null ? 0 : nowNanos.getAsLong();
    changed = since;
    busyNanos = 0;
    holdNanos = 0;
    queueNanos = 0;
    heldNanos = 0;
    waitedNanos = 0;
    maxQueue = waiters.size();
    acquisitions = 0;
    waits = 0;
    waitNanos = 0;
    abandoned = 0;
  }

  private void endWait(Occupant waited, long now) {
    waits++;
    waitNanos += now - waited.sinceNanos();
    waitedNanos += inWindow(waited, now);
  }

  /** What of a stay that lasts until {@code now} lies in the window. */
  private long inWindow(Occupant occupant, long now) {
    return now - Math.max(occupant.sinceNanos(), since);
  }

  private long inWindow(Collection<Occupant> occupants, long now) {
    long sum = 0;
    for (Occupant occupant : occupants) {
      sum += inWindow(occupant, now);
    }
    return sum;
  }

  private long settle() {
    long now = nowNanos.getAsLong();
    long passed = now - changed;
    if (passed != 0) {
      busyNanos += passed * Math.min(holders.size(), capacity);
      holdNanos += passed * holders.size();
      queueNanos += passed * waiters.size();
      changed = now;
    }
    return now;
  }

  @Override
  public String toString() {
    return name;
  }
}
