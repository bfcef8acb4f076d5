package dev.ksgx.load.study;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * In what two studies asked something else: figures of different machines, loads or designs may
 * well differ, so whoever reads that they do has to know.
 *
 * @param notes what may differ in the same study
 * @param differences a line each
 * @param apart designs of which one study has none, or another thing under the same name
 */
record RequestDiff(List<String> notes, List<String> differences, Set<String> apart) {
  /** Only bundles set it: what has the name of one and does not is a launch design. */
  private static final String BUNDLE = "kernel.preset";

  /** Told as the seed, and as costs. */
  private static final String SEED = "load.seed";

  private static final String OVERRIDES = "machine.costs.overrides.";
  private static final String DESCRIPTION = "description";

  static RequestDiff of(StudyReport old, StudyReport now) {
    RequestDiff diff = new RequestDiff(new ArrayList<>(), new ArrayList<>(), new LinkedHashSet<>());
    note(diff.notes, "title", old.title(), now.title());
    note(diff.notes, "version", old.version(), now.version());
    note(diff.notes, "seed", old.seed(), now.seed());
    note(diff.notes, "replications", old.replications(), now.replications());
    diff.differences.addAll(lines("", scenario(old), scenario(now)));
    diff.differences.addAll(lines("cost ", costs(old), costs(now)));
    diff.designs(
        byName(old.designs(), StudyReport.Design::name),
        byName(now.designs(), StudyReport.Design::name));
    return diff;
  }

  private static void note(List<String> notes, String what, Object old, Object now) {
    if (!old.equals(now)) {
      notes.add(what + ": " + old + ", now " + now);
    }
  }

  private static Map<String, String> scenario(StudyReport report) {
    Map<String, String> keys = new TreeMap<>(report.scenario());
    keys.keySet().removeAll(Set.of(SEED, DESCRIPTION));
    keys.keySet().removeIf(key -> key.startsWith(OVERRIDES));
    return keys;
  }

  private static Map<String, String> costs(StudyReport report) {
    Map<String, String> costs = new LinkedHashMap<>();
    report.costs().forEach(cost -> costs.put(cost.name(), cost.cycles() + " cycles"));
    return costs;
  }

  private void designs(
      Map<String, StudyReport.Design> before, Map<String, StudyReport.Design> after) {
    for (String name : union(before.keySet(), after.keySet())) {
      StudyReport.Design old = before.get(name);
      StudyReport.Design now = after.get(name);
      if (old == null || now == null) {
        apart.add(name);
        differences.add(name + ": only in the " + (now == null ? "old one" : "new one"));
      } else if (isBundle(old) != isBundle(now)) {
        apart.add(name);
        differences.add(
            "%s: a %s, now a %s of the same name; not compared"
                .formatted(name, kind(old), kind(now)));
      } else {
        differences.addAll(lines("design " + name + ": ", old.keys(), now.keys()));
      }
    }
  }

  private static boolean isBundle(StudyReport.Design design) {
    return design.keys().containsKey(BUNDLE);
  }

  private static String kind(StudyReport.Design design) {
    return isBundle(design) ? "historical bundle" : "launch design";
  }

  private static List<String> lines(
      String of, Map<String, String> before, Map<String, String> after) {
    List<String> lines = new ArrayList<>();
    for (String key : union(before.keySet(), after.keySet())) {
      if (!after.containsKey(key)) {
        lines.add(of + key + ": " + before.get(key) + ", now not said");
      } else if (!before.containsKey(key)) {
        lines.add(of + key + ": not said, now " + after.get(key));
      } else if (!before.get(key).equals(after.get(key))) {
        lines.add(of + key + ": " + before.get(key) + ", now " + after.get(key));
      }
    }
    return lines;
  }

  private static Set<String> union(Set<String> old, Set<String> now) {
    Set<String> all = new LinkedHashSet<>(old);
    all.addAll(now);
    return all;
  }

  private static <T> Map<String, T> byName(List<T> all, Function<T, String> name) {
    return all.stream()
        .collect(Collectors.toMap(name, each -> each, (a, b) -> a, LinkedHashMap::new));
  }
}
