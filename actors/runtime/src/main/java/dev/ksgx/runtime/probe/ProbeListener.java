package dev.ksgx.runtime.probe;

/** Hears what the probe closes, in order of closing. Instants are nanoseconds of the clock. */
public interface ProbeListener {

  /**
   * An interval ended. The intervals of a request abut: each begins where the one before ended.
   *
   * @param holder the task that held the resource when a WAITING interval began; 0 if none
   */
  default void interval(
      long request,
      IntervalKind kind,
      Resource resource,
      long holder,
      long fromNanos,
      long toNanos) {}

  /**
   * A part of the request's open serving interval, of which {@link #interval} will tell; all its
   * parts are told before, and sum to at most its length.
   */
  default void spent(long request, Resource resource, String label, long nanos) {}

  /** A request is done; its intervals cover {@code [fromNanos, toNanos]} without gap or overlap. */
  default void done(long request, long fromNanos, long toNanos) {}

  /** The model marked a point in a request's life (a phase began, a retry happened). */
  default void mark(long request, String label, long atNanos) {}

  /** Statistics were reset (end of warm-up). */
  default void reset(long atNanos) {}
}
