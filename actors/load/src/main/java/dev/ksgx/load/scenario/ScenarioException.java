package dev.ksgx.load.scenario;

/**
 * A scenario cannot be used. The message is one line: where, which key and value, what would be
 * right.
 */
public final class ScenarioException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ScenarioException(String message) {
    super(message);
  }

  public ScenarioException(String message, Throwable cause) {
    super(message, cause);
  }
}
