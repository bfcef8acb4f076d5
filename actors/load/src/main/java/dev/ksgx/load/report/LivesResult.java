package dev.ksgx.load.report;

import dev.ksgx.load.scenario.LivesPlan;
import dev.ksgx.load.scenario.Scenario;
import dev.ksgx.load.statistics.LifeFigures;
import dev.ksgx.load.statistics.Use;
import java.util.List;

/**
 * Everything a run of lives leaves behind.
 *
 * @param scenario what was run
 * @param plan the lives in it
 * @param report the machine-readable result
 * @param groups figures of each group, in the order of the plan
 * @param uses use of every resource
 */
public record LivesResult(
    Scenario scenario, LivesPlan plan, LivesReport report, List<LifeFigures> groups, List<Use> uses)
    implements Outcome {
  @Override
  public String summary() {
    return LivesSummary.of(this);
  }

  @Override
  public String histogramLog() {
    return HistogramLog.of(this);
  }
}
