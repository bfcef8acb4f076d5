package dev.ksgx.load.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ksgx.load.scenario.LifeGroup;
import dev.ksgx.load.scenario.TouchPlan;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LifeLedgerTest {
  private final LifeLedger ledger = new LifeLedger(List.of(group(2, 3)));
  private final LifeObserver observer = new LifeObserver(1, request -> 0);

  @Test
  void everyPlannedLifeHasOneOutcome() {
    for (int i = 0; i < 4; i++) {
      ledger.begun(0);
    }
    ledger.ended(life(0, 100, Launch.OK, Map.of(LifePart.CREATE, 60L, LifePart.RUN, 40L)));
    ledger.ended(life(1, 300, Launch.OK, Map.of(LifePart.CREATE, 300L)));
    ledger.ended(life(1, 50, "-ENOMEM", Map.of()));
    LifeFigures figures = figures();
    assertThat(figures.planned()).isEqualTo(6);
    assertThat(figures.completed()).isEqualTo(2);
    assertThat(figures.failed()).containsExactly(Map.entry("-ENOMEM", 1L));
    assertThat(figures.checks()).containsExactly(Map.entry("-ENOMEM", "why"));
    assertThat(figures.unfinished()).isEqualTo(1);
    assertThat(figures.notBegun()).isEqualTo(2);
    assertThat(figures.total().sumNanos()).isEqualTo(400);
    assertThat(figures.parts().get(LifePart.RUN).count()).isEqualTo(1);
    assertThat(figures.processes()).extracting(LifeFigures.OfProcess::pid).containsExactly(8, 9);
    assertThat(LifeLaws.violation(List.of(figures))).isEmpty();
  }

  @Test
  void touchesAreThoseSinceTheWindowOpenedWhateverBecameOfTheLife() {
    ledger.begun(0);
    observer.touched(0);
    observer.reset(500);
    observer.touched(0);
    observer.touched(0);
    assertThat(figures().completed()).isZero();
    assertThat(figures().touches()).isEqualTo(2);
  }

  @Test
  void fairnessIsThatOfThePaceOfProcessesThatCompletedALife() {
    ledger.begun(0);
    ledger.begun(0);
    assertThat(figures().fairness()).isNaN();
    ledger.ended(life(0, 100, Launch.OK, Map.of(LifePart.CREATE, 100L)));
    assertThat(figures().fairness()).isCloseTo(1, within(1e-12));
    ledger.ended(life(1, 200, Launch.OK, Map.of(LifePart.CREATE, 200L)));
    assertThat(figures().fairness()).isCloseTo(0.9, within(1e-12));
  }

  @Test
  void lifeThatItsPartsDoNotCoverIsAViolation() {
    ledger.begun(0);
    ledger.ended(life(0, 100, Launch.OK, Map.of(LifePart.CREATE, 99L)));
    assertThat(LifeLaws.violation(List.of(figures())))
        .contains("time of a life: a life of g took 100 ns, but its parts sum to 99 ns");
  }

  @Test
  void lostLifeIsAViolation() {
    LifeFigures whole = figures();
    LifeFigures lossy =
        new LifeFigures(
            whole.group(),
            whole.planned(),
            whole.completed(),
            whole.failed(),
            whole.checks(),
            whole.unfinished(),
            whole.notBegun() - 1,
            whole.total(),
            whole.parts(),
            whole.touches(),
            whole.processes(),
            whole.spent(),
            whole.untold());
    assertThat(LifeLaws.violation(List.of(whole))).isEmpty();
    assertThat(LifeLaws.violation(List.of(lossy))).isPresent();
  }

  @Test
  void lifeThatNeverBeganCannotEnd() {
    assertThatThrownBy(() -> ledger.ended(life(0, 1, Launch.OK, Map.of())))
        .isInstanceOf(IllegalStateException.class);
  }

  private LifeFigures figures() {
    return ledger.figures(observer, List.of(8, 9)).get(0);
  }

  private static Life life(int member, long nanos, String outcome, Map<LifePart, Long> parts) {
    return new Life(0, member, 1000, 1000 + nanos, parts, outcome, "why");
  }

  private static LifeGroup group(int processes, int repeats) {
    return new LifeGroup(
        "g",
        processes,
        false,
        0,
        repeats,
        4,
        1,
        1,
        LifeGroup.Adds.PAGE,
        LifeGroup.WarmStart.NONE,
        0,
        new TouchPlan(TouchPlan.Pattern.NONE, 1, 1, 1, 1, 1, 1),
        0,
        true);
  }
}
