package dev.ksgx.kernel.check;

import java.util.Locale;

/** A run broke an invariant that no bug of its driver explains. */
public final class ViolationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Violation violation;

  /**
   * @param nanos virtual time at which it was found
   */
  public ViolationException(long nanos, Violation violation) {
    super(String.format(Locale.ROOT, "at %,d ns %s", nanos, violation));
    this.violation = violation;
  }

  /** The first that was found. */
  public Violation violation() {
    return violation;
  }
}
