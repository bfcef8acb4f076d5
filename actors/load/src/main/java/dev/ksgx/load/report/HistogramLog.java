package dev.ksgx.load.report;

import dev.ksgx.load.statistics.Distribution;
import dev.ksgx.load.statistics.LaunchFigures;
import dev.ksgx.load.statistics.Phase;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;

/**
 * The latency distributions as an HdrHistogram log (format 1.3): one interval, the measured window,
 * with the tags {@code launch}, {@code create}, {@code add}, {@code token}, {@code einit}. Times
 * count from the boot of the modelled system, values are nanoseconds.
 */
public final class HistogramLog {
  private HistogramLog() {}

  /** The whole file. */
  public static String of(RunResult result) {
    LaunchFigures figures = result.launches();
    long openedMillis = figures.openedNanos() / 1_000_000;
    long closedMillis = openedMillis + figures.windowNanos() / 1_000_000;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(bytes, false, StandardCharsets.US_ASCII);
    stream.print("#[Logged by ksgx]\n#[Histogram log format version 1.3]\n");
    stream.print("#[StartTime: 0.000 (seconds since boot of the modelled system)]\n");
    stream.print("#[BaseTime: 0.000 (seconds since boot of the modelled system)]\n");
    HistogramLogWriter writer = new HistogramLogWriter(stream);
    writer.outputLegend();
    write(writer, "launch", figures.latency(), openedMillis, closedMillis);
    for (Map.Entry<Phase, Distribution> phase : figures.phases().entrySet()) {
      write(writer, phase.getKey().label(), phase.getValue(), openedMillis, closedMillis);
    }
    stream.flush();
    return bytes.toString(StandardCharsets.US_ASCII).replace(System.lineSeparator(), "\n");
  }

  private static void write(
      HistogramLogWriter writer, String tag, Distribution values, long from, long to) {
    Histogram histogram = values.histogram();
    histogram.setTag(tag);
    histogram.setStartTimeStamp(from);
    histogram.setEndTimeStamp(to);
    writer.outputIntervalHistogram(histogram);
  }
}
