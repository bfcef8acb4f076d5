package dev.ksgx.cli;

import dev.ksgx.load.study.StudyControl;
import java.io.PrintWriter;
import java.util.Locale;

/**
 * Tells on standard error how far a study is and how long it may still take: on a terminal one line
 * that changes, elsewhere a line now and then.
 */
final class StudyProgress implements StudyControl, AutoCloseable {
  private static final long ON_TERMINAL_NANOS = 200_000_000L;
  private static final long ELSEWHERE_NANOS = 15_000_000_000L;

  private final PrintWriter err;
  private final Interruption interruption;
  private final boolean terminal = ProgressLine.isTerminal();
  private final long interval = terminal ? ON_TERMINAL_NANOS : ELSEWHERE_NANOS;
  private long begun;
  private long next;
  private boolean shown;

  StudyProgress(PrintWriter err, Interruption interruption) {
    this.err = err;
    this.interruption = interruption;
  }

  @Override
  public boolean stopRequested() {
    return interruption.requested();
  }

  @Override
  public void progress(int done, int planned) {
    long now = System.nanoTime();
    if (done == 1) {
      // What comes before, the first run in a cold JVM included, says nothing of the others.
      begun = now;
      next = now + interval;
    }
    if (now < next) {
      return;
    }
    next = now + interval;
    shown = terminal;
    long left = Math.round((now - begun) / 1e9 * (planned - done) / (done - 1));
    err.print(terminal ? "\r\033[K" : "");
    err.printf(
        Locale.ROOT, "%,d of %,d runs, about %d:%02d left", done, planned, left / 60, left % 60);
    err.print(terminal ? " " : System.lineSeparator());
    err.flush();
  }

  /** Takes the line off the terminal. */
  void clear() {
    if (shown) {
      err.print("\r\033[K");
      err.flush();
      shown = false;
    }
  }

  @Override
  public void close() {
    clear();
  }
}
