package dev.ksgx.load.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ksgx.kernel.cost.Cost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MachineProfilesTest {
  @TempDir private Path folder;

  private Scenario including(String profile) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("mine.conf"),
            "include required(classpath(\"dev/ksgx/load/machines/" + profile + ".conf\"))\n");
    return Scenarios.load(file.toString(), List.of(), OptionalLong.empty());
  }

  @ParameterizedTest
  @CsvSource({
    "p-cfl, 3.8, 12, 23936",
    "p-skl17, 3.2, 4, 23936",
    "p-cfl-9900k, 3.6, 16, 23936",
    "p-icx, 4.6, 16, 16676864"
  })
  void scenarioInAFileIncludesAMachine(String profile, double ghz, int cores, long frames)
      throws IOException {
    Scenario scenario = including(profile);
    assertThat(scenario.kernel().ghz()).isEqualTo(ghz);
    assertThat(scenario.kernel().machine().processors()).isEqualTo(cores);
    assertThat(scenario.kernel().machine().sections().get(0).bytes()).isEqualTo(frames * 4096);
  }

  @Test
  void originOfAValueNamesTheProfile() throws IOException {
    assertThat(including("p-skl17").settings())
        .filteredOn(setting -> setting.key().equals("machine.ghz"))
        .singleElement()
        .satisfies(setting -> assertThat(setting.origin()).matches("machines/p-skl17:[0-9]+"));
  }

  @Test
  void hashingGoesByAFrequencyOfItsOwnOnTheServer() throws IOException {
    assertThat(including("p-icx").kernel().costs().effectiveGhz())
        .containsOnlyKeys(Cost.EEXTEND)
        .containsEntry(Cost.EEXTEND, 3.2);
  }

  @Test
  void machineThatIsNotThereIsRefused() {
    assertThatThrownBy(() -> including("p-xyz"))
        .isInstanceOf(ScenarioException.class)
        .hasMessageContaining("p-xyz");
  }
}
