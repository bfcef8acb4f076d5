package dev.ksgx.load.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReplayTest {
  @TempDir private Path folder;

  @Test
  void launchesAreReadWithTheirImagesAndProcesses() throws IOException {
    Replay replay =
        read(
            "seconds,image,process\n# the morning\n0.25,tiny,1\n\n 0.2507 , , 4 \n0.3\n1,5 pages\n");
    assertThat(replay.launches()).isEqualTo(4);
    assertThat(replay.nanos(0)).isEqualTo(250_000_000);
    assertThat(replay.nanos(1)).isEqualTo(250_700_000);
    assertThat(List.of(replay.image(0), replay.image(1), replay.image(2), replay.image(3)))
        .containsExactly(0, -1, -1, 1);
    assertThat(List.of(replay.process(0), replay.process(1), replay.process(2)))
        .containsExactly(0, 3, -1);
    assertThat(replay.namesImages()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "seconds | 0.25",
        "seconds,image | 0.25,tiny",
        "seconds, image, process | 0.25,tiny,1",
      })
  void headingMayLeaveOutTheOptionalColumns(String heading, String launch) throws IOException {
    assertThat(read(heading + "\n" + launch + "\n").launches()).isEqualTo(1);
  }

  @Test
  void anotherHeadingIsRefusedWithThoseThatThereAre() {
    assertThatThrownBy(() -> read("seconds,process\n0.25,1\n"))
        .hasMessageEndingWith(
            "launches.csv:1: seconds,process: must be seconds, or seconds,image, or"
                + " seconds,image,process");
  }

  @Test
  void pathBeginsAtTheFolderOfTheScenario() throws IOException {
    assertThat(read("0.1\n0.2\n").launches()).isEqualTo(2);
    assertThat(read("0.1\n").namesImages()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "x           | :2: x: must be seconds from the beginning of the load",
        "-1          | :2: -1: must be seconds from the beginning of the load, from 0 to 100000000",
        "1e9         | :2: 1e9: must be seconds from the beginning of the load",
        "0.05        | :2: 0.05: must be not before the launch above it",
        "0.2,huge    | :2: huge: must be an image of the scenario: tiny, 5 pages",
        "0.2,tiny,0  | :2: 0: must be a process from 1 to 4 (load.processes)",
        "0.2,tiny,5  | :2: 5: must be a process from 1 to 4 (load.processes)",
        "0.2,tiny,a  | :2: a: must be a process from 1 to 4 (load.processes)",
        "0.2,tiny,1,2 | :2: 0.2,tiny,1,2: must be seconds, or seconds,image, or seconds,image,process",
      })
  void badLineIsRefusedWithFileAndLineAndWhatWouldBeRight(String line, String expected) {
    assertThatThrownBy(() -> read("0.1\n" + line + "\n"))
        .isInstanceOf(ScenarioException.class)
        .hasMessageContaining(folder.resolve("launches.csv") + expected);
  }

  @Test
  void fileWithoutALaunchIsRefused() {
    assertThatThrownBy(() -> read("# nothing\n"))
        .isInstanceOf(ScenarioException.class)
        .hasMessageContaining("launches.csv: has no launch; must have lines such as");
  }

  @Test
  void replayThatIsOverBeforeTheWindowOpensIsRefused() {
    assertThatThrownBy(() -> read("0.1\n", "load.warm-up=200 ms"))
        .isInstanceOf(ScenarioException.class)
        .hasMessageContaining("load.warm-up = 200 ms: must be at most the time of the last launch");
  }

  @Test
  void replayWithoutAFileIsRefused() {
    assertThatThrownBy(
            () ->
                Scenarios.load(
                    Scenarios.DEFAULT, List.of("load.arrivals=replay"), OptionalLong.empty()))
        .isInstanceOf(ScenarioException.class)
        .hasMessage(
            "command line: load.arrivals = replay: must be another one, or load.replay the path of"
                + " a CSV file of launches");
  }

  private Replay read(String csv, String... settings) throws IOException {
    Files.writeString(folder.resolve("launches.csv"), csv);
    Path scenario = folder.resolve("replay.conf");
    Files.writeString(
        scenario,
        """
        load {
          arrivals = replay
          replay = launches.csv
          processes = 4
          images = [{ image = tiny }, { image = "5 pages" }]
        }
        """);
    return Scenarios.load(scenario.toString(), List.of(settings), OptionalLong.empty())
        .load()
        .replay();
  }
}
