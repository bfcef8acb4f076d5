package dev.ksgx.kernel.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigValueType;
import dev.ksgx.hardware.cpu.MachineConfig;
import dev.ksgx.hardware.epc.Epc;
import dev.ksgx.kernel.cost.Cost;
import dev.ksgx.kernel.cost.CostModel;
import dev.ksgx.kernel.cost.CostModelFile;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Reads a {@link KernelConfig} from the sections {@code machine} and {@code kernel} of HOCON. */
public final class KernelConfigReader {
  private static final int MAX_CORES = 4096;

  private final Config config;
  private final Function<String, Path> folders;

  private KernelConfigReader(Config config, Function<String, Path> folders) {
    this.config = config;
    this.folders = folders;
  }

  /**
   * @param config has {@code machine} and {@code kernel} at its root, every key of the reference
   *     configuration set
   * @throws ConfigException.BadValue with the key, its value and what would be right
   */
  public static KernelConfig read(Config config) {
    return read(config, key -> Path.of(""));
  }

  /**
   * @param config has {@code machine} and {@code kernel} at its root, every key of the reference
   *     configuration set
   * @param folders by the key that names a file (a cost model, a white list), where its path begins
   *     if it is relative
   * @throws ConfigException.BadValue with the key, its value and what would be right
   */
  public static KernelConfig read(Config config, Function<String, Path> folders) {
    return new KernelConfigReader(config, folders).read();
  }

  private KernelConfig read() {
    Preset preset = choice("kernel.preset", Preset.values(), Preset::key);
    KernelConfig kernel =
        withInterrupts(
                KernelConfig.preset(preset)
                    .withMachine(machine())
                    .withInterrupts(0, 0)
                    .withGhz(positive("machine.ghz"))
                    .withCosts(costs()))
            .withBugs(bugs(preset))
            .withScheduling(
                choice("kernel.scheduling", Scheduling.values(), Scheduling::key),
                nanos("kernel.slice", 1));
    Paging paging =
        new Paging(
            axis("kernel.reclaim", Reclaim.values(), Reclaim::key, preset.paging().reclaim()),
            axis("kernel.pte", PteTiming.values(), PteTiming::key, preset.paging().pte()),
            onOff("kernel.va-eviction"),
            choice("kernel.le-pages", LePages.values(), LePages::key));
    return kernel
        .withLaunch(LaunchDesignReader.read(this, preset))
        .withAdd(axis("kernel.add", AddMode.values(), AddMode::key, preset.add()))
        .withPaging(paging)
        .withIoctls(
            axis("kernel.ioctls", IoctlGeneration.values(), IoctlGeneration::key, preset.ioctls()))
        .withMigration(migration(kernel.scheduling()));
  }

  private double migration(Scheduling scheduling) {
    double probability = notNegative("kernel.migration");
    if (probability > 1) {
      throw bad("kernel.migration", "a probability, at most 1");
    }
    if (probability > 0 && scheduling == Scheduling.PINNED) {
      throw bad("kernel.migration", "0, because with kernel.scheduling = pinned no task moves");
    }
    return probability;
  }

  /** A choice that may be left to the preset. */
  <T> T axis(String key, T[] values, Function<T, String> name, T ofPreset) {
    if (isPreset(key)) {
      return ofPreset;
    }
    if (Arrays.stream(values).noneMatch(value -> name.apply(value).equals(config.getString(key)))) {
      throw bad(key, names(values, name) + ", preset");
    }
    return choice(key, values, name);
  }

  /** Whether a choice is left to the preset. */
  boolean isPreset(String key) {
    return text(key).equals("preset");
  }

  String text(String key) {
    return config.getString(key);
  }

  /** The file that a key names. */
  Path file(String key) {
    return folders.apply(key).resolve(text(key));
  }

  /** A time of at least {@code least} ns. */
  long nanos(String key, long least) {
    long nanos = config.getDuration(key).toNanos();
    if (nanos < least) {
      throw bad(key, least == 0 ? "a time, 0 s or more" : "a time above 0, such as 3 ms");
    }
    return nanos;
  }

  /** HOCON reads on and off as booleans, and as text where they are quoted. */
  boolean onOff(String key) {
    return switch (config.getString(key)) {
      case "on", "true" -> true;
      case "off", "false" -> false;
      default -> throw bad(key, "on or off");
    };
  }

