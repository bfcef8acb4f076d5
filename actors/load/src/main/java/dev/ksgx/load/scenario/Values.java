package dev.ksgx.load.scenario;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigValue;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Reads typed values of one group of keys and refuses what is out of range, in one line. */
final class Values {
  private static final Pattern WITH_UNIT = Pattern.compile("\\s*[-+0-9.eE]+\\s*[a-zA-Zµ]+\\s*");

  /** Three years: sums of a few such times are still nanoseconds in a long. */
  private static final long MAX_SECONDS = 100_000_000;

  private final Config config;
  private final String prefix;

  Values(Config config, String prefix) {
    this.config = config;
    this.prefix = prefix;
  }

  /** A whole number from {@code min} to {@code max}. */
  int count(String key, int min, int max) {
    return (int) whole(key, min, max, "a whole number from " + min + " to " + max);
  }

  /** A whole number from {@code min} to {@code max}, described by {@code right}. */
  long whole(String key, long min, long max, String right) {
    double asDouble = number(key, right);
    if (asDouble != Math.rint(asDouble)) {
      throw refused(key, right);
    }
    long value;
    try {
      value = config.getLong(path(key));
    } catch (ConfigException e) {
      throw refused(key, right);
    }
    if (value < min || value > max) {
      throw refused(key, right);
    }
    return value;
  }

  /** A number above 0 and not above {@code max}. */
  double positive(String key, int max, String unit) {
    String right = "a number above 0 and at most " + max + " (" + unit + ")";
    double value = number(key, right);
    if (!(value > 0 && value <= max)) {
      throw refused(key, right);
    }
    return value;
  }

  /** A time from 0 to {@link #MAX_SECONDS}, in nanoseconds; its unit must be given. */
  long nanos(String key) {
    String right =
        "a time of at least 0 with its unit, such as 250 ms, at most " + MAX_SECONDS + " s";
    if (!WITH_UNIT.matcher(text(key)).matches()) {
      throw refused(key, right);
    }
    long nanos;
    try {
      nanos = config.getDuration(path(key)).toNanos();
    } catch (ConfigException | ArithmeticException e) {
      throw refused(key, right);
    }
    if (nanos < 0 || nanos > MAX_SECONDS * 1_000_000_000) {
      throw refused(key, right);
    }
    return nanos;
  }

  /** One of {@code allowed}. */
  String choice(String key, List<String> allowed) {
    String value = text(key);
    if (!allowed.contains(value)) {
      throw refused(
          key, "one of " + String.join(", ", allowed) + "; nearest: " + Nearest.of(value, allowed));
    }
    return value;
  }

  /** The constant whose name, in small letters with hyphens, the value is. */
  <E extends Enum<E>> E choice(String key, E[] constants) {
    List<String> names = Arrays.stream(constants).map(Values::named).toList();
    return constants[names.indexOf(choice(key, names))];
  }

  private static String named(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** true or false. */
  boolean flag(String key) {
    try {
      return config.getBoolean(path(key));
    } catch (ConfigException e) {
      throw refused(key, "true or false");
    }
  }

  /** Whether the scenario leaves the value as the reference has it. */
  boolean isOfReference(String key) {
    return config.getValue(path(key)).origin().description().equals(Scenario.REFERENCE);
  }

  /**
   * A file that can be read; a relative path begins at the folder of the file that names it, or at
   * the working directory if none does.
   *
   * @param what what the file should be, such as "an SGXS file"
   */
  Path file(String key, String what) {
    String text = text(key);
    Path file;
    try {
      file = KeyCheck.folder(config.getValue(path(key)).origin()).resolve(text);
    } catch (InvalidPathException e) {
      throw refused(key, "the path of " + what);
    }
    if (text.isBlank() || !Files.isRegularFile(file)) {
      throw refused(key, "the path of " + what + "; there is no file " + file);
    }
    if (!Files.isReadable(file)) {
      throw refused(key, "the path of " + what + "; " + file + " cannot be read");
    }
    return file;
  }

  /** The value as text. */
  String text(String key) {
    try {
      return config.getString(path(key));
    } catch (ConfigException e) {
      throw refused(key, "a single value");
    }
  }

  /** The exception that says what {@code key} should have been. */
  ScenarioException refused(String key, String right) {
    ConfigValue value = config.getValue(path(key));
    return new ScenarioException(
        KeyCheck.place(value) + path(key) + " = " + KeyCheck.show(value) + ": must be " + right);
  }

  private double number(String key, String right) {
    try {
      double value = config.getDouble(path(key));
      if (Double.isFinite(value)) {
        return value;
      }
    } catch (ConfigException e) {
      throw refused(key, right);
    }
    throw refused(key, right);
  }

  private String path(String key) {
    return prefix + "." + key;
  }
}
