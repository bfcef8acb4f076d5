package dev.ksgx.cli;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigValue;
import dev.ksgx.load.scenario.Scenario;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The files that a command has read by their names in words: no output may replace them. */
final class ConfigFiles {
  private final Set<Path> files = new LinkedHashSet<>();

  private ConfigFiles() {}

  /** Those of these words that name a file, as a scenario or a design may, or be embedded. */
  static List<Path> named(Collection<String> words) {
    return words.stream()
        .map(String::trim)
        .map(ConfigFiles::file)
        .flatMap(Optional::stream)
        .toList();
  }

  /**
   * The files of a scenario: its own, those that it includes, and those that its values name, such
   * as costs, images and launches to replay.
   */
  static Set<Path> of(Scenario scenario) {
    ConfigFiles found = new ConfigFiles();
    found.files.addAll(named(List.of(scenario.name())));
    found.add(scenario.config().root());
    return found.files;
  }

  private void add(ConfigValue value) {
    if (value instanceof ConfigObject object) {
      object.values().forEach(this::add);
      return;
    }
    Optional<Path> origin = file(origin(value.origin()));
    origin.ifPresent(files::add);
    if (value instanceof ConfigList list) {
      list.forEach(this::add);
    } else if (value.unwrapped() instanceof String text && !text.isBlank()) {
      Path folder = origin.map(Path::getParent).orElse(null);
      file(folder == null ? text : folder + "/" + text).ifPresent(files::add);
      file(text).ifPresent(files::add);
    }
  }

  /** The file of an origin, or the description of one that is no file. */
  private static String origin(ConfigOrigin origin) {
    return origin.filename() != null
        ? origin.filename()
        : origin.description().replaceAll(": \\d+(-\\d+)?$", "");
  }

  private static Optional<Path> file(String name) {
    try {
      return Optional.of(Path.of(name)).filter(Files::isRegularFile);
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }
}
