package dev.ksgx.runtime.probe;

/** What a request does during an interval. */
public enum IntervalKind {
  /** Stands in the queue of a resource. */
  WAITING,
  /** Is being served by a resource. */
  SERVING
}
