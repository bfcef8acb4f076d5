package dev.ksgx.kernel.readme;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the README shows is what the examples run. */
class ReadmeTest {
  private static final Path ROOT = Path.of(System.getProperty("ksgx.root", "../.."));
  private static final Path MODULE = ROOT.resolve("actors/kernel");

  @Test
  void eachMarkedExampleStandsInItsReadmeWordForWord() throws IOException {
    Map<String, String> examples = examples();
    String front = examples.remove("front");
    assertThat(examples)
        .containsOnlyKeys(
            "launch", "errors", "tokens", "stages", "simulated", "faults", "actor", "extension");
    assertShows(MODULE.resolve("README.md"), examples.values());
    assertShows(ROOT.resolve("README.md"), List.of(front));
  }

  private static void assertShows(Path readme, Collection<String> examples) throws IOException {
    String text = Files.readString(readme);
    for (String example : examples) {
      assertThat(text).contains("```java\n" + example + "```\n");
    }
    assertThat(text.split("```java\n", -1))
        .as("no example in %s that nobody runs", readme)
        .hasSize(examples.size() + 1);
  }

  private static Map<String, String> examples() throws IOException {
    Map<String, String> found = new LinkedHashMap<>();
    Path sources = MODULE.resolve("src/test/java/dev/ksgx/kernel/readme");
    try (Stream<Path> files = Files.list(sources)) {
      for (Path file : files.filter(path -> path.toString().endsWith("Test.java")).toList()) {
        read(Files.readAllLines(file), found);
      }
    }
    return found;
  }

  private static void read(List<String> lines, Map<String, String> found) {
    String name = null;
    StringBuilder text = new StringBuilder();
    for (String line : lines) {
      String trimmed = line.strip();
      if (trimmed.startsWith("// tag::") && trimmed.endsWith("[]")) {
        name = trimmed.substring("// tag::".length(), trimmed.length() - 2);
        text.setLength(0);
      } else if (name != null && trimmed.equals("// end::" + name + "[]")) {
        found.put(name, text.toString().stripTrailing().stripIndent() + "\n");
        name = null;
      } else if (name != null) {
        text.append(line).append('\n');
      }
    }
  }
}
