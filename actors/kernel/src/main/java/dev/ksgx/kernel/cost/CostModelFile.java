package dev.ksgx.kernel.cost;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigValue;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads measured cost models, as {@code ksgx calibrate} writes them: {@code name}, {@code ghz} and
 * {@code figures}, in which a cost's key leads to at least {@code cycles} and {@code provenance}.
 * What is not in it keeps the figure of the reference profile.
 */
public final class CostModelFile {
  private static final List<String> KEYS =
      List.of("name", "ghz", "trace", "figures", "not-measured", "left-out");

  private static final List<String> FIGURE_KEYS =
      List.of("cycles", "provenance", "samples", "median-nanos", "spread-nanos", "from");

  private final Path file;

  private CostModelFile(Path file) {
    this.file = file;
  }

  /**
   * The model in {@code file}, with the jitter of the reference profile.
   *
   * @throws IllegalArgumentException with one line: file and line, what is there, what would be
   *     right
   */
  public static CostModel read(Path file) {
    return new CostModelFile(file).read();
  }

  private CostModel read() {
    if (!Files.isRegularFile(file)) {
      throw new IllegalArgumentException(file + ": no such file, expected a cost model");
    }
    try {
      Config config =
          ConfigFactory.parseFile(
                  file.toFile(), ConfigParseOptions.defaults().setAllowMissing(false))
              .resolve(ConfigResolveOptions.noSystem());
      check(config.root(), KEYS);
      CostModel model = CostModel.pCfl().named(config.getString("name"));
      if (!(config.getDouble("ghz") > 0)) {
        throw refused(config.getValue("ghz"), "ghz", "above 0");
      }
      Map<String, ConfigValue> figures = new TreeMap<>(config.getObject("figures"));
      for (Map.Entry<String, ConfigValue> entry : figures.entrySet()) {
        model = with(model, entry.getKey(), entry.getValue());
      }
      return model;
    } catch (ConfigException e) {
      throw new IllegalArgumentException(oneLine(e.getMessage()), e);
    }
  }

  private CostModel with(CostModel model, String key, ConfigValue value) {
    Cost cost =
        Arrays.stream(Cost.values())
            .filter(each -> each.key().equals(key))
            .findFirst()
            .orElseThrow(() -> refused(value, key, "the name of a cost"));
    if (!(value instanceof ConfigObject figure)) {
      throw refused(value, key, "a group with cycles and provenance");
    }
    check(figure, FIGURE_KEYS);
    long cycles = figure.toConfig().getLong("cycles");
    String mark = figure.toConfig().getString("provenance");
    if (cycles < 0 || cycles > Integer.MAX_VALUE) {
      throw refused(figure.get("cycles"), key + ".cycles", "0 to " + Integer.MAX_VALUE);
    }
    if (mark.length() != 1 || "MSDRJ".indexOf(mark.charAt(0)) < 0) {
      throw refused(figure.get("provenance"), key + ".provenance", "one of M, S, D, R, J");
    }
    return model.with(cost, cycles).marked(cost, mark.charAt(0));
  }

  private void check(ConfigObject object, List<String> known) {
    for (String key : new TreeMap<>(object).keySet()) {
      if (!known.contains(key)) {
        throw new IllegalArgumentException(
            place(object.get(key))
                + "unknown key "
                + key
                + ", expected one of "
                + String.join(", ", known));
      }
    }
  }

  private IllegalArgumentException refused(ConfigValue value, String key, String right) {
    return new IllegalArgumentException(
        place(value) + key + " = " + value.unwrapped() + ", expected " + right);
  }

  private String place(ConfigValue value) {
    return file + ":" + value.origin().lineNumber() + ": ";
  }

  private static String oneLine(String message) {
    return message.replaceAll("\\s*[\\r\\n]+\\s*", " ");
  }
}
