package dev.ksgx.load.calibrate;

/**
 * A trace cannot be used. The message is one line: file and line, what is there, what would be
 * right.
 */
public final class TraceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public TraceException(String message) {
    super(message);
  }
}
