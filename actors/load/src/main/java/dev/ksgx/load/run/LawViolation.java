package dev.ksgx.load.run;

import java.util.Optional;

/** The figures of a run contradict each other: a bug, and the run has no result. */
public final class LawViolation extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LawViolation(String message) {
    super(message);
  }

  /**
   * @throws LawViolation if there is a violation
   */
  static void throwIf(Optional<String> violation) {
    violation.ifPresent(
        message -> {
          throw new LawViolation(message);
        });
  }
}
