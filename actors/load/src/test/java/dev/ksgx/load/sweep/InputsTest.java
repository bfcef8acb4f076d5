package dev.ksgx.load.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ksgx.kernel.cost.Cost;
import dev.ksgx.load.scenario.Scenario;
import dev.ksgx.load.scenario.ScenarioException;
import dev.ksgx.load.scenario.Scenarios;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a sample varies. */
class InputsTest {
  @TempDir private Path folder;

  private static Scenario scenario(String name, String... settings) {
    return Scenarios.load(name, List.of(settings), OptionalLong.empty());
  }

  private static List<String> names(List<Input> inputs) {
    return inputs.stream().map(Input::name).toList();
  }

  private static Input input(List<Input> inputs, String name) {
    return inputs.stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
  }

  @Test
  void theDefaultOfEveryDeclaredCostLiesInItsRange() {
    for (Input input : Inputs.declared()) {
      assertThat(input.source()).as(input.name()).isNotBlank();
      for (Input.Range range : input.ranges()) {
        Arrays.stream(Cost.values())
            .filter(cost -> range.key().equals(Inputs.OVERRIDES + cost.key()))
            .forEach(
                cost ->
                    assertThat((double) cost.cycles())
                        .as(range.key())
                        .isBetween(range.low(), range.high()));
      }
    }
  }

  @Test
  void whatTheScenarioSaysIsNotVariedAndWhatTheUserNamesIs() {
    List<String> open = names(Inputs.of(scenario("argument"), List.of()));
    assertThat(open).contains("einit", "key-derivation", "scheduling", "cores", "image", "load");
    List<String> fixed =
        names(
            Inputs.of(
                scenario(
                    "comparison",
                    "machine.costs.overrides.egetkey=20000",
                    "kernel.scheduling=pinned"),
                List.of("cores=4,8")));
    assertThat(fixed)
        .contains("einit", "cores")
        .doesNotContain("key-derivation", "scheduling", "image", "load");
  }

  @Test
  void aCostThatWasMeasuredIsNotVaried() throws Exception {
    Path model = folder.resolve("mine.conf");
    Files.writeString(
        model,
        """
        name = mine, ghz = 3.8
        figures {
          einit { cycles = 70000, provenance = M }
          ereport { cycles = 30000, provenance = D }
        }
        """);
    List<String> open =
        names(Inputs.of(scenario("argument", "machine.costs.model=\"" + model + "\""), List.of()));
    assertThat(open).doesNotContain("einit").contains("ereport");
  }

  @Test
  void keysOfOneInputMoveTogetherAndWholeEndsGiveWholeValues() {
    Input derivation = input(Inputs.declared(), "key-derivation");
    assertThat(derivation.at(0))
        .containsEntry("machine.costs.overrides.egetkey", "15000")
        .containsEntry("machine.costs.overrides.einit-token", "20000");
    assertThat(derivation.at(1))
        .containsEntry("machine.costs.overrides.egetkey", "45000")
        .containsEntry("machine.costs.overrides.einit-token", "45000");
    assertThat(derivation.at(0.5)).containsEntry("machine.costs.overrides.egetkey", "30000");
    Input log =
        Input.ranging("x", "given", "", List.of(new Input.Range("x", 1, 10_000, true, true)));
    assertThat(log.at(0.5)).containsEntry("x", "100");
    Input fine =
        Input.ranging("x", "given", "", List.of(new Input.Range("x", 0.2, 1.3, false, false)));
    assertThat(fine.at(0.5)).containsEntry("x", "0.75");
  }

  @Test
  void theUserChangesRangesAndAddsKeys() {
    List<Input> inputs =
        Inputs.of(
            scenario("argument"),
            List.of(
                "einit=1000..2000:log",
                "machine.costs.overrides.egetkey=1..2",
                "image=tiny",
                "machine.device-interrupts-per-second=0..1000"));
    assertThat(input(inputs, "einit").inWords()).isEqualTo("einit 1000..2000:log");
    assertThat(input(inputs, "key-derivation").inWords())
        .isEqualTo("egetkey 1..2; einit-token 20000..45000");
    assertThat(input(inputs, "image").choices()).containsOnlyKeys("tiny");
    assertThat(input(inputs, "image").settings(0.5).getString("load.length")).contains("launches");
    assertThat(names(inputs)).contains("machine.device-interrupts-per-second");
  }

  @Test
  void wholeEndsOfAKeyThatTakesFractionsGiveValuesBetween() {
    List<Input> inputs =
        Inputs.of(
            scenario("argument"),
            List.of("load=1..2", "machine.ghz=1..4", "load.processes=1..4", "einit=1..4"));
    assertThat(input(inputs, "load").at(0.25)).containsEntry("load", "1.25");
    assertThat(input(inputs, "machine.ghz").at(0.5)).containsEntry("machine.ghz", "2.5");
    assertThat(input(inputs, "load.processes").at(0.5)).containsEntry("load.processes", "3");
    assertThat(input(inputs, "einit").at(0.3)).containsEntry("machine.costs.overrides.einit", "2");
  }

  @Test
  void everyWholeValueOfARangeHasTheSameWeight() {
    Input cores =
        input(Inputs.of(scenario("comparison"), List.of("load.processes=1..4")), "load.processes");
    int[] counts = new int[5];
    for (int i = 0; i < 400; i++) {
      counts[Integer.parseInt(cores.at((i + 0.5) / 400).get("load.processes"))]++;
    }
    assertThat(counts).containsExactly(0, 100, 100, 100, 100);
    assertThat(cores.at(1)).containsEntry("load.processes", "4");
  }

  @Test
  void whoNamesTheRateDoesNotVaryTheLoadToo() {
    List<Input> inputs = Inputs.of(scenario("argument"), List.of("load.rate=1000..5000"));
    assertThat(names(inputs)).contains("load.rate").doesNotContain("load");
    assertThatThrownBy(
            () -> Inputs.of(scenario("argument"), List.of("load=0.2..0.9", "load.rate=1..2")))
        .isInstanceOf(ScenarioException.class)
        .hasMessageContaining("load and load.rate both say load.rate");
  }

  @Test
  void aRangeThatCannotBeIsRefusedInOneLine() {
    refused("einit", "must be KEY=LOW..HIGH");
    refused("einit=9..5", "low end must be below");
    refused("einit=0..5:log", "cannot begin at 0");
    refused("einit=1..b", "must be KEY=LOW..HIGH");
    refused("einitt=1..2", "the nearest is einit");
    refused("key-derivation=1..2", "several keys move together");
  }

  private static void refused(String range, String why) {
    assertThatThrownBy(() -> Inputs.of(scenario("argument"), List.of(range)))
        .isInstanceOf(ScenarioException.class)
        .hasMessageStartingWith("--range " + range)
        .hasMessageContaining(why)
        .hasMessageNotContaining("\n");
  }
}
