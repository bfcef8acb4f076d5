package dev.ksgx.load.study;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A report of two designs at one point, made up. */
final class SampleStudy {
  private SampleStudy() {}

  static StudyReport report(double meanMicros, double halfWidth) {
    return report(meanMicros, halfWidth, 5);
  }

  /** The same, so many of v5's launches failed beside 1,000 that did not. */
  static StudyReport report(double meanMicros, double halfWidth, long failed) {
    Map<String, String> at = new TreeMap<>(Map.of("load", "0.4"));
    StudyReport.Latency latency =
        new StudyReport.Latency(
            new Estimate(meanMicros, halfWidth), new Estimate(100, 2.0), null, null, null, null);
    StudyReport.Einit einit = new StudyReport.Einit(1, 0.001, 60, 4);
    StudyReport.Point v5 =
        new StudyReport.Point(
            "v5",
            at,
            5,
            1000,
            false,
            "launch-enclave",
            0.41,
            new Estimate(1100, 9.0),
            new Estimate(1000, 10.0),
            latency,
            List.of(List.of(90.0, 0.5), List.of(130.0, 1.0)),
            List.of(new StudyReport.Slice(0, 1000, 100.0, null)),
            new TreeMap<>(Map.of("late start", 20.0, "serve:core", 100.0)),
            List.of(
                new StudyReport.Slow(0, 17, 0.25, 130, new TreeMap<>(Map.of("late start", 130.0)))),
            failed == 0 ? new TreeMap<>() : new TreeMap<>(Map.of("-EIO", failed)),
            einit);
    StudyReport.Point direct =
        new StudyReport.Point(
            "direct",
            at,
            5,
            1000,
            true,
            "cores",
            0.99,
            new Estimate(1100, 9.0),
            new Estimate(900, 10.0),
            null,
            List.of(),
            List.of(),
            new TreeMap<>(Map.of("serve:core", 900.0)),
            List.of(),
            new TreeMap<>(),
            einit);
    return new StudyReport(
        1,
        "made up",
        "ksgx compare",
        "1.0",
        1,
        5,
        List.of(
            new StudyReport.Design(
                "v5", "one", new TreeMap<>(Map.of("kernel.launch", "kernel-le"))),
            new StudyReport.Design("direct", "two", new TreeMap<>())),
        List.of(new StudyReport.Axis("load", List.of("0.4"))),
        List.of(v5, direct),
        List.of(new StudyReport.Pair("direct", at, "achieved", new Estimate(-100, 12.0), true)),
        List.of(new StudyReport.Lead("v5", at, "mean", List.of())),
        List.of(new StudyReport.Cost("einit", 88_000, "R", "costs.md 2", false)),
        new TreeMap<>(Map.of("machine.cores", "4")));
  }
}
