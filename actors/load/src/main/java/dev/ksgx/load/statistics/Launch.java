package dev.ksgx.load.statistics;

/**
 * One launch that has ended.
 *
 * @param number unique in the run
 * @param plannedNanos when it was to start
 * @param startedNanos when its thread was free for it; not before it was planned
 * @param endedNanos when INIT returned, or the call that failed
 * @param outcome {@code OK} or the name of the code it failed with (CallResult.name())
 * @param check the check that failed, one line; empty on success
 */
public record Launch(
    long number,
    long plannedNanos,
    long startedNanos,
    long endedNanos,
    String outcome,
    String check) {
  /** The outcome of a launch that succeeded. */
  public static final String OK = "OK";

  /** A launch without a failed check to tell of. */
  public Launch(
      long number, long plannedNanos, long startedNanos, long endedNanos, String outcome) {
    this(number, plannedNanos, startedNanos, endedNanos, outcome, "");
  }

  public boolean succeeded() {
    return OK.equals(outcome);
  }

  /** From the planned start to the end: lateness of the thread is part of it. */
  public long latencyNanos() {
    return endedNanos - plannedNanos;
  }
}
