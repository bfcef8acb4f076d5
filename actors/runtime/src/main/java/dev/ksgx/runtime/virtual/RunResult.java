package dev.ksgx.runtime.virtual;

import dev.ksgx.runtime.failure.Failure;

/**
 * The end of a run.
 *
 * @param nowNanos virtual time at the end
 * @param report for DEADLOCK one line per waiter (who waits for what, held by whom); else empty
 * @param failure for FAILED what failed; else null
 */
public record RunResult(Outcome outcome, long nowNanos, String report, Failure failure) {

  /**
   * This result, unless the run failed or deadlocked.
   *
   * @throws IllegalStateException naming the actor, with its exception as cause, or with the
   *     deadlock report
   */
  public RunResult orThrow() {
    return switch (outcome) {
      case FAILED -> throw new IllegalStateException(failure.toString(), failure.cause());
      case DEADLOCK ->
          throw new IllegalStateException("deadlock at " + nowNanos + " ns:\n" + report);
      default -> this;
    };
  }
}
