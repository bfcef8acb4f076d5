package dev.ksgx.load.study;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import dev.ksgx.load.scenario.ScenarioException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One of the things that are compared: keys of the driver, set in the base scenario.
 *
 * @param name unique in a study
 * @param description one line
 * @param keys what it sets
 */
public record Design(String name, String description, Config keys) {
  /** What a design may set where one base is compared along the launch axis alone. */
  private static final List<String> LAUNCH_AXIS =
      List.of(
          "kernel.launch",
          "kernel.hash-source",
          "kernel.msr",
          "kernel.token-from-user",
          "kernel.kernel-le",
          "kernel.user-le");

  /** A design from lines of HOCON. */
  static Design of(String name, String description, String keys) {
    return new Design(name, description, ConfigFactory.parseString(keys));
  }

  /** What it sets, sorted by key, values as a scenario writes them. */
  public Map<String, String> settings() {
    Map<String, String> settings = new TreeMap<>();
    for (Map.Entry<String, ConfigValue> entry : keys.entrySet()) {
      settings.put(
          String.join(".", ConfigUtil.splitPath(entry.getKey())),
          entry.getValue().render(ConfigRenderOptions.concise()).replace("\"", ""));
    }
    return settings;
  }

  /**
   * Refuses a design that sets more than who makes tokens, whose hash is in the MSRs and when they
   * are written: with anything else two things would vary at once.
   *
   * @throws ScenarioException naming the first such key
   */
  public void checkVariesLaunchAlone() {
    for (String key : settings().keySet()) {
      if (LAUNCH_AXIS.stream().noneMatch(axis -> key.equals(axis) || key.startsWith(axis + "."))) {
        throw new ScenarioException(
            "design "
                + name
                + " sets "
                + key
                + "; where designs are compared on one base only "
                + String.join(", ", LAUNCH_AXIS)
                + " may vary; set it in the scenario, or use --presets or --ablate");
      }
    }
  }
}
