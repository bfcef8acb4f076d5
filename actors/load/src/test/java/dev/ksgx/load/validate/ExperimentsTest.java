package dev.ksgx.load.validate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.ksgx.load.run.RunControl;
import dev.ksgx.load.scenario.Scenario;
import dev.ksgx.load.scenario.Scenarios;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ExperimentsTest {
  private static Scenario scenario(String name, String... settings) {
    return Scenarios.load(Scenarios.VALIDATION + name, List.of(settings), OptionalLong.empty());
  }

  private static Map<String, Double> calls(String name, String... settings) {
    return new CallExperiment().measure(scenario(name, settings), RunControl.NONE);
  }

  private static Map<String, Double> life(String name, String... settings) {
    return new LivesExperiment().measure(scenario(name, settings), RunControl.NONE);
  }

  @Test
  void ecallThatDoesNothingIsEntryExitAndTheCodeOfTheSdkOnBothSides() {
    assertThat(calls("a8-ecall").get("ecall-cycles"))
        .isCloseTo(3_400 + 3_200 + 2 * 1_000, within(5.0));
    assertThat(calls("a8-ecall", "machine.costs.overrides.eenter=13400").get("ecall-cycles"))
        .isCloseTo(13_400 + 3_200 + 2 * 1_000, within(5.0));
  }

  @Test
  void interruptInsideCostsOneExitAndOneResume() {
    assertThat(calls("a8-aex").get("aex-cycles")).isCloseTo(3_900 + 4_000, withinPercentage(0.2));
    assertThat(calls("a8-aex", "machine.costs.overrides.eresume=14000").get("aex-cycles"))
        .isCloseTo(3_900 + 14_000, withinPercentage(0.2));
    assertThat(calls("a8-aex", "machine.timer-hz=0")).doesNotContainKey("aex-cycles");
  }

  @Test
  void lifeIsCreationAndDestructionAndTheyAreMeasured() {
    Map<String, Double> small = life("a7-mesalock");
    assertThat(small.get("create-seconds") + small.get("destroy-seconds"))
        .isCloseTo(small.get("life-seconds"), withinPercentage(0.5));
    assertThat(small.get("create-per-destroy"))
        .isEqualTo(small.get("create-seconds") / small.get("destroy-seconds"));
  }

  @Test
  void slowerMeasuringMakesCreationLongerByEveryChunk() {
    double before = life("a7-mesalock").get("create-seconds");
    double after =
        life("a7-mesalock", "machine.costs.overrides.eextend=7500").get("create-seconds");
    assertThat(after - before).isCloseTo(64 * 16 * 1_000 / 3.6e9, withinPercentage(1));
  }

  @Test
  void userTimeIsTheZeroingAndTheFaultsOfEachPageAsSeenFromUserSpace() {
    Map<String, Double> small = life("a3-1mb", "machine.timer-hz=0");
    double cycles = 256 * (1_500 + 3_900 + 4_000) + 8_600;
    assertThat(small.get("user-seconds")).isCloseTo(cycles / 3.8e9, withinPercentage(2));
    assertThat(small.get("user-seconds") + small.get("system-seconds"))
        .isCloseTo(small.get("life-seconds"), withinPercentage(1));
  }

  @Test
  void heapThatFitsIsNotEvictedAndFaultsOnceAPage() {
    Map<String, Double> small = life("a4-1mb");
    assertThat(small.get("evictions")).isZero();
    assertThat(small.get("faults-per-page")).isCloseTo(1, within(0.03));
  }

  @Test
  void heapThatDoesNotFitIsEvictedAndComesBackByAFaultForEachPage() {
    Map<String, Double> large =
        life(
            "a6-graphene-8gb",
            "load.groups.enclave.unmeasured-pages=4000",
            "machine.epc-mib=4",
            "kernel.bugs=fixed");
    assertThat(large.get("evictions")).isGreaterThan(2 * (4_000.0 - 1_024));
    assertThat(large.get("faults-per-page")).isBetween(0.97, 1.02);
  }
}
