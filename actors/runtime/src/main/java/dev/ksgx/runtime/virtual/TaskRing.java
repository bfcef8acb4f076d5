package dev.ksgx.runtime.virtual;

/**
 * First-in, first-out ring of mailboxes and other runnables. Held as objects: a mailbox is told by
 * its class, and a check against the interface, on every store and call, would cost more than the
 * ring itself.
 */
final class TaskRing {
  private Object[] slots = new Object[64];
  private int head;
  private int size;

  int size() {
    return size;
  }

  void add(Object task) {
    if (size == slots.length) {
      grow();
    }
    slots[(head + size++) & (slots.length - 1)] = task;
  }

  Object poll() {
    if (size == 0) {
      return null;
    }
    Object task = slots[head];
    slots[head] = null;
    head = (head + 1) & (slots.length - 1);
    size--;
    return task;
  }

  /** The task {@code index} places behind the head. */
  Object get(int index) {
    return slots[(head + index) & (slots.length - 1)];
  }

  void set(int index, Object task) {
    slots[(head + index) & (slots.length - 1)] = task;
  }

  private void grow() {
    Object[] larger = new Object[2 * slots.length];
    for (int i = 0; i < size; i++) {
      larger[i] = get(i);
    }
    slots = larger;
    head = 0;
  }
}
