package dev.ksgx.load.study;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** When enough has been replicated. */
class StopRuleTest {
  private static final StopRule RULE = new StopRule(4, 10, 0.05);

  @Test
  void firstRoundIsMadeWhateverItSays() {
    assertThat(RULE.next(0, List.of())).isEqualTo(4);
    assertThat(RULE.next(1, List.of(new Estimate(100, 0.0)))).isEqualTo(4);
  }

  @Test
  void narrowIntervalEndsIt() {
    assertThat(RULE.next(4, List.of(new Estimate(100, 5.0)))).isEqualTo(4);
    assertThat(RULE.next(4, List.of(new Estimate(100, 5.1)))).isEqualTo(6);
  }

  @Test
  void everyEstimateHasToBeNarrow() {
    List<Estimate> estimates = List.of(new Estimate(100, 1.0), new Estimate(500, 26.0));
    assertThat(RULE.next(4, estimates)).isEqualTo(6);
  }

  @Test
  void roundsGrowUpToTheMost() {
    List<Estimate> wide = List.of(new Estimate(100, 50.0));
    assertThat(RULE.next(6, wide)).isEqualTo(9);
    assertThat(RULE.next(9, wide)).isEqualTo(10);
    assertThat(RULE.next(10, wide)).isEqualTo(10);
  }

  @Test
  void fixedNumberIsNeitherMoreNorLess() {
    StopRule fixed = StopRule.exactly(3);
    assertThat(fixed.next(0, List.of())).isEqualTo(3);
    assertThat(fixed.next(3, List.of(new Estimate(1, 99.0)))).isEqualTo(3);
  }

  @Test
  void withoutAnIntervalNothingIsNarrow() {
    assertThat(new StopRule(1, 5, 0.05).next(1, List.of(new Estimate(1, null)))).isEqualTo(2);
  }
}
