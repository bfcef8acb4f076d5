package dev.ksgx.load.run;

/** The figures of a run contradict each other: a bug, and the run has no result. */
public final class LawViolation extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LawViolation(String message) {
    super(message);
  }
}
