package dev.ksgx.load.sweep;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import dev.ksgx.kernel.cost.Cost;
import dev.ksgx.load.scenario.Nearest;
import dev.ksgx.load.scenario.Scenario;
import dev.ksgx.load.scenario.ScenarioException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a sample varies: the declared inputs, as the scenario and the user leave them. */
public final class Inputs {
  private static final String DECLARED = "dev/ksgx/load/sweep/inputs.conf";
  static final String OVERRIDES = "machine.costs.overrides.";

  private static final String NUMBER = "([0-9]+(?:\\.[0-9]+)?)";
  private static final Pattern RANGE = Pattern.compile(NUMBER + "\\.\\." + NUMBER + "(:log)?");
  private static final String EXPECTED =
      "must be KEY=LOW..HIGH, KEY=LOW..HIGH:log or KEY=V1,V2, such as einit=60000..90000";

  private Inputs() {}

  /** All that are declared, sorted by name. */
  public static List<Input> declared() {
    ConfigObject file =
        ConfigFactory.parseResources(Inputs.class.getClassLoader(), DECLARED)
            .resolve()
            .getObject("inputs");
    List<Input> inputs = new ArrayList<>();
    new TreeMap<>(file)
        .forEach((name, value) -> inputs.add(input(name, ((ConfigObject) value).toConfig())));
    return inputs;
  }

  private static Input input(String name, Config declared) {
    String kind = declared.getString("kind");
    String source = declared.getString("source");
    if (declared.hasPath("values")) {
      String key = declared.getString("key");
      Map<String, Config> choices = new LinkedHashMap<>();
      for (ConfigValue value : declared.getList("values")) {
        if (value instanceof ConfigObject bundle) {
          choices.put(bundle.toConfig().getString("name"), bundle.toConfig().getConfig("settings"));
        } else {
          choices.putAll(Input.values(key, List.of(String.valueOf(value.unwrapped()))));
        }
      }
      return Input.choosing(name, kind, source, key, choices);
    }
    boolean log = declared.hasPath("scale") && declared.getString("scale").equals("log");
    List<Input.Range> ranges = new ArrayList<>();
    for (String key : new TreeMap<>(declared.getObject("ranges")).keySet()) {
      List<Double> ends = declared.getDoubleList("ranges." + ConfigUtil.quoteString(key));
      ranges.add(range(key, ends.get(0), ends.get(1), log));
    }
    return Input.ranging(name, kind, source, ranges);
  }

  /**
   * What varies: of the declared inputs those that the scenario says nothing of (a cost that was
   * measured is known too), and whatever the user names.
   *
   * @param given {@code NAME=SPEC}; a name of an input, or a key of a scenario
   * @throws ScenarioException with one line
   */
  public static List<Input> of(Scenario base, List<String> given) {
    List<Input> inputs = new ArrayList<>(declared());
    Set<String> named = new LinkedHashSet<>();
    for (String each : given) {
      int equals = each.indexOf('=');
      if (equals < 1) {
        throw wrong(each, EXPECTED);
      }
      String name = each.substring(0, equals).trim();
      named.add(replace(inputs, each, name, each.substring(equals + 1).trim()));
    }
    inputs.replaceAll(input -> named.contains(input.name()) ? fitted(base, input) : input);
    List<Input> open = open(base, inputs);
    inputs.removeIf(input -> !named.contains(input.name()) && !open.contains(input));
    leaveOneOfEach(inputs, named);
    if (inputs.isEmpty()) {
      throw new ScenarioException(
          base.name() + ": sets whatever a sample would vary; name inputs with --range");
    }
    return inputs;
  }

  /** Who names a key means it, and not a declared input that sets it too. */
  private static void leaveOneOfEach(List<Input> inputs, Set<String> named) {
    List<Input> users = inputs.stream().filter(each -> named.contains(each.name())).toList();
    for (Input input : users) {
      for (Input other : users.subList(0, users.indexOf(input))) {
        if (input.sharesAKey(other)) {
          throw new ScenarioException(
              "--range: "
                  + other.name()
                  + " and "
                  + input.name()
                  + " both say "
                  + String.join(", ", input.keys())
                  + "; vary one of them");
        }
      }
    }
    inputs.removeIf(input -> !users.contains(input) && users.stream().anyMatch(input::sharesAKey));
  }

  /** Whole ends of a declared range mean whole values; only a share never is one. */
  private static Input.Range range(String key, double low, double high, boolean log) {
    boolean whole = low == Math.rint(low) && high == Math.rint(high) && !key.equals(Input.LOAD);
    return new Input.Range(key, low, high, log, whole);
  }

