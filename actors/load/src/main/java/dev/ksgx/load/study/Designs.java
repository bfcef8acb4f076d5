package dev.ksgx.load.study;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigResolveOptions;
import dev.ksgx.load.scenario.Nearest;
import dev.ksgx.load.scenario.ScenarioException;
import dev.ksgx.load.scenario.Scenarios;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds designs: embedded ones by name, others by the path of their file. */
public final class Designs {
  private static final String FOLDER = "dev/ksgx/load/designs/";
  private static final String SUFFIX = ".conf";

  private static final List<String> EMBEDDED =
      List.of(
          "v5",
          "v6",
          "v11",
          "aesmd",
          "aesmd-app-cache",
          "user-le-1",
          "user-le-2",
          "user-le-4",
          "user-le-8",
          "user-le-1-cache",
          "user-le-2-cache",
          "user-le-4-cache",
          "user-le-8-cache",
          "direct-always",
          "direct-cached",
          "direct-lazy");

  private Designs() {}

  /** The names of the embedded designs, with the line that describes each. */
  public static Map<String, String> embedded() {
    Map<String, String> described = new LinkedHashMap<>();
    for (String name : EMBEDDED) {
      described.put(name, named(name).description());
    }
    return described;
  }

  /**
   * The designs of a list, each embedded or a file; a file is known by its name without the ending.
   *
   * @throws ScenarioException if one cannot be read, or if two have the same name
   */
  public static List<Design> of(List<String> namesOrPaths) {
    List<Design> designs = new ArrayList<>();
    Set<String> names = new LinkedHashSet<>();
    for (String each : namesOrPaths) {
      Design design = named(each.trim());
      if (!names.add(design.name())) {
        throw new ScenarioException("design " + design.name() + " is given twice");
      }
      designs.add(design);
    }
    return designs;
  }

  /** A line for each of the designs that is an embedded one under another name as well. */
  static List<String> twins(List<Design> compared) {
    Map<Map<String, String>, Design> byKeys = new LinkedHashMap<>();
    compared.forEach(design -> byKeys.putIfAbsent(design.settings(), design));
    List<String> names = compared.stream().map(Design::name).toList();
    List<String> lines = new ArrayList<>();
    for (String name : EMBEDDED) {
      Design twin = byKeys.get(named(name).settings());
      if (twin != null && !names.contains(name)) {
        lines.add(twin.name() + " is " + name + ", too: both set the same");
      }
    }
    return lines;
  }

  /**
   * One design.
   *
   * @throws ScenarioException with one line if there is no such design, or if it cannot be read
   */
  public static Design named(String nameOrPath) {
    ConfigParseOptions options =
        ConfigParseOptions.defaults().setAllowMissing(false).setOriginDescription(nameOrPath);
    if (EMBEDDED.contains(nameOrPath)) {
      return design(
          nameOrPath,
          ConfigFactory.parseResources(
              Designs.class.getClassLoader(), FOLDER + nameOrPath + SUFFIX, options));
    }
    if (!nameOrPath.endsWith(SUFFIX)) {
      throw new ScenarioException(
          (nameOrPath.isBlank()
                  ? "a design has no name"
                  : "unknown design "
                      + nameOrPath
                      + "; the nearest is "
                      + Nearest.of(nameOrPath, EMBEDDED))
              + "; designs are "
              + String.join(", ", EMBEDDED)
              + ", or files that end in "
              + SUFFIX);
    }
    Path path = Path.of(nameOrPath);
    if (!Files.isReadable(path) || Files.isDirectory(path)) {
      throw new ScenarioException(nameOrPath + ": no such file, expected a design");
    }
    String file = path.getFileName().toString();
    String name = file.substring(0, file.length() - SUFFIX.length());
    try {
      return design(name, ConfigFactory.parseFile(path.toFile(), options));
    } catch (ConfigException e) {
      throw new ScenarioException(Scenarios.oneLine(e.getMessage()), e);
    }
  }

  private static Design design(String name, Config file) {
    Config resolved = file.resolve(ConfigResolveOptions.noSystem());
    String description =
        resolved.hasPath("description") ? resolved.getString("description") : "the design " + name;
    Config keys = resolved.withoutPath("description");
    if (keys.isEmpty()) {
      throw new ScenarioException("design " + name + " sets no key of the driver");
    }
    return new Design(name, description, keys);
  }
}
