package dev.ksgx.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the compiled classes do not show. */
class SourceRulesTest {
  private static final int LONGEST_FILE = 400;
  private static final Pattern SYNCHRONIZED_BLOCK = Pattern.compile("\\bsynchronized\\s*\\(");

  private static List<Path> sources(String... modules) throws IOException {
    Path root = Path.of(System.getProperty("ksgx.root"));
    List<Path> found = new java.util.ArrayList<>();
    for (String module : modules) {
      try (Stream<Path> files = Files.walk(root.resolve(module).resolve("src"))) {
        files.filter(file -> file.toString().endsWith(".java")).forEach(found::add);
      }
    }
    assertThat(found).isNotEmpty();
    return found;
  }

  @Test
  void nothingInTheModelSynchronizes() throws IOException {
    for (Path file : sources("hardware", "protocol", "actors/kernel")) {
      if (file.toString().contains("/main/")) {
        assertThat(Files.readString(file)).as("%s", file).doesNotContainPattern(SYNCHRONIZED_BLOCK);
      }
    }
  }

  @Test
  void aFileIsReadInOneSitting() throws IOException {
    for (Path file :
        sources(
            "hardware",
            "protocol",
            "actors/runtime",
            "actors/kernel",
            "actors/load",
            "actors/trace",
            "actors/cli")) {
      assertThat(Files.readAllLines(file)).as("%s", file).hasSizeLessThanOrEqualTo(LONGEST_FILE);
    }
  }

  @Test
  void everyPackageSaysWhatItIsFor() throws IOException {
    for (Path file :
        sources(
            "hardware",
            "protocol",
            "actors/runtime",
            "actors/kernel",
            "actors/load",
            "actors/trace",
            "actors/cli")) {
      if (file.toString().contains("/src/main/java/")) {
        assertThat(file.resolveSibling("package-info.java")).exists();
      }
    }
  }
}
