package dev.ksgx.load.study;

import java.util.List;

/**
 * What the runs of a study left behind.
 *
 * @param replications of each point of the plan, in its order; a point of a study that was stopped
 *     may have none
 * @param partial the study was stopped before its end
 */
public record StudyResult(StudyPlan plan, List<List<Replication>> replications, boolean partial) {

  /** The machine-readable result. */
  public StudyReport report() {
    return new ReportBuilder(this).report();
  }

  /** The latencies as an HdrHistogram log. */
  public String histogramLog() {
    return StudyHistograms.of(this);
  }

  /** Runs that count. */
  public int runs() {
    return replications.stream().mapToInt(List::size).sum();
  }
}
