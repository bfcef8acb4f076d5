package dev.ksgx.load.report;

import dev.ksgx.load.statistics.LaunchFigures;
import dev.ksgx.load.statistics.LifeFigures;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;

/**
 * The distributions as an HdrHistogram log (format 1.3): one interval, the measured window, with
 * the tags {@code launch}, {@code create}, {@code add}, {@code token}, {@code einit}; for lives,
 * {@code GROUP} and {@code GROUP.PART}. Times count from the boot of the modelled system, values
 * are nanoseconds.
 */
public final class HistogramLog {
  private HistogramLog() {}

  /** The whole file. */
  static String of(RunResult result) {
    LaunchFigures figures = result.launches();
    long opened = figures.openedNanos() / 1_000_000;
    Map<String, Histogram> rows = new LinkedHashMap<>();
    rows.put("launch", figures.latency().histogram());
    figures.phases().forEach((phase, values) -> rows.put(phase.label(), values.histogram()));
    return log(rows, opened, opened + figures.windowNanos() / 1_000_000);
  }

  /** The whole file. */
  static String of(LivesResult result) {
    Map<String, Histogram> rows = new LinkedHashMap<>();
    for (LifeFigures group : result.groups()) {
      rows.put(group.group(), group.total().histogram());
      group
          .parts()
          .forEach(
              (part, values) -> rows.put(group.group() + "." + part.label(), values.histogram()));
    }
    return log(rows, 0, Math.round(result.report().virtualSeconds() * 1000));
  }

  /**
   * The whole file.
   *
   * @param rows nanoseconds, by tag
   * @param fromMillis begin of the interval, since boot
   * @param toMillis its end
   */
  public static String log(Map<String, Histogram> rows, long fromMillis, long toMillis) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(bytes, false, StandardCharsets.US_ASCII);
    stream.print("#[Logged by ksgx]\n#[Histogram log format version 1.3]\n");
    stream.print("#[StartTime: 0.000 (seconds since boot of the modelled system)]\n");
    stream.print("#[BaseTime: 0.000 (seconds since boot of the modelled system)]\n");
    HistogramLogWriter writer = new HistogramLogWriter(stream);
    writer.outputLegend();
    rows.forEach((tag, values) -> write(writer, tag, values, fromMillis, toMillis));
    stream.flush();
    return bytes.toString(StandardCharsets.US_ASCII).replace(System.lineSeparator(), "\n");
  }

  private static void write(
      HistogramLogWriter writer, String tag, Histogram histogram, long from, long to) {
    histogram.setTag(tag);
    histogram.setStartTimeStamp(from);
    histogram.setEndTimeStamp(to);
    writer.outputIntervalHistogram(histogram);
  }
}
