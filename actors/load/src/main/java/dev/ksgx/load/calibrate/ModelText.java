package dev.ksgx.load.calibrate;

import dev.ksgx.kernel.cost.Cost;
import java.util.Locale;
import java.util.stream.Collectors;

/** A calibration as the file that a scenario names in {@code machine.costs.model}. */
public final class ModelText {
  private final StringBuilder text = new StringBuilder();

  private ModelText() {}

  /**
   * HOCON, each line ended by a line feed.
   *
   * @param name of the model
   * @param trace the file that was read, without its folders
   */
  public static String of(Calibration calibration, String name, String trace) {
    return new ModelText().write(calibration, name, trace);
  }

  private String write(Calibration calibration, String name, String trace) {
    line("# Cost model fitted to %s by `ksgx calibrate`. A scenario uses it by", trace);
    line("#   machine { ghz = %s, costs.model = \"(this file)\" }", number(calibration.ghz()));
    line("# provenance: M measured by itself, D its share of a measured sum, divided as in p-cfl.");
    line("# Costs that are not named here are those of p-cfl.");
    line("name = %s", quoted(name));
    line("ghz = %s", number(calibration.ghz()));
    line("trace = %s", quoted(trace));
    line("figures {");
    for (Calibration.Figure figure : calibration.figures()) {
      line(
          "  %s { cycles = %d, provenance = %s, samples = %d, median-nanos = %s, spread-nanos = %s,"
              + " from = [%s] }",
          figure.cost().key(),
          figure.cycles(),
          figure.provenance(),
          figure.samples(),
          tenths(figure.medianNanos()),
          tenths(figure.spreadNanos()),
          String.join(", ", figure.from()));
    }
    line("}");
    line(
        "not-measured = [%s]",
        calibration.notMeasured().stream().map(Cost::key).collect(Collectors.joining(", ")));
    line(
        "left-out = [%s]",
        calibration.refused().stream().map(ModelText::quoted).collect(Collectors.joining(", ")));
    return text.toString();
  }

  private static String quoted(String plain) {
    return com.typesafe.config.ConfigUtil.quoteString(plain);
  }

  private static String number(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }

  private static String tenths(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }

  private void line(String format, Object... arguments) {
    text.append(String.format(Locale.ROOT, format, arguments)).append('\n');
  }
}
