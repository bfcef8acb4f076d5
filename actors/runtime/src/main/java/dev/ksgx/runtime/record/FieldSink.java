package dev.ksgx.runtime.record;

/** Receives what a {@link MessageDescriber} says of a message, without formatting anything. */
public interface FieldSink {

  /** The request this message serves; call at most once. Not called means 0: nobody's. */
  void request(long id);

  /** A key field. Order is part of the description. */
  void field(String name, long value);
}
