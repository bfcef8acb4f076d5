package dev.ksgx.cli;

/** What the command tells the shell; after Ctrl-C the JVM itself says 130. */
final class ExitCode {
  static final int OK = 0;

  /** What was asked is answered "no": a signature is not valid, a measurement differs. */
  static final int NO = 1;

  /** Bad input: one line on standard error, nothing written. */
  static final int BAD_INPUT = 2;

  /** The model contradicts itself or an actor failed: a bug in ksgx. */
  static final int BUG = 3;

  private ExitCode() {}
}
