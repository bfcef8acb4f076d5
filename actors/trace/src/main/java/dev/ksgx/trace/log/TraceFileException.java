package dev.ksgx.trace.log;

/** A file is no trace, or one that this version cannot read. The message is one line. */
public final class TraceFileException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public TraceFileException(String message) {
    super(message);
  }
}
