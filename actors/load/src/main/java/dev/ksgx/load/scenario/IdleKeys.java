package dev.ksgx.load.scenario;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValue;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * Keys of a load that would have no effect, because another key chooses something else. They are
 * refused where they are said beside that choice or over it: a setting may well choose another kind
 * of arrivals for a scenario that has a rate.
 */
final class IdleKeys {
  /**
   * A key, or a group of keys, that has a meaning with some choices only.
   *
   * @param choice the key that chooses
   * @param right what it must be
   * @param values the same as a list; empty: it must be said, as 0 too, which switches off what the
   *     key is of
   */
  private record Rule(String key, String choice, String right, List<String> values) {
    static Rule of(String key, String choice, String... values) {
      return new Rule(key, choice, String.join(" or ", values), List.of(values));
    }

    boolean holds(Config effective, String prefix) {
      return values.contains(effective.getString(prefix + choice).trim());
    }
  }

  private static final List<Rule> OF_LAUNCHES =
      List.of(
          Rule.of("rate", "arrivals", "poisson", "deterministic", "bursts"),
          Rule.of("think-time", "arrivals", "closed"),
          Rule.of("bursts", "arrivals", "bursts"),
          Rule.of("ramp", "arrivals", "ramp"),
          Rule.of("replay", "arrivals", "replay"),
          new Rule("guests.rate", "guests.vcpus", "a number above 0", List.of()),
          new Rule("guests.hash", "guests.vcpus", "a number above 0", List.of()));

  private static final String PATTERN = "touch.pattern";
  private static final String[] SOME = {"sequential", "uniform", "zipf", "phases"};

  private static final List<Rule> OF_GROUPS =
      List.of(
          Rule.of("zero-cycles", "warm-start", "sdk"),
          Rule.of("touch.count", PATTERN, SOME),
          Rule.of("touch.cycles", PATTERN, SOME),
          Rule.of("touch.pages", PATTERN, SOME),
          Rule.of("touch.exponent", PATTERN, "zipf"),
          Rule.of("touch.working-set", PATTERN, "phases"),
          Rule.of("touch.phase", PATTERN, "phases"));

  private final List<Config> layers;
  private final Config effective;

  private IdleKeys(List<Config> layers, Config effective) {
    this.layers = layers;
    this.effective = effective;
  }

  /**
   * @param layers what was given, the strongest first. Where the first one chooses nothing is
   *     refused: comparisons lay it over all others, and make it of parts
   * @param effective completed and checked
   * @throws ScenarioException naming the key, its place and what would be right
   */
  static void refuse(List<Config> layers, Config effective) {
    IdleKeys idle = new IdleKeys(layers, effective);
    OF_LAUNCHES.forEach(rule -> idle.refuse(rule, "load.", List.of("load." + rule.choice())));
    for (String name : new TreeSet<>(effective.getObject(LivesPlan.GROUPS).keySet())) {
      String prefix = LivesPlan.GROUPS + "." + name + ".";
      for (Rule rule : OF_GROUPS) {
        List<String> choices = new ArrayList<>(List.of(prefix + rule.choice()));
        choices.add(LivesPlan.DEFAULTS + "." + rule.choice());
        idle.refuse(rule, prefix, choices);
      }
    }
  }

  /**
   * @param choices where the choice may have been said
   */
  private void refuse(Rule rule, String prefix, List<String> choices) {
    String path = prefix + rule.key();
    int said = layerOf(layers, path);
    int chosen = choices.stream().mapToInt(each -> layerOf(layers, each)).min().orElseThrow();
    boolean switched = rule.values().isEmpty() && chosen < layers.size();
    if (chosen == 0 || said == layers.size() || said > chosen || switched) {
      return;
    }
    if (rule.holds(effective, prefix)) {
      return;
    }
    ConfigValue value = layers.get(said).getValue(path);
    String choice = prefix + rule.choice();
    throw new ScenarioException(
        KeyCheck.place(value)
            + path
            + ": has no meaning with "
            + choice
            + " = "
            + effective.getString(choice).trim()
            + ": leave it out, or "
            + rule.choice()
            + " must be "
            + rule.right());
  }

  /** The first that says it; their number if none does. */
  static int layerOf(List<Config> layers, String path) {
    int layer = 0;
    while (layer < layers.size() && !layers.get(layer).hasPath(path)) {
      layer++;
    }
    return layer;
  }
}
