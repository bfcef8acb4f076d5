package dev.ksgx.load.report;

import com.typesafe.config.Config;
import dev.ksgx.load.scenario.LifeGroup;
import dev.ksgx.load.statistics.Distribution;
import dev.ksgx.load.statistics.LifeFigures;
import dev.ksgx.load.statistics.LifePart;
import dev.ksgx.load.statistics.Verdict;
import java.util.Map;

/** The report on lives for people: plain text in 80 columns, whose last line says what binds. */
final class LivesSummary {
  private final LivesResult result;
  private final TextPage page = new TextPage(80);
  private final MachineText machine = new MachineText(page);

  private LivesSummary(LivesResult result) {
    this.result = result;
  }

  /** The summary, each line ended by a line feed. */
  static String of(LivesResult result) {
    return new LivesSummary(result).write();
  }

  private String write() {
    LivesReport report = result.report();
    head();
    for (int i = 0; i < result.groups().size(); i++) {
      group(result.plan().groups().get(i), result.groups().get(i));
    }
    machine.resources(result.uses());
    page.line("");
    machine.counters(report.einit(), report.cores(), report.launchEnclave(), report.epc());
    machine.paging(report.paging());
    machine.deliveries(report.messages(), report.digest());
    int threads =
        result.plan().groups().stream().mapToInt(each -> each.processes() * each.threads()).sum();
    boolean exhausted = report.epc().ranShort(report.paging());
    page.wrapped("What binds: " + new Verdict(false, threads, exhausted).inWords(result.uses()));
    return page.toString();
  }

  private void head() {
    Config config = result.scenario().config();
    page.wrapped(result.scenario().name() + ": " + result.scenario().description());
    if (result.report().partial() != null) {
      page.line("PARTIAL: the run was stopped before its end; figures are up to then.");
    }
    machine.machine(config, result.report().preset(), result.report().seed());
    page.line(
        "  ran for %.3f s of virtual time; wall time %.1f s",
        result.report().virtualSeconds(), result.report().wallSeconds());
    machine.costs(result.scenario().kernel().costs());
  }

  private void group(LifeGroup plan, LifeFigures figures) {
    page.paragraph(
        "%s: %s%s; enclaves of %,d measured and %,d unmeasured pages, %s",
        plan.name(),
        counted(plan.processes(), "process", "processes"),
        plan.processes() == 1 ? "" : plan.inSequence() ? " in sequence" : " at once",
        plan.measuredPages(),
        plan.unmeasuredPages(),
        counted(plan.threads(), "thread", "threads"));
    page.paragraph(
        "  planned %,d = completed %,d + failed %,d + unfinished %,d + not begun %,d",
        figures.planned(),
        figures.completed(),
        figures.failures(),
        figures.unfinished(),
        figures.notBegun());
    figures
        .failed()
        .forEach(
            (code, count) ->
                page.paragraph(
                    "  failed: %,d with %s: %s", count, code, figures.checks().get(code)));
    durations(figures);
    if (figures.touches() > 0) {
      page.line("  pages touched %,d, zeroing not counted", figures.touches());
    }
    if (figures.completed() > 0 && plan.processes() > 1) {
      page.line("  fairness between its processes (Jain) %.4f", figures.fairness());
    }
    machine.spent("time of its threads", figures.spent());
    page.line("");
  }

  private void durations(LifeFigures figures) {
    page.line("%-18s%12s%12s%12s%12s%12s", "milliseconds", "mean", "min", "p50", "p95", "max");
    duration("  life", figures.total());
    for (Map.Entry<LifePart, Distribution> part : figures.parts().entrySet()) {
      if (part.getValue().count() > 0) {
        duration("    " + part.getKey().label(), part.getValue());
      }
    }
  }

  private void duration(String name, Distribution values) {
    if (values.count() == 0) {
      page.line("%-18s%12s", name, "-");
      return;
    }
    page.line(
        "%-18s%12.3f%12.3f%12.3f%12.3f%12.3f",
        name,
        values.meanNanos() / 1e6,
        values.minNanos() / 1e6,
        values.percentileNanos(50) / 1e6,
        values.percentileNanos(95) / 1e6,
        values.maxNanos() / 1e6);
  }

  private static String counted(int number, String one, String many) {
    return number + " " + (number == 1 ? one : many);
  }
}
