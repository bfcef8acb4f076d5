package dev.ksgx.cli;

import dev.ksgx.kernel.cost.Cost;
import dev.ksgx.load.calibrate.Calibration;
import java.util.Locale;
import java.util.stream.Collectors;

/** What a calibration found, in 80 columns. */
final class CalibrationReport {
  private static final int COLUMNS = 80;

  private final Calibration calibration;
  private final String name;
  private final StringBuilder text = new StringBuilder();

  CalibrationReport(Calibration calibration, String name) {
    this.calibration = calibration;
    this.name = name;
  }

  String text() {
    line("model %s: cycles at %s GHz", name, calibration.ghz());
    if (calibration.probeNanos() > 0) {
      line("each traced duration less %.0f ns for its probe", calibration.probeNanos());
    }
    line("");
    line("%-18s%10s%14s%10s%10s", "measured", "samples", "median ns", "spread %", "misfit %");
    for (Calibration.Measured each : calibration.operations()) {
      line(
          "  %-16s%,10d%14.0f%10.1f%10.1f",
          each.operation(),
          each.samples(),
          each.medianNanos(),
          100 * each.spread(),
          100 * each.misfit());
    }
    line("");
    line("%-18s%10s%14s%14s%8s", "fitted", "cycles", "default", "ratio", "mark");
    for (Calibration.Figure figure : calibration.figures()) {
      line(
          "  %-16s%,10d%,14d%14.2f%8s",
          figure.cost().key(),
          figure.cycles(),
          figure.cost().cycles(),
          (double) figure.cycles() / figure.cost().cycles(),
          figure.provenance());
    }
    line("M measured by itself; D a share of a measured sum, divided as in the default");
    line("");
    calibration.refused().forEach(each -> wrapped("left out: " + each));
    wrapped(
        "not measured, as in p-cfl: "
            + calibration.notMeasured().stream().map(Cost::key).collect(Collectors.joining(", ")));
    return text.toString();
  }

  private void line(String format, Object... arguments) {
    text.append(String.format(Locale.ROOT, format, arguments)).append('\n');
  }

  private void wrapped(String paragraph) {
    int column = 0;
    for (String word : paragraph.split(" ")) {
      if (column > 0 && column + 1 + word.length() > COLUMNS) {
        text.append("\n  ");
        column = 2;
      } else if (column > 0) {
        text.append(' ');
        column++;
      }
      text.append(word);
      column += word.length();
    }
    text.append('\n');
  }
}
