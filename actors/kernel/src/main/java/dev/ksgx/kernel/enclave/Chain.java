package dev.ksgx.kernel.enclave;

/**
 * A list whose elements carry their own links, so that one in the middle leaves it at no cost. An
 * element stands in at most one chain.
 */
final class Chain<E extends Chain.Link<E>> {
  /** What can stand in a chain. */
  abstract static class Link<E extends Link<E>> {
    private E before;
    private E after;
    private Chain<E> chain;

    /** Whether it stands in {@code other}. */
    final boolean isIn(Chain<E> other) {
      return chain == other;
    }
  }

  private E first;
  private E last;
  private int size;

  E first() {
    return first;
  }

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** The one behind {@code element}, or null. */
  E after(E element) {
    Link<E> link = element;
    return link.after;
  }

  void addFirst(E element) {
    Link<E> link = joining(element);
    link.after = first;
    if (first == null) {
      last = element;
    } else {
      Link<E> next = first;
      next.before = element;
    }
    first = element;
  }

  void addLast(E element) {
    Link<E> link = joining(element);
    link.before = last;
    if (last == null) {
      first = element;
    } else {
      Link<E> previous = last;
      previous.after = element;
    }
    last = element;
  }

  private Link<E> joining(E element) {
    Link<E> link = element;
    if (link.chain != null) {
      throw new IllegalStateException("the element stands in a chain already");
    }
    link.chain = this;
    size++;
    return link;
  }

  /** Take the element out; nothing happens if it is not in. */
  void remove(E element) {
    Link<E> link = element;
    if (link.chain != this) {
      return;
    }
    if (link.before == null) {
      first = link.after;
    } else {
      Link<E> previous = link.before;
      previous.after = link.after;
    }
    if (link.after == null) {
      last = link.before;
    } else {
      Link<E> next = link.after;
      next.before = link.before;
    }
    link.before = null;
    link.after = null;
    link.chain = null;
    size--;
  }

  /** Put the element at the end, from wherever in the chain it stands. */
  void moveToLast(E element) {
    remove(element);
    addLast(element);
  }
}
