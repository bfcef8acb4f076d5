package dev.ksgx.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.ksgx.kernel.cost.CostModel;
import dev.ksgx.load.validate.Judgement;
import dev.ksgx.load.validate.Target;
import dev.ksgx.load.validate.Validation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a validation found; the components are the fields of the JSON.
 *
 * @param costModel the one that all rows ran with
 * @param passed rows within their tolerance
 * @param failed rows outside of it, or without a figure
 * @param shown rows for which no tolerance was declared
 * @param notTested what no row says anything about
 */
record ValidationReport(
    String costModel,
    List<Row> rows,
    int passed,
    int failed,
    int shown,
    List<String> notTested,
    double wallSeconds) {
  /**
   * One published figure.
   *
   * @param modelled null if the experiment failed, for the reason {@code why}
   * @param low least value accepted; null if no tolerance was declared, as {@code high}
   * @param verdict pass, fail or shown
   * @param fitted the model was made with this figure in view
   */
  record Row(
      String id,
      String what,
      String scenario,
      String unit,
      double published,
      Double modelled,
      Double low,
      Double high,
      String tolerance,
      String verdict,
      boolean fitted,
      @JsonInclude(JsonInclude.Include.NON_NULL) String why) {}

  static ValidationReport of(List<Judgement> judgements, double wallSeconds) {
    return new ValidationReport(
        CostModel.pCfl().name(),
        judgements.stream().map(ValidationReport::row).toList(),
        count(judgements, Judgement.Verdict.PASS),
        count(judgements, Judgement.Verdict.FAIL),
        count(judgements, Judgement.Verdict.SHOWN),
        Validation.NOT_TESTED,
        Math.round(wallSeconds * 10) / 10.0);
  }

  private static int count(List<Judgement> judgements, Judgement.Verdict verdict) {
    return (int) judgements.stream().filter(each -> each.verdict() == verdict).count();
  }

  private static Row row(Judgement judgement) {
    Target target = judgement.target();
    Target.Bounds bounds = target.bounds();
    return new Row(
        target.id(),
        target.what().strip(),
        target.scenario(),
        target.unit(),
        target.published(),
        judgement.modelled(),
        bounds == null ? null : bounds.low(),
        bounds == null ? null : bounds.high(),
        bounds == null ? "none" : bounds.declared(),
        judgement.verdict().name().toLowerCase(Locale.ROOT),
        target.fitted(),
        judgement.why().isEmpty() ? null : judgement.why());
  }

  /** The table in 80 columns, each line ended by a line feed. */
  String text() {
    StringBuilder text = new StringBuilder();
    line(
        text,
        "%-10s %-28s%10s%10s %-11s %-5s%s",
        "id",
        "what",
        "published",
        "modelled",
        "tolerance",
        "",
        "fit");
    for (Row row : rows) {
      line(
          text,
          "%-10s %-28s%10s%10s %-11s %-5s%s",
          row.id(),
          row.what(),
          figure(row.published(), row.unit()),
          row.modelled() == null ? "-" : figure(row.modelled(), row.unit()),
          row.tolerance(),
          row.verdict().equals("shown") ? "-" : row.verdict().equals("fail") ? "FAIL" : "pass",
          row.fitted() ? "yes" : "no");
    }
    line(text, "");
    failures().forEach((why, ids) -> line(text, "%s: %s", String.join(", ", ids), why));
    line(
        text,
        "%d pass, %d fail, %d shown without a declared tolerance; %.0f s",
        passed,
        failed,
        shown,
        wallSeconds);
    line(text, "One cost model (%s); machine profiles fixed before. Fitted rows show", costModel);
    line(text, "consistency only: the model was made with them in view.");
    line(text, "No row tests %s.", String.join(", ", notTested).replaceAll(", ([^,]*)$", " or $1"));
    return text.toString();
  }

  /** What went wrong, each once, with the rows that it left without a figure. */
  private Map<String, List<String>> failures() {
    Map<String, List<String>> failures = new LinkedHashMap<>();
    for (Row row : rows) {
      if (row.why() != null) {
        failures.computeIfAbsent(row.why(), why -> new ArrayList<>()).add(row.id());
      }
    }
    return failures;
  }

  private static void line(StringBuilder text, String format, Object... arguments) {
    text.append(String.format(Locale.ROOT, format, arguments)).append('\n');
  }

  private static String figure(double value, String unit) {
    if (unit.equals("s")) {
      return value >= 0.01
          ? String.format(Locale.ROOT, "%.4g s", value)
          : String.format(Locale.ROOT, "%.4g ms", 1e3 * value);
    }
    return unit.isEmpty()
        ? String.format(Locale.ROOT, "%.4f", value)
        : String.format(Locale.ROOT, "%,.0f", value);
  }
}
