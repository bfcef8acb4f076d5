package dev.ksgx.runtime.virtual;

/** First-in, first-out ring of runnables. */
final class TaskRing {
  private Runnable[] slots = new Runnable[64];
  private int head;
  private int size;

  int size() {
    return size;
  }

  void add(Runnable task) {
    if (size == slots.length) {
      grow();
    }
    slots[(head + size++) & (slots.length - 1)] = task;
  }

  Runnable poll() {
    if (size == 0) {
      return null;
    }
    Runnable task = slots[head];
    slots[head] = null;
    head = (head + 1) & (slots.length - 1);
    size--;
    return task;
  }

  /** The task {@code index} places behind the head. */
  Runnable get(int index) {
    return slots[(head + index) & (slots.length - 1)];
  }

  void set(int index, Runnable task) {
    slots[(head + index) & (slots.length - 1)] = task;
  }

  private void grow() {
    Runnable[] larger = new Runnable[2 * slots.length];
    for (int i = 0; i < size; i++) {
      larger[i] = get(i);
    }
    slots = larger;
    head = 0;
  }
}
