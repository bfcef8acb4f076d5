package dev.ksgx.load.scenario;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValue;
import dev.ksgx.kernel.config.LaunchDesign;
import dev.ksgx.load.scenario.Scenario.Setting;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Keys of launch designs that would have no effect, because another design is chosen. In a run they
 * are refused as other idle keys are ({@link IdleKeys}). Where designs are compared each chooses
 * for itself: there a key must have a meaning in one of them.
 */
public final class LaunchKeys {
  /**
   * A key, or a group of keys, that has a meaning with some designs only.
   *
   * @param path of the key or the group
   * @param choice the key that chooses
   * @param choosers where the choice may have been said
   * @param chosen what a design chose
   * @param values with which the key has a meaning
   */
  private record Rule(
      String path,
      String choice,
      List<String> choosers,
      Function<LaunchDesign, String> chosen,
      List<String> values) {
    boolean isAbout(String key) {
      return key.equals(path) || key.startsWith(path + ".");
    }

    boolean holds(LaunchDesign design) {
      return values.contains(chosen.apply(design));
    }

    ScenarioException refused(String place, String key, Set<String> chosen) {
      return new ScenarioException(
          "%s: %s: has no meaning with %s = %s: leave it out, or %s must be %s"
              .formatted(
                  place,
                  key,
                  choice,
                  String.join(" or ", chosen),
                  choice.substring(choice.lastIndexOf('.') + 1),
                  String.join(" or ", values)));
    }
  }

  private static final List<Rule> RULES =
      List.of(
          ofLaunch("kernel.kernel-le", "kernel-le"),
          ofLaunch("kernel.user-le", "user-le"),
          ofUserLe("idle-timeout", "life", each -> each.userLe().life().key(), "on-demand"),
          ofCache("capacity"),
          ofCache("expiry"),
          ofCache("coalesce"));

  private LaunchKeys() {}

  private static Rule ofLaunch(String path, String tokens) {
    return new Rule(
        path,
        "kernel.launch",
        List.of("kernel.launch", "kernel.preset"),
        design -> design.tokens().key(),
        List.of(tokens));
  }

  private static Rule ofUserLe(
      String key, String choice, Function<LaunchDesign, String> chosen, String... values) {
    String path = "kernel.user-le." + choice;
    return new Rule("kernel.user-le." + key, path, List.of(path), chosen, List.of(values));
  }

  private static Rule ofCache(String key) {
    return ofUserLe(
        "cache." + key,
        "cache.place",
        design -> design.userLe().cache().place().key(),
        "application",
        "daemon");
  }

  /**
   * Of a run.
   *
   * @param layers what was given, the strongest first
   * @param design what they choose
   * @throws ScenarioException naming the key, its place and what would be right
   */
  static void refuse(List<Config> layers, LaunchDesign design) {
    Set<String> keys = new TreeSet<>();
    layers.forEach(layer -> layer.entrySet().forEach(each -> keys.add(each.getKey())));
    for (Rule rule : RULES) {
      int chosen =
          rule.choosers().stream()
              .mapToInt(choice -> IdleKeys.layerOf(layers, choice))
              .min()
              .orElseThrow();
      for (String key : keys) {
        int said = IdleKeys.layerOf(layers, key);
        if (rule.isAbout(key) && said <= chosen && !rule.holds(design)) {
          ConfigValue value = layers.get(said).getValue(key);
          throw rule.refused(
              KeyCheck.origin(value.origin()), key, Set.of(rule.chosen().apply(design)));
        }
      }
    }
  }

  /**
   * Of scenarios that are compared: what the user says has to mean something in one of those in
   * which it is said.
   *
   * @throws ScenarioException naming the key, its place and what would be right
   */
  public static void check(List<Scenario> compared) {
    for (Rule rule : RULES) {
      Map<List<String>, Set<String>> idle = new LinkedHashMap<>();
      Set<List<String>> used = new LinkedHashSet<>();
      for (Scenario scenario : compared) {
        LaunchDesign design = scenario.kernel().launch();
        for (Setting said : scenario.said(rule::isAbout)) {
          List<String> where = List.of(said.origin(), said.key());
          if (rule.holds(design)) {
            used.add(where);
          } else {
            idle.computeIfAbsent(where, unused -> new LinkedHashSet<>())
                .add(rule.chosen().apply(design));
          }
        }
      }
      idle.keySet().removeAll(used);
      idle.forEach(
          (where, chosen) -> {
            throw rule.refused(where.get(0), where.get(1), chosen);
          });
    }
  }
}