  /** Keys that the user names are whole only if the scenario takes nothing between. */
  private static Input fitted(Scenario base, Input input) {
    List<Input.Range> ranges =
        input.ranges().stream()
            .map(
                each ->
                    each.whole() && base.accepts(each.key(), each.low() + 0.5)
                        ? new Input.Range(each.key(), each.low(), each.high(), each.log(), false)
                        : each)
            .toList();
    return input.isChoice()
        ? input
        : Input.ranging(input.name(), input.kind(), input.source(), ranges);
  }

  /** Costs that the scenario leaves open, as they are declared. */
  public static List<Input> openCosts(Scenario base) {
    return open(base, declared()).stream().filter(input -> input.kind().equals("cost")).toList();
  }

  private static List<Input> open(Scenario base, List<Input> inputs) {
    Set<String> known = known(base);
    return inputs.stream().filter(each -> each.keys().stream().noneMatch(known::contains)).toList();
  }

  /** Keys whose values are no open question. */
  private static Set<String> known(Scenario base) {
    Set<String> known = new LinkedHashSet<>();
    for (Scenario.Setting setting : base.settings()) {
      if (!setting.origin().equals(Scenario.REFERENCE)) {
        known.add(setting.key());
      }
    }
    for (Cost cost : Cost.values()) {
      if (base.kernel().costs().provenance(cost) == 'M') {
        known.add(OVERRIDES + cost.key());
      }
    }
    return known;
  }

  private static String replace(List<Input> inputs, String text, String name, String spec) {
    for (int i = 0; i < inputs.size(); i++) {
      Input input = inputs.get(i);
      boolean byName = input.name().equals(name);
      boolean byKey = input.key().equals(name) || range(input, name) >= 0;
      if (byName || byKey) {
        inputs.set(i, changed(input, text, name, spec));
        return input.name();
      }
    }
    if (!name.contains(".")) {
      List<String> names = inputs.stream().map(Input::name).toList();
      throw wrong(
          text,
          "no input "
              + name
              + "; the nearest is "
              + Nearest.of(name, names)
              + "; inputs are "
              + String.join(", ", names)
              + ", or any key of a scenario");
    }
    Input fresh = Input.ranging(name, "given", "command line", List.of());
    inputs.add(spec(fresh, name, text, spec));
    return name;
  }

  private static int range(Input input, String key) {
    for (int i = 0; i < input.ranges().size(); i++) {
      if (input.ranges().get(i).key().equals(key)) {
        return i;
      }
    }
    return -1;
  }

  private static Input changed(Input input, String text, String name, String spec) {
    if (input.isChoice()) {
      return spec(input, input.key(), text, spec);
    }
    int which = input.ranges().size() == 1 ? 0 : range(input, name);
    if (which < 0) {
      throw wrong(text, "several keys move together here: " + String.join(", ", input.keys()));
    }
    String key = input.ranges().get(which).key();
    Input changed = spec(input, key, text, spec);
    if (input.ranges().size() == 1) {
      return changed;
    }
    if (changed.isChoice()) {
      throw wrong(text, "moves together with other keys along a range: LOW..HIGH");
    }
    List<Input.Range> ranges = new ArrayList<>(input.ranges());
    ranges.set(which, changed.ranges().get(0));
    return Input.ranging(input.name(), input.kind(), input.source(), ranges);
  }

  /** The input with one key along what the user says. */
  private static Input spec(Input input, String key, String text, String spec) {
    Matcher range = RANGE.matcher(spec);
    if (range.matches()) {
      double low = Double.parseDouble(range.group(1));
      double high = Double.parseDouble(range.group(2));
      boolean log = range.group(3) != null;
      if (low >= high) {
        throw wrong(text, "the low end must be below the high end");
      }
      if (log && low == 0) {
        throw wrong(text, "a logarithmic range cannot begin at 0");
      }
      return Input.ranging(
          input.name(), input.kind(), "command line", List.of(range(key, low, high, log)));
    }
    List<String> values = Arrays.stream(spec.split(",", -1)).map(String::trim).toList();
    if (values.contains("") || spec.contains("..")) {
      throw wrong(text, EXPECTED);
    }
    Map<String, Config> choices = Input.values(key, values);
    choices.replaceAll((value, plain) -> input.choices().getOrDefault(value, plain));
    return Input.choosing(input.name(), input.kind(), "command line", key, choices);
  }

  private static ScenarioException wrong(String text, String why) {
    return new ScenarioException("--range " + text + ": " + why);
  }
}
