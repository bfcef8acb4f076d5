package dev.ksgx.load.calibrate;

import dev.ksgx.load.scenario.Nearest;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Reads traces: text in UTF-8, fields separated by commas. The first line names the columns: {@code
 * operation} and {@code duration_ns} are needed, {@code count} (pages, or repetitions; 1 if
 * absent), {@code chunks} (measured 256-byte chunks; 0 if absent) and {@code cpu} (not used) may be
 * there, in any order. Empty lines, lines that begin with {@code #} and the line with which
 * bpftrace announces its probes are passed over.
 */
public final class TraceReader {
  private static final List<String> COLUMNS =
      List.of("operation", "duration_ns", "count", "chunks", "cpu");

  private static final int MAX_COUNT = 1_000_000;
  private static final int CHUNKS_A_PAGE = 16;

  /** An hour: no operation takes as long. */
  private static final double MAX_NANOS = 3.6e12;

  private final Path file;
  private final Trace trace = new Trace();
  private List<String> header;
  private int lineNumber;

  private TraceReader(Path file) {
    this.file = file;
  }

  /**
   * @throws TraceException with file and line, if a line is malformed
   * @throws IOException if the file cannot be read
   */
  public static Trace read(Path file) throws IOException {
    return new TraceReader(file).read();
  }

  private Trace read() throws IOException {
    try (BufferedReader lines = Files.newBufferedReader(file)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        lineNumber++;
        take(line.strip());
      }
    } catch (CharacterCodingException e) {
      throw refused("is not text in UTF-8", "lines such as ioctl-init,24310,1");
    }
    if (header == null) {
      throw new TraceException(file + ": is empty, expected a header: " + columns());
    }
    return trace;
  }

  private void take(String line) {
    boolean announced = header == null && line.startsWith("Attaching ");
    if (line.isEmpty() || line.startsWith("#") || announced) {
      return;
    }
    List<String> fields = Arrays.stream(line.split(",", -1)).map(String::strip).toList();
    if (header == null) {
      header = header(fields);
      return;
    }
    if (fields.size() != header.size()) {
      throw refused(
          "has " + fields.size() + " fields",
          header.size() + ", as the header has: " + String.join(",", header));
    }
    Operation operation = operation(field(fields, "operation", ""));
    int count = whole("count", field(fields, "count", "1"), 1, MAX_COUNT);
    int most = CHUNKS_A_PAGE * count;
    int chunks = whole("chunks", field(fields, "chunks", "0"), 0, most);
    if (count != 1 && !operation.counts()) {
      throw refused("count = " + count, "1 for " + operation.name());
    }
    if (chunks != 0 && !operation.measures()) {
      throw refused("chunks = " + chunks, "0 for " + operation.name());
    }
    whole("cpu", field(fields, "cpu", "0"), 0, MAX_COUNT);
    trace.add(operation, nanos(field(fields, "duration_ns", "")), count, chunks);
  }

  private List<String> header(List<String> fields) {
    for (String column : fields) {
      if (!COLUMNS.contains(column)) {
        throw refused("column " + column, "one of " + columns() + " in the header");
      }
    }
    if (fields.stream().distinct().count() != fields.size()) {
      throw refused("header names a column twice", "each once: " + columns());
    }
    if (!fields.containsAll(COLUMNS.subList(0, 2))) {
      throw refused("header has no operation and duration_ns", "a header: " + columns());
    }
    return fields;
  }

  private static String columns() {
    return "operation,duration_ns[,count][,chunks][,cpu]";
  }

  private String field(List<String> fields, String column, String otherwise) {
    int index = header.indexOf(column);
    return index < 0 ? otherwise : fields.get(index);
  }

  private Operation operation(String name) {
    return Operation.named(name)
        .orElseThrow(
            () ->
                refused(
                    "operation " + name,
                    "a name that `ksgx calibrate --operations` lists; nearest: "
                        + Nearest.of(name, Operation.names())));
  }

  private double nanos(String text) {
    String right = "nanoseconds above 0, at most an hour";
    try {
      double value = Double.parseDouble(text);
      if (text.matches("[0-9.eE+]+") && value > 0 && value <= MAX_NANOS) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw refused("duration_ns = " + text, right);
    }
    throw refused("duration_ns = " + text, right);
  }

  private int whole(String column, String text, int least, int most) {
    if (text.matches("[0-9]{1,9}")) {
      int value = Integer.parseInt(text);
      if (value >= least && value <= most) {
        return value;
      }
    }
    throw refused(
        column + " = " + text,
        String.format(Locale.ROOT, "a whole number from %d to %d", least, most));
  }

  private TraceException refused(String what, String right) {
    return new TraceException(file + ":" + lineNumber + ": " + what + ", expected " + right);
  }
}