  private KernelConfig withInterrupts(KernelConfig kernel) {
    String devices = "machine.device-interrupts-per-second";
    try {
      return kernel
          .withInterrupts(whole("machine.timer-hz", 0, 1_000_000), notNegative(devices))
          .withInterruptBursts(bursts());
    } catch (IllegalArgumentException e) {
      throw bad(devices, "less (with machine.timer-hz): " + e.getMessage());
    }
  }

  private InterruptBursts bursts() {
    String off = "machine.interrupt-bursts.off";
    if (nanos(off, 0) > 0 && notNegative("machine.device-interrupts-per-second") == 0) {
      throw bad(off, "0 ms where machine.device-interrupts-per-second = 0");
    }
    return new InterruptBursts(nanos("machine.interrupt-bursts.on", 1), nanos(off, 0));
  }

  private MachineConfig machine() {
    double mib = positive("machine.epc-mib");
    long bytes = Math.round(mib * (1 << 20));
    if (bytes % Epc.PAGE_BYTES != 0 || bytes > Epc.MAX_BYTES) {
      throw bad("machine.epc-mib", "a multiple of 4 KiB, at most 512 GiB");
    }
    MachineConfig.Builder machine =
        MachineConfig.builder().processors(whole("machine.cores", 1, MAX_CORES)).epcBytes(bytes);
    String lock = config.getString("machine.launch-control");
    if (lock.equals("locked")) {
      machine.launchControlLocked();
    } else if (!lock.equals("unlocked")) {
      throw bad("machine.launch-control", "unlocked or locked");
    }
    return machine.build();
  }

  private CostModel costs() {
    double jitter = notNegative("machine.costs.jitter");
    if (jitter >= 1) {
      throw bad("machine.costs.jitter", "below 1");
    }
    CostModel costs = model().jitter(jitter);
    String overrides = "machine.costs.overrides";
    for (String key : keysOf(overrides)) {
      String path = overrides + "." + key;
      costs = costs.with(cost(path, key), whole(path, 0, Integer.MAX_VALUE));
    }
    String effective = "machine.effective-ghz";
    for (String key : keysOf(effective)) {
      String path = effective + "." + key;
      costs = costs.withGhz(cost(path, key), positive(path));
    }
    return costs;
  }

  private CostModel model() {
    String key = "machine.costs.model";
    if (text(key).equals("p-cfl")) {
      return CostModel.pCfl();
    }
    try {
      return CostModelFile.read(file(key));
    } catch (IllegalArgumentException e) {
      throw bad(key, "p-cfl or the file of a measured model: " + e.getMessage());
    }
  }

  private List<String> keysOf(String section) {
    return config.getConfig(section).root().keySet().stream().sorted().toList();
  }

  private Cost cost(String path, String name) {
    return Arrays.stream(Cost.values())
        .filter(each -> each.key().equals(name))
        .findFirst()
        .orElseThrow(() -> bad(path, "the name of a cost: " + names(Cost.values(), Cost::key)));
  }

  private Bugs bugs(Preset preset) {
    String key = "kernel.bugs";
    if (config.getValue(key).valueType() == ConfigValueType.LIST) {
      try {
        return Bugs.of(config.getStringList(key));
      } catch (IllegalArgumentException e) {
        throw bad(key, "as-shipped, fixed, or a list of known ids: " + e.getMessage());
      }
    }
    return switch (config.getString(key)) {
      case "as-shipped" -> Bugs.asShipped(preset);
      case "fixed" -> Bugs.fixed();
      default -> throw bad(key, "as-shipped, fixed, or a list of ids");
    };
  }

  <T> T choice(String key, T[] values, Function<T, String> name) {
    String given = config.getString(key);
    for (T value : values) {
      if (name.apply(value).equals(given)) {
        return value;
      }
    }
    throw bad(key, names(values, name));
  }

  private static <T> String names(T[] values, Function<T, String> name) {
    return Arrays.stream(values).map(name).collect(Collectors.joining(", "));
  }

  private double positive(String key) {
    double value = config.getDouble(key);
    if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
      throw bad(key, "above 0");
    }
    return value;
  }

  private double notNegative(String key) {
    double value = config.getDouble(key);
    if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
      throw bad(key, "0 or more");
    }
    return value;
  }

  int whole(String key, int least, int most) {
    double value = config.getDouble(key);
    if (value != Math.rint(value) || value < least || value > most) {
      throw bad(key, "a whole number from " + least + " to " + most);
    }
    return (int) value;
  }

  ConfigException.BadValue bad(String key, String right) {
    return new ConfigException.BadValue(
        config.origin(), key, "is " + config.getValue(key).unwrapped() + ", expected " + right);
  }
}
