package dev.ksgx.load.sweep;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Something that varies in a sweep: keys whose values move together along ranges, or one of several
 * choices. Where it stands is told by a level from 0 to 1.
 *
 * @param name of the input
 * @param kind what it belongs to: cost, driver, machine, load
 * @param source where range or choices come from
 * @param ranges keys that move together; empty where there are choices
 * @param choices by name; empty where there are ranges
 * @param key for choices: the key that they are about
 */
public record Input(
    String name,
    String kind,
    String source,
    List<Range> ranges,
    Map<String, Config> choices,
    String key) {

  /** The offered load as a share of what the first design can do: no key of a scenario. */
  public static final String LOAD = "load";

  /** The key that {@link #LOAD} sets in the end. */
  static final String RATE = "load.rate";

  /**
   * One key along a range.
   *
   * @param log whether equal steps are equal factors
   * @param whole whether the key takes whole numbers alone
   */
  public record Range(String key, double low, double high, boolean log, boolean whole) {
    /**
     * The value at a level from 0 to 1: a whole one, each with its own part of the range, or one
     * with four digits.
     */
    String at(double level) {
      return whole
          ? String.valueOf((long) Math.min(high, Math.floor(between(low, high + 1, level))))
          : text(new BigDecimal(between(low, high, level)).round(new MathContext(4)).doubleValue());
    }

    private double between(double from, double to, double level) {
      return log
          ? from * StrictMath.exp(level * StrictMath.log(to / from))
          : from + level * (to - from);
    }

    static String text(double value) {
      return new BigDecimal(String.valueOf(value)).stripTrailingZeros().toPlainString();
    }

    String inWords() {
      return text(low) + ".." + text(high) + (log ? ":log" : "");
    }
  }

  static Input ranging(String name, String kind, String source, List<Range> ranges) {
    return new Input(name, kind, source, List.copyOf(ranges), Map.of(), "");
  }

  static Input choosing(
      String name, String kind, String source, String key, Map<String, Config> choices) {
    return new Input(name, kind, source, List.of(), choices, key);
  }

  /** Choices that are values of one key. */
  static Map<String, Config> values(String key, List<String> values) {
    Map<String, Config> choices = new LinkedHashMap<>();
    for (String value : values) {
      choices.put(value, setting(key, value));
    }
    return choices;
  }

  /** One key, its value read as a scenario would read it; what is wrong is the command line's. */
  static Config setting(String key, String value) {
    return key.equals(LOAD)
        ? ConfigFactory.empty()
        : ConfigFactory.parseString(
            key + " = " + value,
            ConfigParseOptions.defaults().setOriginDescription("command line"));
  }

  boolean isChoice() {
    return !choices.isEmpty();
  }

  /** Keys of a scenario that it is about. */
  List<String> keys() {
    List<String> keys = isChoice() ? List.of(key) : ranges.stream().map(Input.Range::key).toList();
    return keys.stream().map(each -> each.equals(LOAD) ? RATE : each).toList();
  }

  /** Whether another one sets a key that this one sets. */
  boolean sharesAKey(Input other) {
    return keys().stream().anyMatch(other.keys()::contains);
  }

  /** What it sets at a level, by name of a column: keys of ranges, or the name of the input. */
  Map<String, String> at(double level) {
    Map<String, String> at = new LinkedHashMap<>();
    if (isChoice()) {
      at.put(name, choice(level));
    } else {
      ranges.forEach(range -> at.put(range.key(), range.at(level)));
    }
    return at;
  }

  /** The same as keys of a scenario. */
  public Config settings(double level) {
    if (isChoice()) {
      return choices.get(choice(level));
    }
    Config settings = ConfigFactory.empty();
    for (Range range : ranges) {
      settings = setting(range.key(), range.at(level)).withFallback(settings);
    }
    return settings;
  }

  /** Which group a level belongs to: the thirds of a range, or the choices. */
  int group(double level) {
    int groups = groups().size();
    return Math.min((int) (level * groups), groups - 1);
  }

  List<String> groups() {
    return isChoice() ? List.copyOf(choices.keySet()) : List.of("low", "middle", "high");
  }

  /** The level of a choice, in the middle of its part. */
  static double levelOf(int choice, int choices) {
    return (choice + 0.5) / choices;
  }

  private String choice(double level) {
    return groups().get(group(level));
  }

  /** For the text: what it ranges over. */
  String inWords() {
    if (isChoice()) {
      return String.join(", ", choices.keySet());
    }
    return String.join(
        "; ",
        ranges.stream()
            .map(each -> each.key().replace("machine.costs.overrides.", "") + " " + each.inWords())
            .toList());
  }
}
