package dev.ksgx.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the front page shows is what the command prints. */
class ReadmeIT {
  private static final Path README = Path.of(System.getProperty("ksgx.root")).resolve("README.md");

  /** How long it took is the machine's affair. */
  private static List<String> lines(String output) {
    return output.lines().map(line -> line.replaceAll("wall time [0-9.]+ s", "wall time")).toList();
  }

  @Test
  void theDefaultRunPrintsWhatTheReadmeShows() throws Exception {
    String readme = Files.readString(README);
    int start = readme.indexOf("```\nlaunch-storm:") + 4;
    String shown = readme.substring(start, readme.indexOf("```", start));
    Ran ran = Jar.run("run");
    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(lines(ran.out())).isEqualTo(lines(shown));
  }

  @Test
  void theRealisticScenarioIsBoundByTheAddWorker() throws Exception {
    Ran ran = Jar.run("run", "launch-storm-75");
    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.out()).contains("add-worker: busy");
  }
}
