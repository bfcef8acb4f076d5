package dev.ksgx.load.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScenarioResolutionTest {
  @TempDir private Path folder;

  @Test
  void everyEmbeddedScenarioLoadsAndHasALineOfItsOwn() {
    assertThat(Scenarios.embedded().keySet().iterator().next()).isEqualTo(Scenarios.DEFAULT);
    Scenarios.embedded()
        .forEach(
            (name, description) -> {
              assertThat(description).isNotBlank().doesNotContain("\n");
              assertThat(Scenarios.load(name, List.of(), OptionalLong.empty()).description())
                  .isEqualTo(description);
            });
    assertThat(Scenarios.embedded().values()).doesNotHaveDuplicates();
  }

  @Test
  void defaultScenarioIsTheStormOfTheIssue() {
    Scenario storm = Scenarios.load(Scenarios.DEFAULT, List.of(), OptionalLong.empty());
    assertThat(storm.config().getInt("machine.cores")).isEqualTo(4);
    assertThat(storm.config().getDouble("machine.ghz")).isEqualTo(3.8);
    assertThat(storm.config().getDouble("machine.epc-mib")).isEqualTo(93.5);
    assertThat(storm.config().getString("kernel.preset")).isEqualTo("v5");
    assertThat(storm.load().processes()).isEqualTo(64);
    assertThat(storm.load().arrivals()).isEqualTo(LoadPlan.Arrivals.POISSON);
  }

  @Test
  void everyValueNamesItsOrigin() throws IOException {
    Path file = folder.resolve("my.conf");
    Files.writeString(file, "include \"base.conf\"\n\nload.rate = 7\n");
    Files.writeString(folder.resolve("base.conf"), "load.processes = 3\n");
    Scenario scenario =
        Scenarios.load(file.toString(), List.of("load.image=tiny"), OptionalLong.of(9));
    assertThat(origin(scenario, "load.rate")).isEqualTo(file + ":3");
    assertThat(origin(scenario, "load.processes")).endsWith("base.conf:1");
    assertThat(origin(scenario, "load.image")).isEqualTo("command line");
    assertThat(origin(scenario, "load.seed")).isEqualTo("command line");
    assertThat(origin(scenario, "load.lifetime")).isEqualTo(Scenario.REFERENCE);
  }

  @Test
  void strongestWins() throws IOException {
    Path file = folder.resolve("my.conf");
    Files.writeString(file, "load { seed = 2, rate = 7 }\n");
    Scenario scenario =
        Scenarios.load(
            file.toString(),
            List.of("load.rate=8", "load.rate=9", "load.seed=3"),
            OptionalLong.of(4));
    assertThat(scenario.load().ratePerSecond()).isEqualTo(9);
    assertThat(scenario.load().seed()).isEqualTo(4);
  }

  @Test
  void lengthIsATimeOrANumberOfLaunches() {
    assertThat(plan("load.length=250 ms").length()).isEqualTo(new RunLength.Time(250_000_000));
    assertThat(plan("load.length=20 launches").length()).isEqualTo(new RunLength.Count(20));
  }

  @Test
  void givenEnclavesAreLaunchedInAClosedLoopUnlessTheSettingsPlanAnotherLoad() {
    String chosen = Scenarios.forGivenEnclaves(List.of("machine.cores=16", "load.processes=2"));
    LoadPlan plan = Scenarios.load(chosen, List.of(), OptionalLong.empty()).load();
    assertThat(plan.arrivals()).isEqualTo(LoadPlan.Arrivals.CLOSED);
    assertThat(plan.length()).isInstanceOf(RunLength.Count.class);
    assertThat(Scenarios.forGivenEnclaves(List.of("load { rate = 5 }"))).isEqualTo("launch-storm");
    assertThat(Scenarios.forGivenEnclaves(List.of("load.arrivals=poisson")))
        .isEqualTo("launch-storm");
  }

  private static LoadPlan plan(String setting) {
    return Scenarios.load(Scenarios.DEFAULT, List.of(setting), OptionalLong.empty()).load();
  }

  private static String origin(Scenario scenario, String key) {
    return scenario.settings().stream()
        .filter(setting -> setting.key().equals(key))
        .findFirst()
        .orElseThrow()
        .origin();
  }
}
