package dev.ksgx.load.report;

/** What a run leaves behind, whatever its load was. */
public sealed interface Outcome permits RunResult, LivesResult {
  /** The machine-readable result; its components are the fields of the JSON. */
  Record report();

  /** The report for people: plain text in 80 columns. */
  String summary();

  /** The durations as an HdrHistogram log. */
  String histogramLog();
}
