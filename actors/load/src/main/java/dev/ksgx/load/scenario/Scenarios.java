package dev.ksgx.load.scenario;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigOriginFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.KernelConfigReader;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds, reads and checks scenarios. What applies, strongest first: the seed, the settings given
 * one by one, the scenario, the reference. Neither environment nor system properties are looked at.
 */
public final class Scenarios {
  /** The scenario that is run when none is named. */
  public static final String DEFAULT = "launch-storm";

  /**
   * The scenario that is run when none is named and enclaves of unknown size are given: a closed
   * loop, since no rate fits them all.
   */
  public static final String GIVEN_ENCLAVES = "given-enclaves";

  /** The machine and load that designs are compared on when no scenario is named. */
  public static final String COMPARISON = "comparison";

  /** Before the names of the scenarios that {@code ksgx validate} runs. */
  public static final String VALIDATION = "validation/";

  private static final List<String> EMBEDDED =
      List.of(
          DEFAULT,
          "launch-storm-75",
          "closed-loop",
          "synchronous-adds",
          "interrupt-storm",
          "several-vendors",
          GIVEN_ENCLAVES,
          COMPARISON,
          "argument",
          "sdk-heap-80mb",
          "sdk-heap-1gb",
          "graphene-256mb",
          "hot-and-cold",
          "launches-under-pressure",
          "storm-under-overcommit",
          "overcommit");

  private static final List<String> KEYS_OF_LIVES =
      List.of("kind", "seed", "length", "groups", "group-defaults");

  private static final List<String> ROOTS = List.of("description", "machine", "kernel", "load");

  /** Where everything embedded is, on the class path. */
  static final String ROOT = "dev/ksgx/load/";

  /** Where the embedded scenarios are, on the class path. */
  private static final String FOLDER = ROOT + "scenarios/";

  /** How the kernel's reader refuses a value: the key, and what it expected. */
  private static final Pattern BAD_VALUE =
      Pattern.compile("Invalid value at '([^']+)': is .*?, expected (.*)$");

  /** Origin of a setting given one by one. */
  static final String COMMAND_LINE = "command line";

  private Scenarios() {}

  /** Names of the embedded scenarios with the line that describes each, the default first. */
  public static Map<String, String> embedded() {
    Map<String, String> described = new LinkedHashMap<>();
    for (String name : EMBEDDED) {
      described.put(name, read(name).getString("description"));
    }
    return described;
  }

  /**
   * The scenario for enclaves that are given, where the user named none: {@link #GIVEN_ENCLAVES},
   * or {@link #DEFAULT} if the settings plan an open loop by {@code load.rate} or {@code
   * load.arrivals}.
   *
   * @throws ScenarioException if a setting cannot be read
   */
  public static String forGivenEnclaves(List<String> settings) {
    try {
      boolean planned =
          settings.stream()
              .map(Scenarios::parseSetting)
              .anyMatch(given -> given.hasPath("load.rate") || given.hasPath("load.arrivals"));
      return planned ? DEFAULT : GIVEN_ENCLAVES;
    } catch (ConfigException e) {
      throw new ScenarioException(placed(oneLine(e.getMessage())), e);
    }
  }

  /**
   * Reads a scenario.
   *
   * @param nameOrPath an embedded scenario's name or a file's path
   * @param settings {@code key=value}, later ones win
   * @param seed replaces the scenario's seed
   * @throws ScenarioException with one line if anything about it is wrong
   */
  public static Scenario load(String nameOrPath, List<String> settings, OptionalLong seed) {
    return load(nameOrPath, ConfigFactory.empty(), settings, ConfigFactory.empty(), seed, false);
  }

  /**
   * Reads a scenario between two layers of a comparison.
   *
   * @param nameOrPath an embedded scenario's name or a file's path
   * @param under holds where neither the scenario nor a setting says anything
   * @param settings {@code key=value}, later ones win
   * @param over holds whatever they say
   * @param seed replaces the scenario's seed
   * @throws ScenarioException with one line if anything about it is wrong
   */
  public static Scenario load(
      String nameOrPath, Config under, List<String> settings, Config over, OptionalLong seed) {
    return load(nameOrPath, under, settings, over, seed, true);
  }

  private static Scenario load(
      String nameOrPath,
      Config under,
      List<String> settings,
      Config over,
      OptionalLong seed,
      boolean compared) {
    try {
      Config reference = reference();
      Config base = read(nameOrPath).withFallback(under);
      Config set = ConfigFactory.empty();
      for (String setting : settings) {
        set = parseSetting(setting).withFallback(set);
      }
      Config given = over.withFallback(set).withFallback(base);
      if (seed.isPresent()) {
        ConfigValue value = ConfigValueFactory.fromAnyRef(seed.getAsLong(), COMMAND_LINE);
        given = given.withValue("load.seed", value);
      }
      given = given.resolve(ConfigResolveOptions.noSystem());
      new KeyCheck(reference.root()).check(given.root());
      Config effective = LivesPlan.completed(given.withFallback(reference));
      boolean lives = LivesPlan.isAskedFor(effective);
      refuseKeysWithoutEffect(given, lives);
      LoadPlan plan = LoadPlan.from(effective);
      List<Config> layers = resolved(given, over, set, base);
      IdleKeys.refuse(layers, effective);
      KernelConfig kernel = kernel(effective);
      if (!compared) {
        LaunchKeys.refuse(layers, kernel.launch());
      }
      return new Scenario(
          nameOrPath,
          effective.getString("description"),
          effective,
          LeSigners.applied(new Values(effective, "load"), plan, kernel, compared),
          plan,
          lives ? Optional.of(LivesPlan.from(effective)) : Optional.empty());
    } catch (ConfigException e) {
      throw new ScenarioException(placed(oneLine(e.getMessage())), e);
    }
  }

