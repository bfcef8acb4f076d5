package dev.ksgx.load.sweep;

import dev.ksgx.load.report.TextPage;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What a sample says, for people: plain text in 96 columns. */
public final class SampleText {

  /** Where one of two is ahead in no more than this share of the samples, the pair is settled. */
  private static final double CONTESTED = 0.05;

  private static final int MOST_FACTORS = 6;

  private final SampleReport report;
  private final TextPage text = new TextPage(96);

  private SampleText(SampleReport report) {
    this.report = report;
  }

  /** The whole text, each line ended by a line feed. */
  public static String of(SampleReport report) {
    return new SampleText(report).write();
  }

  private String write() {
    text.line(
        "%s; seed %d; %d samples%s",
        report.title(),
        report.seed(),
        report.samples(),
        report.samples() < report.planned()
            ? " of " + report.planned() + " (PARTIAL: stopped before its end)"
            : "");
    inputs();
    matrix();
    for (Ranking pair : report.rankings()) {
      if (pair.second().equals(report.designs().get(0).name()) || isContested(pair)) {
        pair(pair);
      }
    }
    text.line("");
    text.paragraph(
        "Ahead: both carry the load and the mean latency is lower by more than 1 %%, or the design alone"
            + " carries it (saturated, or more than 1 %% of the launches failed: it does not,"
            + " and counts as saturated). 95 %% intervals (Wilson). Dependence: mean of the outcome in the low and high"
            + " third of an input, or for each choice, all other inputs as sampled; %% is the share of the"
            + " outcome's variance that the input explains by itself; only what is not chance is shown"
            + " (F test, Holm's rule, from 30 samples on). Ratios are geometric means. Pairs without the first"
            + " design are told where each is ahead in more than 5 %% of the samples; --json has all.");
    return text.toString();
  }

  private void inputs() {
    text.line("");
    text.line("varied:");
    for (SampleReport.Varied input : report.inputs()) {
      text.paragraph("  %-8s%-16s %s", input.kind(), input.name(), input.range());
    }
  }

  private void matrix() {
    List<String> names = report.designs().stream().map(SampleReport.Carrier::name).toList();
    text.line("");
    text.line("%% of the samples in which the row is ahead of the column");
    StringBuilder head = new StringBuilder(String.format(Locale.ROOT, "  %-22s", ""));
    for (int i = 0; i < names.size(); i++) {
      head.append(String.format(Locale.ROOT, "%7s", "(" + (i + 1) + ")"));
    }
    text.line("%s%12s%10s", head, "saturated", "unbeaten");
    for (int row = 0; row < names.size(); row++) {
      StringBuilder cells = new StringBuilder();
      cells.append(String.format(Locale.ROOT, "  %-22s", "(" + (row + 1) + ") " + names.get(row)));
      for (String column : names) {
        cells.append(
            names.get(row).equals(column)
                ? String.format("%7s", "-")
                : String.format(Locale.ROOT, "%7.1f", 100 * ahead(names.get(row), column)));
      }
      SampleReport.Carrier carrier = report.designs().get(row);
      text.line(
          "%s%12s%10s",
          cells,
          String.format(Locale.ROOT, "%.1f", 100 * carrier.saturated().share()),
          String.format(Locale.ROOT, "%.1f", 100 * carrier.best().share()));
    }
  }

  private double ahead(String first, String second) {
    for (Ranking ranking : report.rankings()) {
      if (ranking.first().equals(first) && ranking.second().equals(second)) {
        return ranking.ahead().share();
      }
      if (ranking.first().equals(second) && ranking.second().equals(first)) {
        return ranking.behind().share();
      }
    }
    throw new IllegalStateException("no pair of " + first + " and " + second);
  }

  private void pair(Ranking pair) {
    text.line("");
    text.paragraph(
        "%s is ahead of %s in %s of the samples: %d faster, %d alone; behind in %s: %d slower, %d lost;"
            + " %d level, %d neither carries",
        pair.first(),
        pair.second(),
        inWords(pair.ahead()),
        pair.faster(),
        pair.alone(),
        inWords(pair.behind()),
        pair.slower(),
        pair.lost(),
        pair.level(),
        pair.neither());
    SampleReport.Dependence dependence = report.dependences().get(report.rankings().indexOf(pair));
    if (isContested(pair)) {
      tornado("who is ahead depends on (share ahead)", dependence.ahead(), false);
    }
    if (dependence.logRatio().samples() > 0) {
      tornado("latency ratio, where both carry,", dependence.logRatio(), true);
    }
  }

  private static boolean isContested(Ranking pair) {
    return pair.ahead().share() > CONTESTED && pair.behind().share() > CONTESTED;
  }

  private void tornado(String what, Tornado tornado, boolean isRatio) {
    text.line("    %s %s in the mean:", what, figure(tornado.mean(), isRatio));
    List<Tornado.Factor> factors =
        tornado.factors().stream().filter(Tornado.Factor::significant).limit(MOST_FACTORS).toList();
    if (factors.isEmpty()) {
      text.line("      on no single input beyond chance");
    }
    for (Tornado.Factor factor : factors) {
      String groups =
          factor.groups().stream()
              .filter(group -> group.mean() != null && !group.name().equals("middle"))
              .map(group -> group.name() + " " + figure(group.mean(), isRatio))
              .collect(Collectors.joining(", "));
      text.line("      %-16s%4.0f %%  %s", factor.input(), 100 * factor.explained(), groups);
    }
  }

  private static String figure(double value, boolean isRatio) {
    return isRatio
        ? String.format(Locale.ROOT, "%.3f", StrictMath.exp(value))
        : String.format(Locale.ROOT, "%.0f %%", 100 * value);
  }

  private static String inWords(Ranking.Share share) {
    return String.format(
        Locale.ROOT,
        "%.1f %% (%.1f to %.1f)",
        100 * share.share(),
        100 * share.low(),
        100 * share.high());
  }
}
