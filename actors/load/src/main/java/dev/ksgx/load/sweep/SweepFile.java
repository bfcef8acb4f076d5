package dev.ksgx.load.sweep;

import dev.ksgx.load.report.Version;
import dev.ksgx.load.scenario.ScenarioException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The rows of a sweep on disk: each is appended whole as its point ends, so that whatever stops the
 * sweep costs the points under way alone. A file that ends {@code .csv} has a line of names and
 * comma-separated values, any other a JSON object a line. A device or a pipe has no rows to take up
 * and gets all of them at the end.
 */
public final class SweepFile implements SweepRun.Sink {
  private final Path path;
  private final RowFormat format;
  private final Map<String, Row> known = new LinkedHashMap<>();
  private long whole;

  private SweepFile(Path path, RowFormat format) {
    this.path = path;
    this.format = format;
  }

  /**
   * A file for the rows of a plan. What is in it already must be rows of the same plan, but for a
   * last line that was not written to its end: that one is taken off.
   *
   * @throws ScenarioException if it holds anything else; the file is then as it was
   * @throws IOException if it cannot be read or written
   */
  public static SweepFile open(Path path, SweepPlan plan) throws IOException {
    RowFormat format =
        path.getFileName().toString().endsWith(".csv")
            ? RowFormat.csv(plan.axes())
            : RowFormat.json();
    SweepFile file = new SweepFile(path, format);
    if (!Files.exists(path)) {
      Files.createFile(path);
    } else if (file.isKept()) {
      file.read(plan);
    }
    return file;
  }

  private boolean isKept() {
    return Files.isRegularFile(path);
  }

  private void read(SweepPlan plan) throws IOException {
    byte[] bytes = Files.readAllBytes(path);
    String text = new String(bytes, StandardCharsets.UTF_8);
    int end = text.lastIndexOf('\n') + 1;
    String beginning = format.beginning();
    if (!beginning.startsWith(text.substring(0, Math.min(text.length(), beginning.length())))) {
      throw new ScenarioException(
          path + ": is no file of this sweep: its first line should begin with " + beginning);
    }
    Map<String, SweepPlan.Point> points =
        plan.points().stream()
            .collect(
                Collectors.toMap(
                    SweepPlan.Point::id, Function.identity(), (a, b) -> a, LinkedHashMap::new));
    List<String> lines = text.substring(0, end).lines().toList();
    for (int number = format.header().isEmpty() ? 1 : 2; number <= lines.size(); number++) {
      String line = lines.get(number - 1);
      try {
        Row row = format.row(line);
        if (!points.containsKey(row.id())) {
          throw new IllegalArgumentException(difference(row, plan));
        }
        known.put(row.id(), row);
      } catch (IllegalArgumentException e) {
        String why = e.getMessage().replaceAll("\\s*[\\r\\n]+\\s*", " ");
        throw new ScenarioException(path + ":" + number + ": " + why, e);
      }
    }
    whole = text.substring(0, end).getBytes(StandardCharsets.UTF_8).length;
    if (whole < bytes.length) {
      try (var channel = Files.newByteChannel(path, StandardOpenOption.WRITE)) {
        channel.truncate(whole);
      }
    }
  }

  /** Why a row is not of this sweep, as far as it tells. */
  private static String difference(Row row, SweepPlan plan) {
    long seed = plan.base().load().seed();
    String what;
    if (!row.version().equals(Version.running())) {
      what = "version " + row.version() + ", and this is version " + Version.running();
    } else if (row.seed() != seed) {
      what = "seed " + row.seed() + ", and this one has seed " + seed;
    } else if (plan.designs().stream().noneMatch(each -> each.name().equals(row.design()))) {
      what = "design " + row.design() + ", which is not compared here";
    } else {
      what = "another scenario, other settings, files, values or replications";
    }
    return "is of another sweep: it has " + what + "; give another file";
  }

  @Override
  public Map<String, Row> known() {
    return known;
  }

  @Override
  public void append(Row row) throws IOException {
    if (!isKept()) {
      return;
    }
    String header = format.header();
    String line = format.line(row) + "\n";
    write(whole == 0 && !header.isEmpty() ? header + "\n" + line : line);
  }

  private void write(String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    Files.write(path, bytes, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
    whole += bytes.length;
  }

  /** Puts the rows into the order of the plan, all at once. */
  public void finish(List<Row> rows) throws IOException {
    if (!isKept()) {
      Files.writeString(path, text(rows), StandardOpenOption.WRITE);
      return;
    }
    Path target = path.toRealPath();
    Path draft = target.resolveSibling("." + target.getFileName() + ".sorted");
    try {
      Files.writeString(draft, text(rows));
      try {
        Files.move(
            draft, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } catch (AtomicMoveNotSupportedException e) {
        Files.move(draft, target, StandardCopyOption.REPLACE_EXISTING);
      }
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  private String text(List<Row> rows) {
    StringBuilder text = new StringBuilder();
    if (!format.header().isEmpty()) {
      text.append(format.header()).append('\n');
    }
    rows.forEach(row -> text.append(format.line(row)).append('\n'));
    return text.toString();
  }

  /** Rows in memory, as a file ending in {@code .jsonl} would have them. */
  public static String jsonLines(List<Row> rows) {
    RowFormat json = RowFormat.json();
    return rows.stream().map(row -> json.line(row) + "\n").collect(Collectors.joining());
  }
}
