package dev.ksgx.load.scenario;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import dev.ksgx.kernel.config.KernelConfig;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What is run: machine, kernel and load, every value checked.
 *
 * @param name the embedded scenario's name or the file's path
 * @param description one line
 * @param config the effective configuration: {@code machine}, {@code kernel}, {@code load}
 * @param kernel machine and driver in it
 * @param load the launches in it, and what lives beside them; where lives are asked for, only its
 *     seed means anything
 * @param lives the lives in it, if it asks for nothing else; empty if it asks for launches
 */
public record Scenario(
    String name,
    String description,
    Config config,
    KernelConfig kernel,
    LoadPlan load,
    Optional<LivesPlan> lives) {
  /** Origin of a value that the scenario leaves as the reference has it. */
  public static final String REFERENCE = "reference";

  /**
   * One effective value.
   *
   * @param key full key, as a scenario writes it
   * @param value as a scenario writes it
   * @param origin {@code file:line}, {@link #REFERENCE} or {@code command line}
   */
  public record Setting(String key, String value, String origin) {}

  /** The same with another seed. */
  public Scenario withSeed(long seed) {
    return withLoad(
        config.withValue("load.seed", ConfigValueFactory.fromAnyRef(seed, Scenarios.COMMAND_LINE)));
  }

  /** The same launches from boot on: what was warm-up is measured too. */
  public Scenario withoutWarmUp() {
    Config cold = config.withValue("load.warm-up", ConfigValueFactory.fromAnyRef("0 ms"));
    if (load.length() instanceof RunLength.Time) {
      String length = load.endNanos() + " ns";
      cold = cold.withValue("load.length", ConfigValueFactory.fromAnyRef(length));
    }
    return withLoad(cold);
  }

  /** Whether a key could have this value in it, all others as they are. */
  public boolean accepts(String key, double value) {
    try {
      Config other = config.withValue(key, ConfigValueFactory.fromAnyRef(value));
      LoadPlan.from(other);
      Scenarios.kernel(other);
      return true;
    } catch (ScenarioException | ConfigException e) {
      return false;
    }
  }

  private Scenario withLoad(Config other) {
    return new Scenario(name, description, other, kernel, LoadPlan.from(other), lives);
  }

  /** Whether its driver has one launch enclave or none, whatever the load says of their signers. */
  public boolean isWithoutLeSigners() {
    return load.leSigners() > 1 && kernel.launch().userLe().signers() == 1;
  }

  /** Virtual time at which the run ends by itself; 0 if nobody knows. */
  public long endNanos() {
    return lives.isPresent() ? lives.get().lengthNanos() : load.endNanos();
  }

  /** Every value with its origin, sorted by key. */
  public List<Setting> settings() {
    return settings(key -> true, value -> true);
  }

  /** Those of them that a user says: in files of their own, or setting by setting. */
  public List<Setting> said(Predicate<String> keys) {
    return settings(keys, value -> KeyCheck.isSaid(value.origin()));
  }

  private List<Setting> settings(Predicate<String> keys, Predicate<ConfigValue> values) {
    List<Setting> settings = new ArrayList<>();
    for (Map.Entry<String, ConfigValue> entry : config.entrySet()) {
      ConfigValue value = entry.getValue();
      String key = String.join(".", ConfigUtil.splitPath(entry.getKey()));
      if (keys.test(key) && values.test(value)) {
        settings.add(
            new Setting(
                key, value.render(ConfigRenderOptions.concise()), KeyCheck.origin(value.origin())));
      }
    }
    settings.sort(Comparator.comparing(Setting::key));
    return settings;
  }
}
