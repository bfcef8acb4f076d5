package dev.ksgx.load.scenario;

import java.io.BufferedReader;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Reads launches from a CSV file: {@code seconds,image,process}, one launch a line, the last two
 * fields optional. Empty lines and lines that begin with # are passed over, and so is a heading in
 * the first line that names the fields there are.
 */
final class ReplayReader {
  private static final int MAX_LAUNCHES = 10_000_000;
  private static final int FIELDS = 3;
  private static final List<String> HEADINGS =
      List.of("seconds", "seconds,image", "seconds,image,process");
  private static final String LAYOUT = String.join(", or ", HEADINGS);
  private static final BigDecimal MAX_SECONDS = BigDecimal.valueOf(100_000_000);
  private static final String SECONDS =
      "seconds from the beginning of the load, from 0 to " + MAX_SECONDS + ", such as 0.25";

  private final Path file;
  private final ImageMix mix;
  private final int processCount;
  private long[] nanos = new long[64];
  private int[] images = new int[64];
  private int[] processes = new int[64];
  private int launches;
  private int line;

  private ReplayReader(Path file, ImageMix mix, int processCount) {
    this.file = file;
    this.mix = mix;
    this.processCount = processCount;
  }

  /**
   * The launches in {@code file}, at least one.
   *
   * @param mix what may be launched by name
   * @param processes processes of the load
   * @throws ScenarioException with one line that names file and line, and says what would be right
   */
  static Replay read(Path file, ImageMix mix, int processes) {
    ReplayReader reader = new ReplayReader(file, mix, processes);
    try (BufferedReader in = Files.newBufferedReader(file)) {
      for (String text; (text = in.readLine()) != null; ) {
        reader.line++;
        reader.take(text.strip());
      }
    } catch (CharacterCodingException e) {
      throw new ScenarioException(file + ": is not a text in UTF-8", e);
    } catch (IOException e) {
      throw new ScenarioException(
          file + ": cannot be read: " + Scenarios.oneLine(e.getMessage()), e);
    }
    if (reader.launches == 0) {
      throw new ScenarioException(
          file + ": has no launch; must have lines such as 0.25,tiny,1 (seconds,image,process)");
    }
    return reader.replay();
  }

  private Replay replay() {
    return new Replay(
        Arrays.copyOf(nanos, launches),
        Arrays.copyOf(images, launches),
        Arrays.copyOf(processes, launches));
  }

  private void take(String text) {
    if (text.isEmpty() || text.startsWith("#")) {
      return;
    }
    List<String> fields = Arrays.stream(text.split(",", -1)).map(String::strip).toList();
    boolean heading = line == 1 && fields.get(0).equals(HEADINGS.get(0));
    if (heading ? !HEADINGS.contains(String.join(",", fields)) : fields.size() > FIELDS) {
      throw refused(text, LAYOUT);
    }
    if (heading) {
      return;
    }
    if (launches == MAX_LAUNCHES) {
      throw refused(text, "the end: a replay has at most " + MAX_LAUNCHES + " launches");
    }
    if (launches == nanos.length) {
      nanos = Arrays.copyOf(nanos, 2 * launches);
      images = Arrays.copyOf(images, 2 * launches);
      processes = Arrays.copyOf(processes, 2 * launches);
    }
    nanos[launches] = nanos(fields.get(0));
    images[launches] = fields.size() > 1 ? image(fields.get(1)) : Replay.DRAWN;
    processes[launches] = fields.size() > 2 ? process(fields.get(2)) : Replay.DRAWN;
    launches++;
  }

  private long nanos(String field) {
    BigDecimal seconds;
    try {
      seconds = new BigDecimal(field);
    } catch (NumberFormatException e) {
      throw refused(field, SECONDS);
    }
    if (seconds.signum() < 0 || seconds.compareTo(MAX_SECONDS) > 0) {
      throw refused(field, SECONDS);
    }
    long planned = seconds.movePointRight(9).longValue();
    if (launches > 0 && planned < nanos[launches - 1]) {
      throw refused(field, "not before the launch above it: launches stand in the order of time");
    }
    return planned;
  }

  private int image(String field) {
    if (field.isEmpty()) {
      return Replay.DRAWN;
    }
    int image = mix.indexOf(field);
    if (image < 0) {
      throw refused(field, "an image of the scenario: " + String.join(", ", mix.names()));
    }
    return image;
  }

  private int process(String field) {
    if (field.isEmpty()) {
      return Replay.DRAWN;
    }
    int process = field.matches("[0-9]{1,6}") ? Integer.parseInt(field) : 0;
    if (process < 1 || process > processCount) {
      throw refused(field, "a process from 1 to " + processCount + " (load.processes)");
    }
    return process - 1;
  }

  private ScenarioException refused(String given, String right) {
    return new ScenarioException(file + ":" + line + ": " + given + ": must be " + right);
  }
}
