package dev.ksgx.load.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Who is ahead in which share of the samples. */
class RankingTest {
  private static Row row(String design, Double meanMicros) {
    return row(design, meanMicros, 0);
  }

  private static Row row(String design, Double meanMicros, long failed) {
    return new Row(
        "id",
        "1",
        1,
        design,
        Map.of(),
        1,
        meanMicros == null ? 0 : 990,
        meanMicros == null,
        "cores",
        0.5,
        1,
        1,
        meanMicros,
        null,
        null,
        null,
        null,
        null,
        null,
        failed);
  }

  /** Whoever turns most callers away is quick with the rest. */
  @Test
  void aDesignThatFailsMoreThanOneInAHundredDoesNotCarryTheLoad() {
    assertThat(row("a", 9.0, 10).carries()).isTrue();
    assertThat(row("a", 9.0, 11).carries()).isFalse();
    assertThat(Ranking.standing(row("a", 1.0, 4589), row("b", 9.0)))
        .isEqualTo(Ranking.Standing.LOST);
  }

  @Test
  void theShareIsThatOfTheSpaceInWhichAKnownFunctionIsSmaller() {
    double[][] levels = LatinHypercube.levels(5, List.of("x"), 1000);
    List<Row> firsts = new ArrayList<>();
    List<Row> seconds = new ArrayList<>();
    for (double[] sample : levels) {
      // Smaller by more than 1 % below 0.7 / 1.01, greater above 0.7 * 1.01; nobody above 0.9.
      boolean both = sample[0] < 0.9;
      firsts.add(row("first", both ? (Double) sample[0] : null));
      seconds.add(row("second", both ? (Double) 0.7 : null));
    }
    Ranking ranking = Ranking.of(firsts, seconds);
    assertThat(ranking.ahead().share()).isCloseTo(0.7 / 1.01, within(0.001));
    assertThat(ranking.behind().share()).isCloseTo(0.9 - 0.7 * 1.01, within(0.001));
    assertThat(ranking.neither()).isEqualTo(100);
    assertThat(ranking.ahead().low()).isLessThan(0.7 / 1.01);
    assertThat(ranking.ahead().high()).isGreaterThan(0.7 / 1.01);
    int all =
        ranking.faster()
            + ranking.alone()
            + ranking.level()
            + ranking.slower()
            + ranking.lost()
            + ranking.neither();
    assertThat(all).isEqualTo(1000);
  }

  @Test
  void whoAloneCarriesTheLoadIsAhead() {
    Ranking ranking =
        Ranking.of(
            List.of(row("a", 9.0), row("a", null), row("a", 5.0)),
            List.of(row("b", null), row("b", 1.0), row("b", 5.04)));
    assertThat(ranking.alone()).isEqualTo(1);
    assertThat(ranking.lost()).isEqualTo(1);
    assertThat(ranking.level()).isEqualTo(1);
    assertThat(ranking.ahead().share()).isCloseTo(1.0 / 3, within(1e-4));
  }

  @Test
  void theIntervalOfAShareIsWilsons() {
    Ranking.Share share = Ranking.Share.of(97, 100);
    assertThat(share.low()).isCloseTo(0.9155, within(1e-3));
    assertThat(share.high()).isCloseTo(0.9897, within(1e-3));
    assertThat(Ranking.Share.of(100, 100).high()).isEqualTo(1);
  }
}
