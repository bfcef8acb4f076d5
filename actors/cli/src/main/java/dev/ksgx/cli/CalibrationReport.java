package dev.ksgx.cli;

import dev.ksgx.kernel.cost.Cost;
import dev.ksgx.load.calibrate.Calibration;
import dev.ksgx.load.report.TextPage;
import java.util.stream.Collectors;

/** What a calibration found, in 80 columns. */
final class CalibrationReport {
  private final Calibration calibration;
  private final String name;
  private final TextPage text = new TextPage(80);

  CalibrationReport(Calibration calibration, String name) {
    this.calibration = calibration;
    this.name = name;
  }

  String text() {
    text.line("model %s: cycles at %s GHz", name, calibration.ghz());
    if (calibration.probeNanos() > 0) {
      text.line("each traced duration less %.0f ns for its probe", calibration.probeNanos());
    }
    text.line("");
    text.line("%-18s%10s%14s%10s%10s", "measured", "samples", "median ns", "spread %", "misfit %");
    for (Calibration.Measured each : calibration.operations()) {
      text.line(
          "  %-16s%,10d%14.0f%10.1f%10.1f",
          each.operation(),
          each.samples(),
          each.medianNanos(),
          100 * each.spread(),
          100 * each.misfit());
    }
    text.line("");
    text.line("%-18s%10s%14s%14s%8s", "fitted", "cycles", "default", "ratio", "mark");
    for (Calibration.Figure figure : calibration.figures()) {
      text.line(
          "  %-16s%,10d%,14d%14.2f%8s",
          figure.cost().key(),
          figure.cycles(),
          figure.cost().cycles(),
          (double) figure.cycles() / figure.cost().cycles(),
          figure.provenance());
    }
    text.line("M measured by itself; D a share of a measured sum, divided as in the default");
    text.line("");
    calibration.refused().forEach(each -> text.wrapped("left out: " + each));
    text.wrapped(
        "not measured, as in p-cfl: "
            + calibration.notMeasured().stream().map(Cost::key).collect(Collectors.joining(", ")));
    return text.toString();
  }
}
