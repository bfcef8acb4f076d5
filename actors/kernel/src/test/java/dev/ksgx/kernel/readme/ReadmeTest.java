package dev.ksgx.kernel.readme;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the README shows is what the examples run. */
class ReadmeTest {
  private static final Path MODULE =
      Path.of(System.getProperty("ksgx.root", "../..")).resolve("actors/kernel");

  @Test
  void eachMarkedExampleStandsInTheReadmeWordForWord() throws IOException {
    String readme = Files.readString(MODULE.resolve("README.md"));
    Map<String, String> examples = examples();
    assertThat(examples)
        .containsOnlyKeys(
            "launch", "errors", "stages", "simulated", "faults", "actor", "extension");
    examples.forEach(
        (name, text) ->
            assertThat(readme).as("example %s", name).contains("```java\n" + text + "```\n"));
    assertThat(readme.split("```java\n", -1))
        .as("no example in the README that nobody runs")
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
