package dev.ksgx.load.study;

import com.typesafe.config.ConfigObject;
import dev.ksgx.kernel.cost.Cost;
import dev.ksgx.kernel.cost.CostModel;
import dev.ksgx.load.report.Version;
import dev.ksgx.load.scenario.Scenario;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes the report of a study. It holds nothing that differs between two makings. */
final class ReportBuilder {
  private static final int FORMAT = 1;

  private final StudyResult result;
  private final StudyPlan plan;

  ReportBuilder(StudyResult result) {
    this.result = result;
    this.plan = result.plan();
  }

  StudyReport report() {
    List<StudyReport.Point> points = new ArrayList<>();
    List<StudyReport.Pair> pairs = new ArrayList<>();
    List<StudyReport.Lead> leads = new ArrayList<>();
    int group = plan.designs().size();
    for (int from = 0; from < plan.points().size(); from += group) {
      List<PointPlan> plans = new ArrayList<>();
      List<PointMaker> makers = new ArrayList<>();
      for (int i = from; i < from + group; i++) {
        if (!result.replications().get(i).isEmpty()) {
          plans.add(plan.points().get(i));
          makers.add(new PointMaker(result.replications().get(i)));
          points.add(makers.get(makers.size() - 1).point(plan.points().get(i)));
        }
      }
      Leads.of(plans, makers).ifPresent(leads::add);
      boolean hasReference = !result.replications().get(from).isEmpty();
      if (hasReference) {
        pairs.addAll(Pairs.of(plans, makers));
      }
    }
    return new StudyReport(
        FORMAT,
        title(),
        plan.command(),
        Version.running(),
        plan.seed(),
        result.replications().stream().mapToInt(List::size).max().orElse(0),
        plan.designs().stream()
            .map(each -> new StudyReport.Design(each.name(), each.description(), each.settings()))
            .toList(),
        plan.axes(),
        points,
        pairs,
        leads,
        costs(),
        scenario());
  }

  private String title() {
    return result.partial() ? plan.title() + " (PARTIAL: stopped before its end)" : plan.title();
  }

  private List<StudyReport.Cost> costs() {
    CostModel costs = plan.base().kernel().costs();
    ConfigObject overrides = plan.base().config().getObject("machine.costs.overrides");
    return Arrays.stream(Cost.values())
        .map(
            cost ->
                new StudyReport.Cost(
                    cost.key(),
                    costs.cycles(cost),
                    String.valueOf(costs.provenance(cost)),
                    cost.source(),
                    overrides.containsKey(cost.key())))
        .toList();
  }

  private Map<String, String> scenario() {
    Map<String, String> keys = new LinkedHashMap<>();
    for (Scenario.Setting setting : plan.base().settings()) {
      keys.put(setting.key(), setting.value().replace("\"", ""));
    }
    return keys;
  }
}
