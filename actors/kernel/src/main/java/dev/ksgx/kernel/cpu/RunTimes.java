package dev.ksgx.kernel.cpu;

/**
 * Run times of tasks as CFS counts them: the time that a task has held cores, but never further
 * behind the others than one slice, however long it slept. So a long sleeper is served almost at
 * once, and nobody saves up time by sleeping.
 */
final class RunTimes {
  /** A task that wakes up takes a core only from one that is ahead of it by more than this. */
  static final long GRANULARITY_NANOS = 1_000_000;

  private final long creditNanos;
  private long least;

  /**
   * @param creditNanos how far behind the others a task may be that wakes up
   */
  RunTimes(long creditNanos) {
    this.creditNanos = creditNanos;
  }

  /** The task wakes up while {@code places} run and {@code first} waits; its run time now. */
  long wake(ScheduledTask task, Iterable<Place> places, RunQueue.Ready first, long nowNanos) {
    long now = first == null ? Long.MAX_VALUE : first.runTimeNanos();
    for (Place place : places) {
      if (place.task != null) {
        now = Math.min(now, of(place, nowNanos));
      }
    }
    if (now != Long.MAX_VALUE) {
      least = Math.max(least, now);
    }
    task.runTimeNanos = Math.max(task.runTimeNanos, least - creditNanos);
    return task.runTimeNanos;
  }

  /** Run time of the task that holds the core, up to now. */
  static long of(Place place, long nowNanos) {
    return place.task.runTimeNanos + nowNanos - place.sinceNanos;
  }
}
