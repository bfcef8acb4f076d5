package dev.ksgx.cli;

/** What was given cannot be used. The message is one line: what, where, what would be right. */
final class BadInput extends RuntimeException {
  private static final long serialVersionUID = 1L;

  BadInput(String message) {
    super(message);
  }

  BadInput(String message, Throwable cause) {
    super(message, cause);
  }
}
