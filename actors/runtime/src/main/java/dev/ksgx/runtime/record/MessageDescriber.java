package dev.ksgx.runtime.record;

/**
 * Knows the request and the key fields of a module's messages. Found by {@link
 * java.util.ServiceLoader}; the first describer that knows a message describes it. Must be a pure
 * function of the message: no identity hash, no uid, no clock.
 */
public interface MessageDescriber {

  /**
   * @return false if this describer does not know such messages; it must then have written nothing
   */
  boolean describe(Object message, FieldSink sink);
}
