package dev.ksgx.load.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.load.study.Designs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The table of the README is what the command prints. */
class FaultReadmeTest {
  private static final Path README =
      Path.of(System.getProperty("ksgx.root")).resolve("actors/load/README.md");

  private static List<String> table(String text) {
    return text.lines()
        .dropWhile(line -> !line.startsWith("| as shipped"))
        .takeWhile(line -> line.startsWith("|"))
        .map(line -> line.replaceAll(" +\\|", " |").replaceAll("-{3,}", "---"))
        .toList();
  }

  @Tag("soak")
  @Test
  void theOverviewIsWhatIsMeasured() throws IOException, InterruptedException {
    String printed = FaultText.of(FaultStudy.run(Designs.of(FaultStudy.DESIGNS), 1, 2));
    assertThat(table(Files.readString(README)))
        .hasSize(2 + FaultState.values().length)
        .isEqualTo(table(printed));
  }
}
