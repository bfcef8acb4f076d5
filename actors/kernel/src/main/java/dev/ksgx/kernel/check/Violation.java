package dev.ksgx.kernel.check;

/**
 * Something that does not balance.
 *
 * @param subject frame, enclave or page that it is about
 * @param detail what was found
 */
public record Violation(Invariant invariant, String subject, String detail) {
  /** One line. */
  @Override
  public String toString() {
    return subject + ": " + detail + " (" + invariant.rule() + ")";
  }
}
