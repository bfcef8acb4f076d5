package dev.ksgx.cli;

import dev.ksgx.load.scenario.Scenario;
import dev.ksgx.load.scenario.Scenarios;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which scenario, with which changes. */
final class ScenarioArguments {
  @Parameters(
      arity = "0..1",
      paramLabel = "SCENARIO",
      description = "Embedded scenario or file (HOCON); default: " + Scenarios.DEFAULT + ".")
  private String scenario;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Set one key of the scenario, such as load.rate=500. Repeatable.")
  private List<String> settings = new ArrayList<>();

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Seed of all random streams; same seed, same run.")
  private String seed;

  Scenario load() {
    return load(Scenarios.DEFAULT);
  }

  /** The same for enclaves that are given, for which another scenario is the default. */
  Scenario loadForGivenEnclaves() {
    return load(Scenarios.forGivenEnclaves(settings));
  }

  private Scenario load(String otherwise) {
    return Scenarios.load(scenario == null ? otherwise : scenario, settings, seedNumber(seed));
  }

  /**
   * @param seed as given; null if none was
   * @throws BadInput if it is no number
   */
  static OptionalLong seedNumber(String seed) {
    if (seed == null) {
      return OptionalLong.empty();
    }
    if (!seed.matches("[0-9]{1,18}")) {
      throw new BadInput("--seed " + seed + ": must be a whole number from 0");
    }
    return OptionalLong.of(Long.parseLong(seed));
  }
}
