package dev.ksgx.trace.log;

/**
 * What a log tells, in order. Names are numbers that {@link #name} defined before; instants are
 * nanoseconds of the run's clock.
 */
public interface TraceEvents {

  /** What a name names. */
  enum Dictionary {
    /** Path of an actor without uid. */
    ACTOR,
    /** Simple name of a message's class. */
    TYPE,
    /** Name of a key field. */
    FIELD,
    /** Label of a mark, a part of an interval, a kind of request, an origin, a state. */
    LABEL,
    /** Name of a level. */
    LEVEL,
    /** What the recording says of itself: "key=value". */
    NOTE
  }

  /** Defines a name; numbers of each dictionary count from 1, in order. */
  default void name(Dictionary dictionary, int number, String name) {}

  /** Defines a resource; numbers count from 1. */
  default void resource(int number, String name, String group, int capacity) {}

  /**
   * A message, or an event of Akka's own that an actor handled as one (its type begins with {@code
   * akka:}).
   *
   * @param cause the message handled when it was sent or scheduled; 0 if none
   * @param sender actor; 0 if none
   * @param origin label of where it comes from if it has no cause in the model; 0 if it has one
   * @param names of its fields, {@code fieldCount} of them, as {@code values}; both are reused
   */
  default void message(
      long id,
      long cause,
      long request,
      int sender,
      int receiver,
      long sentNanos,
      long handledNanos,
      int type,
      int origin,
      int fieldCount,
      int[] names,
      long[] values) {}

  /** A request waited for a resource, or was served by it. */
  default void interval(
      long request, boolean waited, int resource, long holder, long fromNanos, long toNanos) {}

  /**
   * A task held a resource.
   *
   * @param open whether it still did when the recording ended, or still waited: then it had it for
   *     no time
   */
  default void hold(
      int resource,
      long task,
      long request,
      long queuedNanos,
      long fromNanos,
      long toNanos,
      boolean open) {}

  /** A part of the request's next interval. */
  default void spent(long request, int label, long nanos) {}

  /** A request passed a point. */
  default void mark(long request, int label, long atNanos) {}

  /** A request by the name its user gives it. */
  default void begun(long request, int kind, long number, long plannedNanos) {}

  /** Between its plan and its beginning the maker of a request had another one in hand. */
  default void inHand(long request, long other, long fromNanos, long toNanos) {}

  /** A request ended. */
  default void done(long request, long fromNanos, long toNanos) {}

  /** A level changed. */
  default void level(int level, long value, long atNanos) {}

  /** What a state's value is. */
  enum Value {
    /** None any more. */
    NONE,
    /** A label. */
    LABEL,
    /** A number. */
    NUMBER
  }

  /**
   * A state of an actor changed.
   *
   * @param actor 0 if nobody knows
   * @param name label
   * @param value label, number or 0
   * @param cause the message that the actor was handling; 0 if none
   * @param request on whose behalf; 0 if nobody's
   */
  default void state(
      int actor, int name, Value kind, long value, long atNanos, long cause, long request) {}
}
