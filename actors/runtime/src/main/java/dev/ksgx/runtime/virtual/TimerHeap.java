package dev.ksgx.runtime.virtual;

import java.util.Arrays;

/**
 * 4-ary heap of timers by (due instant, order of setting), keys in arrays of their own for the sake
 * of the cache. Cancelling marks; marked timers are swept out when they outnumber the live ones,
 * since a receive timeout sets and cancels one timer per message.
 */
final class TimerHeap {
  private static final int SWEEP_AT_LEAST = 64;

  private long[] due = new long[256];
  private long[] order = new long[256];
  private VirtualTimer[] timers = new VirtualTimer[256];
  private int size;
  private int cancelled;
  private int foreground;
  private long orders;

  /** Pending timers that are not daemons. */
  int foreground() {
    return foreground;
  }

  /** Entries held, cancelled ones included. */
  int entries() {
    return size;
  }

  void add(VirtualTimer timer) {
    timer.order = orders++;
    timer.pending(this);
    if (!timer.daemon) {
      foreground++;
    }
    if (size == due.length) {
      due = Arrays.copyOf(due, 2 * size);
      order = Arrays.copyOf(order, 2 * size);
      timers = Arrays.copyOf(timers, 2 * size);
    }
    siftUp(size++, timer);
  }

  /** The next timer without taking it, or null. */
  VirtualTimer peek() {
    while (size > 0 && timers[0].isCancelled()) {
      removeFirst();
      cancelled--;
    }
    return size == 0 ? null : timers[0];
  }

  /** Takes the next timer, or null. */
  VirtualTimer poll() {
    VirtualTimer next = peek();
    if (next != null) {
      removeFirst();
      next.fired();
      if (!next.daemon) {
        foreground--;
      }
    }
    return next;
  }

  void cancelled(VirtualTimer timer) {
    if (!timer.daemon) {
      foreground--;
    }
    cancelled++;
    if (cancelled > SWEEP_AT_LEAST && cancelled > size - cancelled) {
      sweep();
    }
  }

  private void sweep() {
    int kept = 0;
    for (int i = 0; i < size; i++) {
      if (!timers[i].isCancelled()) {
        place(kept++, timers[i]);
      }
    }
    Arrays.fill(timers, kept, size, null);
    size = kept;
    cancelled = 0;
    for (int i = (size - 2) >> 2; i >= 0 && size > 1; i--) {
      siftDown(i, timers[i]);
    }
  }

  private void removeFirst() {
    VirtualTimer last = timers[--size];
    timers[size] = null;
    if (size > 0) {
      siftDown(0, last);
    }
  }

  private void siftUp(int hole, VirtualTimer timer) {
    int i = hole;
    while (i > 0) {
      int parent = (i - 1) >>> 2;
      if (!before(timer.dueNanos, timer.order, parent)) {
        break;
      }
      move(parent, i);
      i = parent;
    }
    place(i, timer);
  }

  private void siftDown(int hole, VirtualTimer timer) {
    int i = hole;
    for (int child; (child = (i << 2) + 1) < size; ) {
      int least = child;
      int end = Math.min(child + 4, size);
      for (int j = child + 1; j < end; j++) {
        if (before(due[j], order[j], least)) {
          least = j;
        }
      }
      if (before(timer.dueNanos, timer.order, least)) {
        break;
      }
      move(least, i);
      i = least;
    }
    place(i, timer);
  }

  private boolean before(long dueNanos, long orderNumber, int index) {
    return dueNanos < due[index] || (dueNanos == due[index] && orderNumber < order[index]);
  }

  private void move(int from, int to) {
    due[to] = due[from];
    order[to] = order[from];
    timers[to] = timers[from];
  }

  private void place(int index, VirtualTimer timer) {
    due[index] = timer.dueNanos;
    order[index] = timer.order;
    timers[index] = timer;
  }
}