  private static List<Config> resolved(Config given, Config... layers) {
    return Arrays.stream(layers)
        .map(layer -> layer.resolveWith(given, ConfigResolveOptions.noSystem()))
        .toList();
  }

  /** A key without an effect would give a result for another question. */
  private static void refuseKeysWithoutEffect(Config given, boolean lives) {
    if (!given.hasPath("load")) {
      return;
    }
    boolean noGroup =
        !given.hasPath(LivesPlan.GROUPS) || given.getObject(LivesPlan.GROUPS).isEmpty();
    for (Map.Entry<String, ConfigValue> entry : given.getObject("load").entrySet()) {
      String key = entry.getKey();
      boolean unused =
          lives ? !KEYS_OF_LIVES.contains(key) : key.equals("group-defaults") && noGroup;
      if (unused) {
        throw new ScenarioException(
            KeyCheck.place(entry.getValue())
                + "load."
                + key
                + ": has no meaning "
                + (lives ? "with load.kind = lives" : "without a group in load.groups"));
      }
    }
  }

  /** A message of the configuration library, its place written as this module writes places. */
  private static String placed(String message) {
    return message
        .replaceFirst("^(.*?): (\\d+): ", "$1:$2: ")
        .replaceFirst("^" + COMMAND_LINE + ":1: ", COMMAND_LINE + ": ");
  }

  /** Machine and driver; a refusal is put as this module puts its own. */
  static KernelConfig kernel(Config effective) {
    try {
      return KernelConfigReader.read(
          effective, key -> KeyCheck.folder(effective.getValue(key).origin()));
    } catch (ConfigException.BadValue e) {
      Matcher bad = BAD_VALUE.matcher(oneLine(e.getMessage()));
      if (!bad.find() || !effective.hasPath(bad.group(1))) {
        throw e;
      }
      ConfigValue value = effective.getValue(bad.group(1));
      throw new ScenarioException(
          KeyCheck.place(value)
              + bad.group(1)
              + " = "
              + KeyCheck.show(value)
              + ": must be "
              + bad.group(2),
          e);
    }
  }

  /** The reference of every module, without the leading {@code ksgx}. */
  static Config reference() {
    Config all = ConfigFactory.parseResources(Scenarios.class.getClassLoader(), "reference.conf");
    Config ksgx =
        all.withOnlyPath("ksgx").resolve(ConfigResolveOptions.noSystem()).getConfig("ksgx");
    Config ours = ConfigFactory.empty();
    for (String root : ROOTS) {
      ours = ksgx.withOnlyPath(root).withFallback(ours);
    }
    Map<String, ConfigValue> marked = new LinkedHashMap<>();
    ours.entrySet().forEach(entry -> marked.put(entry.getKey(), entry.getValue()));
    for (Map.Entry<String, ConfigValue> entry : marked.entrySet()) {
      ours =
          ours.withValue(
              entry.getKey(),
              entry.getValue().withOrigin(ConfigOriginFactory.newSimple(Scenario.REFERENCE)));
    }
    return ours;
  }

  /** Whether a scenario of that name is embedded. */
  static boolean isEmbedded(String name) {
    return EMBEDDED.contains(name) || isValidation(name);
  }

  private static Config read(String nameOrPath) {
    ConfigParseOptions strict = ConfigParseOptions.defaults().setAllowMissing(false);
    if (EMBEDDED.contains(nameOrPath)) {
      return ConfigFactory.parseResources(
          Scenarios.class.getClassLoader(),
          FOLDER + nameOrPath + ".conf",
          strict.setOriginDescription(nameOrPath));
    }
    if (isValidation(nameOrPath)) {
      return ConfigFactory.parseResources(
          Scenarios.class.getClassLoader(),
          ROOT + nameOrPath + ".conf",
          strict.setOriginDescription(nameOrPath));
    }
    Path path;
    try {
      path = Path.of(nameOrPath);
    } catch (InvalidPathException e) {
      throw new ScenarioException(nameOrPath + ": is not a path: " + oneLine(e.getReason()), e);
    }
    if (!Files.isRegularFile(path)) {
      throw new ScenarioException(
          nameOrPath
              + ": is neither a file nor one of the embedded scenarios "
              + String.join(", ", EMBEDDED));
    }
    if (!Files.isReadable(path)) {
      throw new ScenarioException(nameOrPath + ": cannot be read; check its permissions");
    }
    return ConfigFactory.parseFile(path.toFile(), strict.setOriginDescription(nameOrPath));
  }

  private static boolean isValidation(String name) {
    return name.startsWith(VALIDATION)
        && Scenarios.class.getClassLoader().getResource(ROOT + name + ".conf") != null;
  }

  private static Config parseSetting(String setting) {
    int equals = setting.indexOf('=');
    if (equals < 1) {
      throw new ScenarioException(
          COMMAND_LINE + ": --set " + setting + ": must be key=value, such as load.rate=500");
    }
    return ConfigFactory.parseString(
        setting, ConfigParseOptions.defaults().setOriginDescription(COMMAND_LINE));
  }

  /** A message of the configuration library as one line. */
  public static String oneLine(String message) {
    return message == null ? "unreadable" : message.replaceAll("\\s*[\\r\\n]+\\s*", " ");
  }
}
