package dev.ksgx.load.faults;

import java.util.List;

/**
 * One design in one state. Times are microseconds of virtual time.
 *
 * @param bugs {@code as-shipped}, {@code fixed}, or {@code either} where both give the same
 * @param state key of a {@link FaultState}
 * @param affected callers whose launch was not over when the fault came
 * @param results what those got, the most frequent first; {@code waits} if nothing within a minute
 * @param waiting who waited 1 s after the fault, a newcomer included
 * @param interrupted how many of these returned within 1 ms of a signal that each got, those in a
 *     queue first
 * @param newcomer the launch of somebody who comes 10 ms after the fault, open() included
 * @param remedies in order, up to the one that healed it
 * @param healedBy key of the remedy after which 30 launches in a row all succeed, each within ten
 *     times the longest of the healthy callers; null if none does
 */
public record FaultRow(
    String design,
    String bugs,
    String state,
    int affected,
    List<Result> results,
    int waiting,
    int interrupted,
    Result newcomer,
    List<Tried> remedies,
    String healedBy) {

  /** What stands for no result within a minute. */
  static final String WAITS = "waits";

  static final String OK = "OK";

  /**
   * What callers got.
   *
   * @param result {@code OK}, {@code waits}, or an error number or SGX code, after the phase if
   *     that is not INIT
   * @param longestMicros the longest of these launches; of those that wait, so far
   */
  public record Result(String result, int callers, double longestMicros) {}

  /**
   * A remedy and the launches after it, one after the other, of three images (30 unless one waits,
   * which ends the row of launches).
   *
   * @param remedy key of a {@link Remedy}
   * @param refusal why it could not be applied, such as {@code -EBUSY}; null if it could
   * @param failed launches that were refused, or wait
   * @param result what most of these got, {@code waits} if one waits; null if none failed
   * @param longestMicros the longest launch
   */
  public record Tried(
      String remedy,
      String refusal,
      int launches,
      int failed,
      String result,
      double longestMicros) {}

  FaultRow withBugs(String other) {
    return new FaultRow(
        design,
        other,
        state,
        affected,
        results,
        waiting,
        interrupted,
        newcomer,
        remedies,
        healedBy);
  }
}
