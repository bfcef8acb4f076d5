package dev.ksgx.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scenarios of whole lives, as the command runs them. */
class LivesCommandTest {
  private static final String SMALL = "load.groups.sdk.unmeasured-pages=50";

  @TempDir private Path folder;

  @Test
  void livesAreReportedByGroup() throws IOException {
    Ran ran = Ran.ksgx("run", "sdk-heap-80mb", "--set", SMALL, "--json");
    assertThat(ran.code()).as(ran.err()).isZero();
    JsonNode group = new ObjectMapper().readTree(ran.out()).get("groups").get(0);
    assertThat(group.get("name").asText()).isEqualTo("sdk");
    assertThat(group.get("lives").get("completed").asInt()).isEqualTo(1);
  }

  @Test
  void livesFillTheResultFolderToo() throws IOException {
    Ran ran = Ran.ksgx("run", "sdk-heap-80mb", "--set", SMALL, "--out", folder);
    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(Files.readString(folder.resolve("summary.txt"))).isEqualTo(ran.out());
    assertThat(folder.resolve("results.json")).isNotEmptyFile();
    assertThat(folder.resolve("latency.hlog")).isNotEmptyFile();
  }

  @Test
  void givenEnclavesAreNoPartOfLives() throws IOException {
    Ran ran =
        Ran.ksgx(
            "run",
            "sdk-heap-80mb",
            "--enclave",
            Samples.sgxs(folder),
            "--sigstruct",
            Samples.sigStruct(folder));
    assertThat(ran.code()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(ran.err()).contains("--enclave and --sigstruct: the scenario has load.kind = lives");
  }

  @Test
  void scenariosOfLivesAreListed() {
    assertThat(Ran.ksgx("scenarios").out())
        .contains("sdk-heap-80mb ", "sdk-heap-1gb ", "graphene-256mb ")
        .contains("hot-and-cold ", "overcommit ");
  }
}
