package dev.ksgx.load.validate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ksgx.load.validate.Judgement.Verdict;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ValidationTest {
  private static Target target(String id, String scenario, String over, Target.Bounds bounds) {
    return new Target(id, id, scenario, over, "seconds", "s", 10, bounds, false);
  }

  private static Target within(String id, String scenario, double low, double high) {
    return target(id, scenario, "", new Target.Bounds(low, high, ""));
  }

  private static List<Judgement> judge(Experiment experiment, Target... targets)
      throws InterruptedException {
    return new Validation(List.of(targets), scenario -> experiment)
        .judge(2, (run, done, all) -> {});
  }

  @Test
  void figureOnItsBoundsPassesAndBehindThemFails() throws InterruptedException {
    List<Judgement> judgements =
        judge(
            (scenario, control) -> Map.of("seconds", 11.0),
            within("low", "a1-80mb", 11, 12),
            within("high", "a1-80mb", 10, 11),
            within("below", "a1-80mb", 11.01, 12),
            within("above", "a1-80mb", 9, 10.99));
    assertThat(judgements)
        .extracting(Judgement::verdict)
        .containsExactly(Verdict.PASS, Verdict.PASS, Verdict.FAIL, Verdict.FAIL);
  }

  @Test
  void figureWithoutADeclaredToleranceIsShown() throws InterruptedException {
    assertThat(judge((s, c) -> Map.of("seconds", 99.0), target("x", "a1-80mb", "", null)))
        .singleElement()
        .satisfies(
            judgement -> {
              assertThat(judgement.verdict()).isEqualTo(Verdict.SHOWN);
              assertThat(judgement.modelled()).isEqualTo(99);
            });
  }

  @Test
  void ratioIsOfTheSameFigureInTwoScenarios() throws InterruptedException {
    Experiment experiment =
        (scenario, control) -> Map.of("seconds", scenario.name().endsWith("10gb") ? 20.0 : 2.0);
    assertThat(
            judge(experiment, target("r", "a4-10gb", "a4-1gb", new Target.Bounds(9.99, 10.01, ""))))
        .singleElement()
        .satisfies(judgement -> assertThat(judgement.verdict()).isEqualTo(Verdict.PASS));
  }

  @Test
  void experimentThatFailsFailsItsRowsSaysWhyAndLeavesTheOthersAlone() throws InterruptedException {
    Experiment experiment =
        (scenario, control) -> {
          if (scenario.name().endsWith("a2-1gb")) {
            throw new IllegalStateException("no frame\nis free");
          }
          return Map.of("seconds", 10.0);
        };
    List<Judgement> judgements =
        judge(experiment, within("bad", "a2-1gb", 0, 99), within("good", "a1-80mb", 0, 99));
    assertThat(judgements.get(0).verdict()).isEqualTo(Verdict.FAIL);
    assertThat(judgements.get(0).why()).isEqualTo("no frame is free");
    assertThat(judgements.get(1).verdict()).isEqualTo(Verdict.PASS);
  }

  @Test
  void missingFigureIsAFailureWithAReason() throws InterruptedException {
    assertThat(judge((s, c) -> Map.of(), within("x", "a1-80mb", 0, 99)))
        .singleElement()
        .satisfies(
            judgement -> {
              assertThat(judgement.verdict()).isEqualTo(Verdict.FAIL);
              assertThat(judgement.why()).isEqualTo("a1-80mb gives no seconds");
            });
  }

  @Test
  void errorOfTheMachineEndsEverything() {
    Experiment experiment =
        (scenario, control) -> {
          throw new OutOfMemoryError("of this test");
        };
    assertThatThrownBy(() -> judge(experiment, within("x", "a1-80mb", 0, 99)))
        .isInstanceOf(OutOfMemoryError.class);
  }

  @Test
  void eachScenarioRunsOnceAndTheLongestFirst() throws InterruptedException {
    List<String> ran = Collections.synchronizedList(new ArrayList<>());
    List<Integer> told = new ArrayList<>();
    Experiment experiment =
        (scenario, control) -> {
          ran.add(scenario.name());
          return Map.of("seconds", 10.0);
        };
    List<Judgement> judgements =
        new Validation(
                List.of(
                    within("a", "a3-1mb", 0, 99),
                    within("b", "a3-1mb", 0, 99),
                    within("c", "a6-graphene-8gb", 0, 99)),
                scenario -> experiment)
            .judge(1, (run, done, all) -> told.add(10 * done + all));
    assertThat(ran).containsExactly("validation/a6-graphene-8gb", "validation/a3-1mb");
    assertThat(told).containsExactly(12, 22);
    assertThat(judgements).extracting(each -> each.target().id()).containsExactly("a", "b", "c");
  }
}
