package dev.ksgx.load.faults;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Writes the table for people: one for each state, aligned, as Markdown has them. */
public final class FaultText {
  private static final List<String> HEADER =
      List.of("design", "bugs", "callers get", "wait, woken", "newcomer", "fail after each remedy");

  private final StringBuilder text = new StringBuilder();

  private FaultText() {}

  /** The whole text, each line ended by a line feed. */
  public static String of(FaultTable table) {
    return new FaultText().write(table);
  }

  private String write(FaultTable table) {
    line(
        "%d callers launch at the same instant on %d cores, seed %d; the fault comes in the second"
            .formatted(table.callers(), table.cores(), table.seed()));
    line("half, while the request of one of them is in the works.");
    line("");
    line("callers get: of those whose launch was under way; the longest of them in brackets.");
    line("wait, woken: who waits 1 s later, and how many of these a signal of their own wakes.");
    line("newcomer: opens the device 10 ms after the fault and launches.");
    line("fail after each remedy: of 30 launches in a row, three images; until all go well again.");
    overview(table);
    for (FaultState state : FaultState.values()) {
      List<FaultRow> rows =
          table.rows().stream().filter(row -> row.state().equals(state.key())).toList();
      if (!rows.isEmpty()) {
        line("");
        line("%s: %s".formatted(state.key(), state.description()));
        line("");
        lines(rows);
      }
    }
    return text.toString();
  }

  /** Everything in one table: of two rows for a design the one as shipped. */
  private void overview(FaultTable table) {
    List<String> designs = table.rows().stream().map(FaultRow::design).distinct().toList();
    List<List<String>> cells = new ArrayList<>();
    cells.add(new ArrayList<>(List.of("as shipped")));
    cells.get(0).addAll(designs);
    for (FaultState state : FaultState.values()) {
      List<String> line = new ArrayList<>(List.of(state.key()));
      for (String design : designs) {
        table.rows().stream()
            .filter(row -> row.state().equals(state.key()) && row.design().equals(design))
            .findFirst()
            .ifPresent(row -> line.add(summary(row)));
      }
      if (line.size() == cells.get(0).size()) {
        cells.add(line);
      }
    }
    line("");
    line("What callers get, and after ->, what it takes until launches are again what they were:");
    line("");
    aligned(cells);
  }

  private static String summary(FaultRow row) {
    String bad =
        row.results().stream()
            .filter(result -> !result.result().equals(FaultRow.OK))
            .map(result -> result.callers() + " " + named(result))
            .collect(Collectors.joining(", "));
    String slow =
        row.results().stream()
            .filter(result -> result.longestMicros() >= 1e6)
            .map(FaultText::result)
            .collect(Collectors.joining(", "));
    String callers = bad.isEmpty() ? slow.isEmpty() ? "OK" : slow : bad;
    return Remedy.NOTHING.key().equals(row.healedBy())
        ? callers
        : callers + " -> " + (row.healedBy() == null ? "none" : inWords(row.healedBy()));
  }

  private static String inWords(String remedy) {
    return Remedy.valueOf(remedy.toUpperCase(Locale.ROOT).replace('-', '_')).inWords();
  }

  private void lines(List<FaultRow> rows) {
    List<List<String>> cells = new ArrayList<>();
    cells.add(HEADER);
    rows.forEach(row -> cells.add(cells(row)));
    aligned(cells);
  }

  /** The first row is the heading. */
  private void aligned(List<List<String>> cells) {
    int[] widths = new int[cells.get(0).size()];
    for (List<String> row : cells) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    cells.add(1, Arrays.stream(widths).mapToObj("-"::repeat).toList());
    for (List<String> row : cells) {
      StringBuilder line = new StringBuilder("|");
      for (int i = 0; i < widths.length; i++) {
        line.append(' ').append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length()));
        line.append(" |");
      }
      line(line.toString());
    }
  }

  private static List<String> cells(FaultRow row) {
    return List.of(
        row.design(),
        row.bugs(),
        row.results().stream().map(FaultText::result).collect(Collectors.joining(", ")),
        row.waiting() == 0 ? "" : row.waiting() + ", " + row.interrupted(),
        named(row.newcomer()),
        remedies(row));
  }

  private static String result(FaultRow.Result result) {
    return result.callers() + " " + named(result);
  }

  private static String named(FaultRow.Result result) {
    boolean waits = result.result().equals(FaultRow.WAITS);
    return result.result() + (waits ? "" : " (" + time(result.longestMicros()) + ")");
  }

  /** What failures are is said where they change. */
  private static String remedies(FaultRow row) {
    List<String> words = new ArrayList<>();
    String before = null;
    for (FaultRow.Tried tried : row.remedies()) {
      words.add(tried(tried, before));
      before = tried.result();
    }
    return String.join(", ", words) + (row.healedBy() == null ? "; still so" : "");
  }

  private static String tried(FaultRow.Tried tried, String before) {
    String how = inWords(tried.remedy()) + (tried.refusal() == null ? "" : " " + tried.refusal());
    if (tried.failed() == 0) {
      return how + " 0" + (tried.longestMicros() >= 1e6 ? " slow" : "");
    }
    if (FaultRow.WAITS.equals(tried.result())) {
      return how + " waits";
    }
    return how + " " + tried.failed() + (tried.result().equals(before) ? "" : " " + tried.result());
  }

  private static String time(double micros) {
    if (micros < 10) {
      return String.format(Locale.ROOT, "%.1f us", micros);
    }
    if (micros < 1e6) {
      return String.format(Locale.ROOT, micros < 1e4 ? "%.2f ms" : "%.0f ms", micros / 1e3);
    }
    return String.format(Locale.ROOT, "%.1f s", micros / 1e6);
  }

  private void line(String line) {
    text.append(line).append('\n');
  }
}
