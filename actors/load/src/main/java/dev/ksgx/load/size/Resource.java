package dev.ksgx.load.size;

import dev.ksgx.kernel.config.Launch;
import dev.ksgx.load.scenario.Scenario;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a host can have more or less of. */
public enum Resource {
  /** Logical processors. */
  CORES("cores", "cores", 1, 128, false) {
    @Override
    Optional<String> keys(Scenario scenario, long amount) {
      return Optional.of("machine.cores = " + amount);
    }
  },
  /** Usable EPC. */
  EPC("epc", "MiB of EPC", 1, 8_192, false) {
    @Override
    Optional<String> keys(Scenario scenario, long amount) {
      return Optional.of("machine.epc-mib = " + amount);
    }
  },
  /** Launch enclaves with a worker or a thread each; without tokens there are none. */
  WORKERS("le-workers", "LE workers", 1, 64, false) {
    @Override
    Optional<String> keys(Scenario scenario, long amount) {
      Launch tokens = scenario.kernel().launch().tokens();
      return tokens == Launch.USER_LE
          ? Optional.of("kernel.user-le { workers = " + amount + ", enclaves = " + amount + " }")
          : tokens == Launch.KERNEL_LE
              ? Optional.of("kernel.kernel-le { threads = " + amount + ", tcs = " + amount + " }")
              : Optional.empty();
    }
  },
  /**
   * Enclaves that live at one time: by Little's law the rate times the time that each lives after
   * its launch.
   */
  ENCLAVES("enclaves", "enclaves alive", 1, 8_192, true) {
    @Override
    Optional<String> keys(Scenario scenario, long amount) {
      if (!scenario.load().isSteady()) {
        return Optional.empty();
      }
      long lifetime = Math.round(amount / scenario.load().ratePerSecond() * 1e9);
      long warmUp = scenario.load().warmUpNanos() + lifetime;
      return Optional.of(
          String.format(
              Locale.ROOT, "load { lifetime = %d ns, warm-up = %d ns }", lifetime, warmUp));
    }
  };

  private final String key;
  private final String unit;
  private final long low;
  private final long high;
  private final boolean moreIsWorse;

  Resource(String key, String unit, long low, long high, boolean moreIsWorse) {
    this.key = key;
    this.unit = unit;
    this.low = low;
    this.high = high;
    this.moreIsWorse = moreIsWorse;
  }

  /** Keys of a scenario that give it that much; empty where it has no meaning. */
  abstract Optional<String> keys(Scenario scenario, long amount);

  /** The name used on the command line. */
  public String key() {
    return key;
  }

  /** What is counted. */
  public String unit() {
    return unit;
  }

  /** The least that is tried. */
  long low() {
    return low;
  }

  /** The most that is tried. */
  long high() {
    return high;
  }

  /** Whether the most that can be had is asked for, not the least that is needed. */
  public boolean moreIsWorse() {
    return moreIsWorse;
  }

  /** The names of all. */
  public static List<String> names() {
    return Arrays.stream(values()).map(Resource::key).toList();
  }
}
