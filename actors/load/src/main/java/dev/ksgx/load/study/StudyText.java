package dev.ksgx.load.study;

import dev.ksgx.load.report.TextPage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A study for people: plain text in 96 columns, a table for each machine and load. */
public final class StudyText {
  private static final String ROW = "  %-16s%10s%17s%11s  %-20s %s";

  /** Below this busy share no server keeps a saturated system from doing more. */
  private static final double BINDS = 0.8;

  /** What a table can say of the slow launches. */
  private enum Percentile {
    P99("p99", StudyReport.Latency::p99),
    P95("p95", StudyReport.Latency::p95),
    P90("p90", StudyReport.Latency::p90),
    P50("p50", StudyReport.Latency::p50);

    private final String label;
    private final Function<StudyReport.Latency, Estimate> part;

    Percentile(String label, Function<StudyReport.Latency, Estimate> part) {
      this.label = label;
      this.part = part;
    }

    Estimate of(StudyReport.Latency latency) {
      return part.apply(latency);
    }

    static Percentile highest(List<StudyReport.Point> rows) {
      for (Percentile each : values()) {
        if (rows.stream()
            .anyMatch(row -> row.latency() != null && each.of(row.latency()) != null)) {
          return each;
        }
      }
      return P50;
    }
  }

  private final StudyReport report;
  private final TextPage text = new TextPage(96);

  private StudyText(StudyReport report) {
    this.report = report;
  }

  /**
   * The whole text, each line ended by a line feed.
   *
   * @param notes lines that stand above the tables
   */
  public static String of(StudyReport report, List<String> notes) {
    return new StudyText(report).write(notes);
  }

  private String write(List<String> notes) {
    text.wrapped(report.title() + "; seed " + report.seed());
    for (StudyReport.Design design : report.designs()) {
      text.wrapped("  " + design.name() + ": " + design.description());
    }
    notes.forEach(note -> text.wrapped("  " + note));
    costs();
    List<Map<String, String>> done = new ArrayList<>();
    for (StudyReport.Point point : report.points()) {
      if (!done.contains(point.at())) {
        done.add(point.at());
        table(point.at());
      }
    }
    text.line("");
    text.wrapped(
        "mean: latency from the planned start, with half of the 95 % interval over replications"
            + " (Student's t). p99: the highest percentile beyond which 1,000 launches of some design"
            + " of the table lie; -: fewer do. *: differs from "
            + report.designs().get(0).name()
            + " (paired replications, Holm's rule over the designs of the table).");
    return text.toString();
  }

  /** Where the answer rests on figures that nobody measured, the reader has to know. */
  private void costs() {
    long weak = report.costs().stream().filter(each -> "RJ".contains(each.provenance())).count();
    text.wrapped(
        "  costs: "
            + weak
            + " of "
            + report.costs().size()
            + " figures are recalled or judged, not measured, EINIT and EGETKEY among them");
  }

  private void table(Map<String, String> at) {
    List<StudyReport.Point> rows =
        report.points().stream().filter(point -> point.at().equals(at)).toList();
    text.line("");
    String where =
        at.entrySet().stream()
            .map(each -> each.getKey() + " " + each.getValue())
            .collect(Collectors.joining(", "));
    text.line(
        "%s%,.0f launches/s offered, %s replications",
        where.isEmpty() ? "" : where + ": ",
        rows.get(0).offeredPerSecond().mean(),
        replications(rows));
    Percentile percentile = Percentile.highest(rows);
    text.line(
        ROW, "design", "achieved/s", "mean us", percentile.label + " us", "binds", "difference");
    rows.forEach(row -> row(row, percentile));
  }

  private static String replications(List<StudyReport.Point> rows) {
    int least = rows.stream().mapToInt(StudyReport.Point::replications).min().orElse(0);
    int most = rows.stream().mapToInt(StudyReport.Point::replications).max().orElse(0);
    return least == most ? String.valueOf(most) : least + " to " + most;
  }

  private void row(StudyReport.Point point, Percentile percentile) {
    text.line(
        ROW,
        point.design(),
        format("%,.0f", point.achievedPerSecond().mean()),
        point.saturated()
            ? "SATURATED"
            : point.latency() == null ? "-" : estimate(point.latency().mean()),
        point.latency() == null || percentile.of(point.latency()) == null
            ? "-"
            : format("%,.1f", percentile.of(point.latency()).mean()),
        binds(point),
        difference(point));
    if (point.launches() == 0 && point.failed().isEmpty()) {
      text.line("  %-16s  no launch that was planned in the window ended in it", "");
    }
    point
        .failed()
        .forEach((code, count) -> text.line("  %-16s  failed: %,d with %s", "", count, code));
  }

  private static String binds(StudyReport.Point point) {
    if (point.saturated() && point.bindsUtilisation() < BINDS) {
      return "threads of the load";
    }
    return format("%s %.0f %%", point.binds(), 100 * point.bindsUtilisation());
  }

  /** Of the mean latency, or of the throughput where one of the two has no latency. */
  private String difference(StudyReport.Point point) {
    Optional<StudyReport.Pair> mean = pair(point, "mean");
    if (mean.isPresent()) {
      return signed(mean.get()) + " us" + mark(mean.get());
    }
    return pair(point, "achieved").map(pair -> signed(pair) + " /s" + mark(pair)).orElse("");
  }

  private Optional<StudyReport.Pair> pair(StudyReport.Point point, String metric) {
    return report.pairs().stream()
        .filter(
            pair ->
                pair.design().equals(point.design())
                    && pair.at().equals(point.at())
                    && pair.metric().equals(metric))
        .findFirst();
  }

  private static String mark(StudyReport.Pair pair) {
    return pair.significant() ? " *" : "";
  }

  private static String signed(StudyReport.Pair pair) {
    Estimate difference = pair.difference();
    String number = format(digits("%+,.", difference.mean()), difference.mean());
    return difference.halfWidth() == null
        ? number
        : number + " ±" + format(digits("%,.", difference.halfWidth()), difference.halfWidth());
  }

  private static String estimate(Estimate estimate) {
    String mean = format("%,.1f", estimate.mean());
    return estimate.halfWidth() == null
        ? mean
        : mean + " ±" + format("%,.1f", estimate.halfWidth());
  }

  private static String digits(String format, double value) {
    return format + (Math.abs(value) < 1000 ? "1f" : "0f");
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
