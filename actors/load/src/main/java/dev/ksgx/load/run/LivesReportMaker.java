package dev.ksgx.load.run;

import static dev.ksgx.load.run.MachineRows.micros;
import static dev.ksgx.load.run.MachineRows.rounded;

import dev.ksgx.load.report.LivesReport;
import dev.ksgx.load.report.LivesResult;
import dev.ksgx.load.scenario.LivesPlan;
import dev.ksgx.load.scenario.Scenario;
import dev.ksgx.load.statistics.Distribution;
import dev.ksgx.load.statistics.LifeFigures;
import dev.ksgx.load.statistics.LifePart;
import dev.ksgx.load.workload.LivesFigures;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Makes the report of a run of lives; numbers are rounded to what they are good for. */
final class LivesReportMaker {
  private final Scenario scenario;
  private final LivesPlan plan;
  private final VirtualDrive.Driven<LivesFigures> driven;
  private final LivesFigures figures;

  LivesReportMaker(Scenario scenario, LivesPlan plan, VirtualDrive.Driven<LivesFigures> driven) {
    this.scenario = scenario;
    this.plan = plan;
    this.driven = driven;
    this.figures = driven.figures();
  }

  LivesResult result() {
    MachineRows machine = new MachineRows(figures.machine());
    LivesReport report =
        new LivesReport(
            plan.seed(),
            scenario.config().getString("kernel.preset"),
            figures.machine().windowNanos() / 1e9,
            rounded(driven.wallNanos() / 1e9, 3),
            driven.messages(),
            driven.digest(),
            groups(),
            machine.binds(),
            machine.launchEnclave(),
            machine.cores(),
            machine.einit(),
            machine.epc(),
            new PagingReportMaker(driven.paging(), figures.machine(), driven.frames()).paging(),
            figures.partial() ? Boolean.TRUE : null);
    return new LivesResult(scenario, plan, report, figures.groups(), figures.machine().uses());
  }

  private List<LivesReport.Group> groups() {
    return figures.groups().stream().map(LivesReportMaker::group).toList();
  }

  private static LivesReport.Group group(LifeFigures group) {
    double fairness = group.fairness();
    return new LivesReport.Group(
        group.group(),
        lives(group),
        span(group.total()),
        new LivesReport.Parts(
            part(group, LifePart.CREATE),
            part(group, LifePart.INIT),
            part(group, LifePart.START),
            part(group, LifePart.RUN),
            part(group, LifePart.HOLD),
            part(group, LifePart.DESTROY)),
        group.touches(),
        Double.isNaN(fairness) ? null : rounded(fairness, 6),
        processes(group),
        shares(group.spent()));
  }

  /** What became of the lives of a group. */
  static LivesReport.Lives lives(LifeFigures group) {
    return new LivesReport.Lives(
        group.planned(), group.completed(), group.unfinished(), group.notBegun(), group.failed());
  }

  private static List<LivesReport.OfProcess> processes(LifeFigures group) {
    List<LivesReport.OfProcess> rows = new ArrayList<>();
    for (LifeFigures.OfProcess process : group.processes()) {
      double nanos = (double) process.totalNanos() / process.completed();
      Double mean = process.completed() == 0 ? null : (Double) micros(nanos);
      rows.add(new LivesReport.OfProcess(process.pid(), process.completed(), mean));
    }
    return rows;
  }

  private static LivesReport.Span part(LifeFigures group, LifePart part) {
    return span(group.parts().get(part));
  }

  private static LivesReport.Span span(Distribution distribution) {
    if (distribution.count() == 0) {
      return new LivesReport.Span(null, null, null, null, null);
    }
    return new LivesReport.Span(
        micros(distribution.meanNanos()),
        micros(distribution.minNanos()),
        micros(distribution.percentileNanos(50)),
        micros(distribution.percentileNanos(95)),
        micros(distribution.maxNanos()));
  }

  private static Map<String, Double> shares(Map<String, Long> spent) {
    double total = spent.values().stream().mapToLong(Long::longValue).sum();
    Map<String, Double> shares = new TreeMap<>();
    spent.forEach((what, nanos) -> shares.put(what, rounded(nanos / total, 6)));
    return shares;
  }
}
