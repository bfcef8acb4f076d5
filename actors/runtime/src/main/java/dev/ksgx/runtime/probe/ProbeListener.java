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

  /**
   * A request that a user of the model knows by a kind and a number, e.g. launch 17.
   *
   * @param plannedNanos when it was to begin; its first interval may begin later, because whoever
   *     makes it was busy
   */
  default void begun(long request, String kind, long number, long plannedNanos) {}

  /** What people call a task that works on nobody's behalf. */
  default void named(long task, String name) {}

  /**
   * A task gave a server of the resource back.
   *
   * @param request on whose behalf it held it; 0 if nobody's
   * @param queuedNanos when it began to wait for it; {@code fromNanos} if it did not wait
   * @param fromNanos when it got it
   */
  default void held(
      Resource resource, long task, long request, long queuedNanos, long fromNanos, long toNanos) {}

  /** A level has a new value. */
  default void level(Level level, long value, long atNanos) {}

  /** A state of the actor that handles the present message has changed; it tells to what. */
  default void state(State state, long atNanos) {}

  /** Statistics were reset (end of warm-up). */
  default void reset(long atNanos) {}
}
