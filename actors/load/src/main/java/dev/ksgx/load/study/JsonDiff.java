package dev.ksgx.load.study;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What differs between the reports of two single runs. They have no intervals, so whatever differs
 * is told, but for the time that the run took.
 */
public final class JsonDiff {
  private static final Set<String> OF_THE_MACHINE = Collections.singleton("wallSeconds");

  private final List<String> changes = new ArrayList<>();

  private JsonDiff() {}

  /** A line for each field that differs, by its path; empty if none does. */
  public static List<String> of(JsonNode old, JsonNode now) {
    JsonDiff diff = new JsonDiff();
    diff.compare("", old, now);
    return diff.changes;
  }

  private void compare(String path, JsonNode old, JsonNode now) {
    if (old.isObject() && now.isObject()) {
      for (Iterator<String> names = old.fieldNames(); names.hasNext(); ) {
        String name = names.next();
        if (!OF_THE_MACHINE.contains(name)) {
          compare(join(path, name), old.get(name), now.path(name));
        }
      }
      for (Map.Entry<String, JsonNode> entry : now.properties()) {
        if (!old.has(entry.getKey())) {
          changes.add(join(path, entry.getKey()) + ": only in the new one");
        }
      }
    } else if (old.isArray() && now.isArray() && old.size() == now.size()) {
      for (int i = 0; i < old.size(); i++) {
        compare(path + "[" + i + "]", old.get(i), now.get(i));
      }
    } else if (now.isMissingNode()) {
      changes.add(path + ": only in the old one");
    } else if (!old.equals(now)) {
      changes.add(path + ": " + shown(old) + ", now " + shown(now));
    }
  }

  private static String join(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  private static String shown(JsonNode node) {
    return node.isArray() ? node.size() + " values" : node.toString();
  }
}
