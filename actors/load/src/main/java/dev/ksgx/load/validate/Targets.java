package dev.ksgx.load.validate;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import java.util.List;
import java.util.Locale;

/** Reads the published figures, {@code validation/targets.conf}. */
final class Targets {
  private static final String RESOURCE = "dev/ksgx/load/validation/targets.conf";

  private Targets() {}

  /** All of them, in the order of costs.md 3. */
  static List<Target> all() {
    Config config =
        ConfigFactory.parseResources(
            Targets.class.getClassLoader(),
            RESOURCE,
            ConfigParseOptions.defaults().setAllowMissing(false));
    return config.getConfigList("targets").stream().<Target>map(Targets::target).toList();
  }

  private static Target target(Config row) {
    return new Target(
        row.getString("id"),
        row.getString("what"),
        row.getString("scenario"),
        row.hasPath("over") ? row.getString("over") : "",
        row.getString("figure"),
        row.getString("unit"),
        row.getDouble("published"),
        bounds(row),
        row.getBoolean("fitted"));
  }

  private static Target.Bounds bounds(Config row) {
    double published = row.getDouble("published");
    if (row.hasPath("within")) {
      double share = row.getDouble("within");
      return new Target.Bounds(
          published * (1 - share),
          published * (1 + share),
          String.format(Locale.ROOT, "%.0f %%", 100 * share));
    }
    if (row.hasPath("factor")) {
      double factor = row.getDouble("factor");
      return new Target.Bounds(
          published / factor, published * factor, String.format(Locale.ROOT, "x%.0f", factor));
    }
    if (row.hasPath("accept")) {
      List<String> ends = row.getStringList("accept");
      List<Double> values = row.getDoubleList("accept");
      return new Target.Bounds(
          values.get(0),
          values.get(1),
          ends.get(0).equals(ends.get(1)) ? "exactly" : ends.get(0) + "-" + ends.get(1));
    }
    return null;
  }
}
