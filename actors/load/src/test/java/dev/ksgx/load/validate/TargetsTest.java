package dev.ksgx.load.validate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ksgx.kernel.config.Preset;
import dev.ksgx.kernel.cost.Cost;
import dev.ksgx.kernel.cost.CostModel;
import dev.ksgx.load.scenario.Scenario;
import dev.ksgx.load.scenario.Scenarios;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TargetsTest {
  private static final List<Target> TARGETS = Targets.all();

  /** What the microbenchmarks leave out because the published ones do. */
  private static final List<Cost> LEFT_OUT = List.of(Cost.INTERRUPT, Cost.CONTEXT_SWITCH);

  private static List<Scenario> scenarios() {
    return TARGETS.stream()
        .flatMap(target -> Stream.of(target.scenario(), target.over()))
        .filter(name -> !name.isEmpty())
        .distinct()
        .map(name -> Scenarios.load(Scenarios.VALIDATION + name, List.of(), OptionalLong.empty()))
        .toList();
  }

  private static Target target(String id) {
    return TARGETS.stream().filter(each -> each.id().equals(id)).findFirst().orElseThrow();
  }

  @Test
  void everyRowIsThereAndSaysWhetherItWasFitted() {
    Map<String, Boolean> fitted =
        TARGETS.stream()
            .collect(
                Collectors.toMap(
                    target -> target.id().substring(0, 2), Target::fitted, (a, b) -> a || b));
    assertThat(fitted)
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "A1", true, "A2", true, "A3", true, "A4", true, "A5", false, "A6", false, "A7",
                false, "A8", true));
    assertThat(TARGETS).extracting(Target::id).doesNotHaveDuplicates();
  }

  @Test
  void toleranceIsAShareAFactorOrTwoBounds() {
    assertThat(target("A1").bounds().low()).isCloseTo(0.18171, within(1e-9));
    assertThat(target("A1").bounds().high()).isCloseTo(0.22209, within(1e-9));
    assertThat(target("A7-create").bounds().low()).isCloseTo(0.001271, within(1e-9));
    assertThat(target("A7-create").bounds().high()).isCloseTo(0.005084, within(1e-9));
    assertThat(target("A5").bounds()).isEqualTo(new Target.Bounds(0.42, 0.68, "0.42-0.68"));
    assertThat(target("A4-ewb").bounds()).isEqualTo(new Target.Bounds(0, 0, "exactly"));
    assertThat(target("A1-user").bounds()).isNull();
  }

  @Test
  void allRowsRunWithOneCostModel() {
    for (Scenario scenario : scenarios()) {
      CostModel costs = scenario.kernel().costs();
      assertThat(costs.name()).as(scenario.name()).isEqualTo("p-cfl");
      for (Cost cost : Cost.values()) {
        if (scenario.name().contains("/a8-") && LEFT_OUT.contains(cost)) {
          continue;
        }
        assertThat(costs.cycles(cost))
            .as("%s: %s", scenario.name(), cost)
            .isEqualTo(CostModel.pCfl().cycles(cost));
      }
    }
  }

  @Test
  void whatIsSaidOfAMachineIsSaidInItsProfileAlone() {
    for (Scenario scenario : scenarios()) {
      if (scenario.name().contains("/a8-")) {
        continue;
      }
      assertThat(scenario.settings())
          .filteredOn(setting -> setting.key().startsWith("machine."))
          .filteredOn(setting -> !setting.origin().equals(Scenario.REFERENCE))
          .as(scenario.name())
          .isNotEmpty()
          .allSatisfy(setting -> assertThat(setting.origin()).contains("machines/p-"));
    }
  }

  @Test
  void rowsRunTheGenerationThatTheyWereMeasuredWith() {
    for (Scenario scenario : scenarios()) {
      boolean outOfTree = scenario.name().matches("validation/a[56]-.*");
      assertThat(scenario.kernel().preset())
          .as(scenario.name())
          .isEqualTo(outOfTree ? Preset.V5 : Preset.MAINLINE);
      assertThat(scenario.kernel().paging()).isEqualTo(scenario.kernel().preset().paging());
      assertThat(scenario.kernel().add()).isEqualTo(scenario.kernel().preset().add());
    }
  }

  @Test
  void everyMachineIsUsed() {
    TreeSet<Double> frequencies = new TreeSet<>();
    scenarios().forEach(scenario -> frequencies.add(scenario.kernel().ghz()));
    assertThat(frequencies).containsExactly(3.2, 3.6, 3.8, 4.6);
  }
}
