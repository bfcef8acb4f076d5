package dev.ksgx.load.size;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The answer for people: plain text. */
public final class SizeText {
  private SizeText() {}

  /** The whole text, each line ended by a line feed. */
  public static String of(SizeReport report) {
    StringBuilder text = new StringBuilder();
    line(
        text,
        "%s: %s on %s%s; seed %d",
        report.objective(),
        report.design(),
        report.scenario(),
        report.ratePerSecond() == null
            ? ""
            : String.format(Locale.ROOT, ", %,.0f launches/s", report.ratePerSecond()),
        report.seed());
    line(
        text,
        "one resource at a time, the others as in the scenario; %,d launches an amount",
        report.launches());
    line(text, "");
    line(text, "  %-20s%12s%12s%12s", "costs", "low", "default", "high");
    List<String> notes = new ArrayList<>();
    for (SizeReport.Answer answer : report.answers()) {
      row(text, answer, notes);
    }
    line(text, "");
    notes.forEach(note -> line(text, "%s", note));
    line(text, "costs low, high: these inputs at the ends of their ranges:");
    line(text, "  %s", String.join(", ", report.openCosts()));
    return text.toString();
  }

  private static void row(StringBuilder text, SizeReport.Answer answer, List<String> notes) {
    if (answer.byCosts().isEmpty()) {
      line(text, "  %-20s  has no meaning here", answer.unit());
      return;
    }
    List<String> cells = new ArrayList<>();
    for (SizeReport.ByCosts each : answer.byCosts()) {
      cells.add(each.amount() == null ? "cannot" : cell(answer, each));
      notes.addAll(notes(answer, each));
    }
    line(
        text,
        "  %-20s%12s%12s%12s",
        (answer.most() ? "at most " : "at least ") + answer.unit(),
        cells.get(0),
        cells.get(1),
        cells.get(2));
  }

  private static String cell(SizeReport.Answer answer, SizeReport.ByCosts found) {
    String amount = String.format(Locale.ROOT, "%,d", found.amount());
    return answer.most() && found.amount() == answer.high() ? amount + "+" : amount;
  }

  private static List<String> notes(SizeReport.Answer answer, SizeReport.ByCosts found) {
    List<String> notes = new ArrayList<>();
    if (found.amount() == null) {
      notes.add(
          String.format(
              Locale.ROOT,
              "%s cannot meet it with %s costs, even with %,d: it %s, the busiest is %s %.0f %%",
              answer.unit(),
              found.costs(),
              answer.most() ? answer.low() : answer.high(),
              found.there().inWords(),
              found.there().binds(),
              100 * found.there().bindsUtilisation()));
    }
    if (!found.monotone()) {
      List<String> tried =
          found.tried().stream().map(each -> (each.holds() ? "+" : "-") + each.amount()).toList();
      notes.add(
          String.format(
              Locale.ROOT,
              "%s with %s costs: not monotone, so do not rely on it (+ holds, - does not): %s",
              answer.unit(),
              found.costs(),
              String.join(" ", tried)));
    }
    return notes;
  }

  private static void line(StringBuilder text, String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values).stripTrailing()).append('\n');
  }
}
