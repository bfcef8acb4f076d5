package dev.ksgx.trace.query;

import dev.ksgx.trace.store.TraceStore;

/**
 * A piece of a trace of which figures are, in equal slices.
 *
 * @param fromNanos first instant
 * @param toNanos last instant
 * @param slices how many, at least 1
 */
public record Window(long fromNanos, long toNanos, int slices) {
  /** What the run measured: from the end of its warm-up to the end of the trace. */
  public static Window measured(TraceStore store, int slices) {
    long end = ResourceUse.endNanos(store);
    return new Window(Math.min(new Requests(store).measuredFromNanos(), end), end, slices);
  }

  /** The whole trace. */
  public static Window whole(TraceStore store, int slices) {
    return new Window(0, ResourceUse.endNanos(store), slices);
  }

  public long nanos() {
    return toNanos - fromNanos;
  }

  /** First instant of a slice, from 0; of the one after the last, the end of all. */
  public long start(int slice) {
    return fromNanos + (long) ((double) nanos() * slice / slices);
  }

  /** A sum of time as a mean number over a slice; 0 if the slice is empty. */
  double mean(long nanos, int slice) {
    long length = start(slice + 1) - start(slice);
    return length == 0 ? 0 : (double) nanos / length;
  }
}
