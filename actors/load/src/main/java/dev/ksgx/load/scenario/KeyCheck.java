package dev.ksgx.load.scenario;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Holds a scenario's keys against those that the reference documents. */
final class KeyCheck {
  /**
   * Objects whose keys are names of costs; the cost model itself refuses those that it does not
   * know.
   */
  private static final List<String> OPEN =
      List.of("machine.costs.overrides", "machine.effective-ghz");

  /** What the name of a group may be: a name that needs no quotes. */
  private static final String FREE_NAME = "[A-Za-z0-9_-]{1,40}";

  /** A file of the module, wherever the module is. */
  private static final Pattern EMBEDDED =
      Pattern.compile(".*" + Scenarios.ROOT + "(?:scenarios/)?(.+?)\\.conf\\b.*");

  private final ConfigObject reference;
  private final List<String> known = new ArrayList<>();

  KeyCheck(ConfigObject reference) {
    this.reference = reference;
    collect("", reference);
  }

  /**
   * Refuses the first key of {@code scenario} that the reference does not have, a group where a
   * value belongs, and a value where a group belongs.
   */
  void check(ConfigObject scenario) {
    check("", scenario, reference);
  }

  private void collect(String prefix, ConfigObject object) {
    for (Map.Entry<String, ConfigValue> entry : object.entrySet()) {
      String key = join(prefix, entry.getKey());
      if (entry.getValue() instanceof ConfigObject child
          && !OPEN.contains(key)
          && !key.equals(LivesPlan.GROUPS)) {
        collect(key, child);
      } else {
        known.add(key);
      }
    }
    known.sort(null);
  }

  private void check(String prefix, ConfigObject given, ConfigObject allowed) {
    for (Map.Entry<String, ConfigValue> entry : given.entrySet()) {
      String key = join(prefix, entry.getKey());
      ConfigValue value = entry.getValue();
      ConfigValue pattern = allowed.get(entry.getKey());
      if (pattern == null) {
        throw unknown(prefix, key, value);
      }
      if (pattern instanceof ConfigObject group) {
        if (!(value instanceof ConfigObject child)) {
          throw new ScenarioException(
              place(value) + key + " = " + show(value) + ": is a group of keys, not a value");
        }
        if (key.equals(LivesPlan.GROUPS)) {
          checkGroups(child);
        } else if (!OPEN.contains(key)) {
          check(key, child, group);
        }
      } else if (value instanceof ConfigObject) {
        throw new ScenarioException(place(value) + key + ": is a value, not a group of keys");
      } else if (value.valueType() == ConfigValueType.NULL) {
        throw new ScenarioException(place(value) + key + " = null: must have a value");
      }
    }
  }

  /** The names of groups are free, their keys are those of the defaults. */
  private void checkGroups(ConfigObject groups) {
    ConfigObject pattern = reference.toConfig().getObject(LivesPlan.DEFAULTS);
    for (Map.Entry<String, ConfigValue> entry : groups.entrySet()) {
      String key = join(LivesPlan.GROUPS, entry.getKey());
      if (!entry.getKey().matches(FREE_NAME)) {
        throw new ScenarioException(
            place(entry.getValue())
                + key
                + ": the name of a group must be 1 to 40 letters, digits, - or _");
      }
      if (!(entry.getValue() instanceof ConfigObject group)) {
        throw new ScenarioException(
            place(entry.getValue())
                + key
                + " = "
                + show(entry.getValue())
                + ": is a group of keys, not a value");
      }
      check(key, group, pattern);
    }
  }

  private ScenarioException unknown(String prefix, String key, ConfigValue value) {
    List<String> candidates = known;
    if (prefix.startsWith(LivesPlan.GROUPS + ".")) {
      String group = prefix.split("\\.")[2];
      candidates =
          known.stream()
              .filter(each -> each.startsWith(LivesPlan.DEFAULTS + "."))
              .map(each -> each.replace(LivesPlan.DEFAULTS, LivesPlan.GROUPS + "." + group))
              .toList();
    }
    return new ScenarioException(
        place(value)
            + "unknown key "
            + key
            + "; the nearest known key is "
            + Nearest.of(key, candidates));
  }

  private static String join(String prefix, String name) {
    String quoted = name.matches("[A-Za-z0-9_-]+") ? name : ConfigUtil.quoteString(name);
    return prefix.isEmpty() ? quoted : prefix + "." + quoted;
  }

  /** The value as it is written in a scenario, on one line. */
  static String show(ConfigValue value) {
    return value.valueType() == ConfigValueType.STRING
        ? String.valueOf(value.unwrapped()).replaceAll("\\s+", " ")
        : value.render(ConfigRenderOptions.concise());
  }

  /** Where a value comes from, as the beginning of a message: {@code "storm.conf:3: "}. */
  static String place(ConfigValue value) {
    return origin(value.origin()) + ": ";
  }

  /** File and line, or the description of an origin that is no file. */
  static String origin(ConfigOrigin origin) {
    String from = file(origin);
    Matcher embedded = EMBEDDED.matcher(from);
    if (embedded.matches()) {
      from = embedded.group(1);
    }
    return origin.lineNumber() < 1 || from.equals(Scenarios.COMMAND_LINE)
        ? from
        : from + ":" + origin.lineNumber();
  }

  /** The file of an origin, or the description of one that is no file. */
  static String file(ConfigOrigin origin) {
    return origin.filename() != null
        ? origin.filename()
        : origin.description().replaceAll(": \\d+(-\\d+)?$", "");
  }

  /** Whether a user says it: in a file of their own, or setting by setting. */
  static boolean isSaid(ConfigOrigin origin) {
    String from = file(origin);
    if (from.equals(Scenarios.COMMAND_LINE)) {
      return true;
    }
    try {
      return !Scenarios.isEmbedded(from)
          && !EMBEDDED.matcher(from).matches()
          && Files.isRegularFile(Path.of(from));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  /** The folder of the file of an origin; the working directory if it is no file. */
  static Path folder(ConfigOrigin origin) {
    try {
      Path from = Path.of(file(origin));
      Path parent = from.getParent();
      return parent == null || !Files.isRegularFile(from) ? Path.of("") : parent;
    } catch (InvalidPathException e) {
      return Path.of("");
    }
  }
}
