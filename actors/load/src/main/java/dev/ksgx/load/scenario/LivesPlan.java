package dev.ksgx.load.scenario;

import com.typesafe.config.Config;
import dev.ksgx.kernel.config.Preset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/**
 * The load of a scenario of {@code load.kind = lives}, checked.
 *
 * @param seed of every random stream of the run
 * @param lengthNanos virtual time at which the run is cut off; 0 if it ends with its groups
 * @param groups at least one, in the order of their names
 */
public record LivesPlan(long seed, long lengthNanos, List<LifeGroup> groups) {
  static final int MAX_PROCESSES = 4096;

  /** Where the groups are, and what each is unless it says otherwise. */
  static final String GROUPS = "load.groups";

  static final String DEFAULTS = "load.group-defaults";

  public LivesPlan {
    groups = List.copyOf(groups);
  }

  /** Whether the scenario asks for lives. */
  static boolean isAskedFor(Config config) {
    return new Values(config, "load").choice("kind", Kind.values()) == Kind.LIVES;
  }

  /** The same configuration with every key of every group set. */
  static Config completed(Config config) {
    Config complete = config;
    for (String name : names(config)) {
      complete = complete.withFallback(config.getConfig(DEFAULTS).atPath(GROUPS + "." + name));
    }
    return complete;
  }

  /**
   * Reads a load of lives.
   *
   * @param config completed
   * @throws ScenarioException naming the key, its value, its place and what would be right
   */
  static LivesPlan from(Config config) {
    Values load = new Values(config, "load");
    List<LifeGroup> groups = groups(config);
    if (groups.isEmpty()) {
      throw load.refused("kind", "launches, or there must be at least one group in load.groups");
    }
    return new LivesPlan(
        load.whole("seed", 0, Long.MAX_VALUE, "a whole number from 0"), length(load), groups);
  }

  /**
   * Reads {@code load.groups}, in the order of their names.
   *
   * @param config completed
   */
  static List<LifeGroup> groups(Config config) {
    List<LifeGroup> groups = new ArrayList<>();
    for (String name : names(config)) {
      groups.add(LifeGroup.from(name, values(config, name)));
    }
    if (groups.stream().mapToInt(LifeGroup::processes).sum() > MAX_PROCESSES) {
      LifeGroup largest =
          groups.stream().max(Comparator.comparingInt(LifeGroup::processes)).orElseThrow();
      throw values(config, largest.name())
          .refused("processes", "less: all groups together have at most " + MAX_PROCESSES);
    }
    refuseRangesOfV5(config, groups);
    return groups;
  }

  private static void refuseRangesOfV5(Config config, List<LifeGroup> groups) {
    boolean v5 = config.getString("kernel.preset").equals(Preset.V5.key());
    for (LifeGroup group : groups) {
      if (v5 && group.adds() == LifeGroup.Adds.RANGE) {
        throw values(config, group.name())
            .refused("adds", "page with kernel.preset = v5: ADD_PAGES came with mainline");
      }
    }
  }

  private static Values values(Config config, String group) {
    return new Values(config, GROUPS + "." + group);
  }

  private static long length(Values load) {
    if (load.isOfReference("length")) {
      return 0;
    }
    long nanos = load.nanos("length");
    if (nanos == 0) {
      throw load.refused("length", "a time above 0 with its unit (2 s)");
    }
    return nanos;
  }

  /** An object of the configuration library has no order of its own. */
  private static TreeSet<String> names(Config config) {
    return new TreeSet<>(config.getObject(GROUPS).keySet());
  }

  private enum Kind {
    LAUNCHES,
    LIVES
  }
}
