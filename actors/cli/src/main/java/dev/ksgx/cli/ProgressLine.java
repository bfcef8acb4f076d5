package dev.ksgx.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** One line on a terminal's standard error that says how far a run is; silent anywhere else. */
final class ProgressLine implements AutoCloseable {
  private static final long INTERVAL_NANOS = 200_000_000;

  private final PrintWriter err;
  private final long totalNanos;
  private final long begun = System.nanoTime();
  private long next = begun + INTERVAL_NANOS;
  private boolean shown;

  private ProgressLine(PrintWriter err, long totalNanos) {
    this.err = err;
    this.totalNanos = totalNanos;
  }

  /**
   * A line on {@code err} if standard error is a terminal.
   *
   * @param totalNanos virtual time at the end of the run; 0 if nobody knows
   */
  static ProgressLine onTerminal(PrintWriter err, long totalNanos) {
    return new ProgressLine(isTerminal() ? err : null, totalNanos);
  }

  /** Linux tells by the name behind the descriptor; elsewhere there is no progress line. */
  static boolean isTerminal() {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
      return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }

  void show(long virtualNanos, long messages) {
    long now = System.nanoTime();
    if (err == null || now < next) {
      return;
    }
    next = now + INTERVAL_NANOS;
    shown = true;
    double seconds = (now - begun) / 1e9;
    String share =
        totalNanos == 0
            ? ""
            : String.format(Locale.ROOT, "%.0f %%, ", 100.0 * virtualNanos / totalNanos);
    err.printf(
        Locale.ROOT,
        "\r\033[K%s%.3f s of virtual time, %,d messages, %,.0f messages/s ",
        share,
        virtualNanos / 1e9,
        messages,
        messages / seconds);
    err.flush();
  }

  /** How far the index of a trace is. */
  void showIndexing(double done, long messages) {
    note("indexing the trace: %.0f %% ", 100 * done);
  }

  /** How much of a trace has been exported. */
  void showExport(long bytes) {
    note("exporting the trace: %,.0f MB ", bytes / 1e6);
  }

  private void note(String format, double figure) {
    long now = System.nanoTime();
    if (err == null || now < next) {
      return;
    }
    next = now + INTERVAL_NANOS;
    shown = true;
    err.printf(Locale.ROOT, "\r\033[K" + format, figure);
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
