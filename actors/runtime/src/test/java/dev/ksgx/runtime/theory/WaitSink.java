package dev.ksgx.runtime.theory;

/** Takes each customer's wait in nanoseconds, in the order in which service began. */
@FunctionalInterface
public interface WaitSink {
  void waited(long nanos);
}
