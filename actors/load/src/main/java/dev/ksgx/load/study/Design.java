package dev.ksgx.load.study;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import dev.ksgx.load.scenario.Scenario;
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
      if (!isOfLaunch(key)) {
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

  private static boolean isOfLaunch(String key) {
    return LAUNCH_AXIS.stream().anyMatch(axis -> key.equals(axis) || key.startsWith(axis + "."));
  }

  /**
   * Refuses a base in which the user says something that the design sets to something else: it
   * would have no effect here, and the report would say that it had.
   *
   * @throws ScenarioException naming the first such key, its place and what to do instead
   */
  public void checkKeepsWhatIsSaid(Scenario base) {
    Map<String, String> own = settings();
    for (Scenario.Setting said : base.said(own::containsKey)) {
      String value = said.value().replace("\"", "");
      if (!value.equals(own.get(said.key()))) {
        throw new ScenarioException(
            "%s: %s = %s: %s sets %s = %s itself; leave it out, or %s"
                .formatted(
                    said.origin(),
                    said.key(),
                    value,
                    name,
                    said.key(),
                    own.get(said.key()),
                    isOfLaunch(said.key())
                        ? "name a design file (.conf) that says it"
                        : "compare launch designs, for which what the base says stays"));
      }
    }
  }
}
