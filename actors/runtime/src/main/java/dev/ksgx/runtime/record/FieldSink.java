package dev.ksgx.runtime.record;

/** Receives what a {@link MessageDescriber} says of a message, without formatting anything. */
public interface FieldSink {

  /** The request this message serves; call at most once. Not called means 0: nobody's. */
  void request(long id);

  /**
   * The message comes from outside the model and has no cause in it, though another message set its
   * timer: an arrival, an interrupt. Part of traces only, not of digests.
   *
   * @param kind one of a few constants
   */
  default void origin(String kind) {}

  /** A key field. Order is part of the description. */
  void field(String name, long value);

  /** Whether {@link #detail} is of use, which may take a while to find out. */
  default boolean takesDetails() {
    return false;
  }

  /** A field that the digest leaves out: what a reader of a trace likes to see, too. */
  default void detail(String name, long value) {}
}
