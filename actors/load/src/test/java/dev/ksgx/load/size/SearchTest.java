package dev.ksgx.load.size;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.load.size.Search.Found;
import dev.ksgx.load.size.Search.Tried;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.Test;

/** Searches in functions with known answers. */
class SearchTest {
  private static Search.Probe where(LongPredicate holds) {
    return amount -> new Tried(amount, holds.test(amount), Map.of(), "", "", 0);
  }

  /** Mean sojourn time in an M/D/1 queue, in services, at a load below 1. */
  private static double sojourn(double load) {
    return 1 + load / (2 * (1 - load));
  }

  @Test
  void theLeastSpeedOfAnMd1ServerIsFound() throws InterruptedException {
    // 0.5 arrivals in a unit of time, service 10 / n: mean below 12 from n = 5.60 on.
    LongPredicate holds = n -> 5.0 / n < 1 && 10.0 / n * sojourn(5.0 / n) < 12;
    assertThat(holds.test(5)).isFalse();
    assertThat(holds.test(6)).isTrue();
    Found found = Search.least(1, 128, where(holds));
    assertThat(found.answer()).contains(6L);
    assertThat(found.monotone()).isTrue();
    assertThat(found.tried()).extracting(Tried::amount).isSorted().contains(5L, 6L, 12L, 128L);
  }

  @Test
  void everyAnswerUpToAHundredIsFoundExactly() throws InterruptedException {
    for (long least = 1; least <= 100; least++) {
      long bound = least;
      assertThat(Search.least(1, 128, where(n -> n >= bound)).answer()).contains(least);
      assertThat(Search.most(1, 128, where(n -> n <= bound)).answer()).contains(least);
    }
  }

  @Test
  void largeAnswersAreFoundWithinTwoPerCentOnTheSafeSide() throws InterruptedException {
    long least = Search.least(1, 1 << 20, where(n -> n >= 54_321)).answer().orElseThrow();
    assertThat(least).isBetween(54_321L, 55_500L);
    long most = Search.most(1, 1 << 20, where(n -> n <= 54_321)).answer().orElseThrow();
    assertThat(most).isBetween(53_200L, 54_321L);
  }

  @Test
  void whatCannotBeMetIsSaid() throws InterruptedException {
    Found never = Search.least(1, 64, where(n -> false));
    assertThat(never.answer()).isEmpty();
    assertThat(never.monotone()).isTrue();
    assertThat(never.at(64).holds()).isFalse();
    assertThat(Search.most(1, 64, where(n -> false)).answer()).isEmpty();
    assertThat(Search.most(1, 64, where(n -> true)).answer()).contains(64L);
  }

  @Test
  void moreThatMakesItWorseAgainIsNotMonotone() throws InterruptedException {
    List<LongPredicate> broken =
        List.of(n -> n >= 5 && n < 100, n -> n >= 5 && n != 10, n -> n == 1 || n == 128);
    for (LongPredicate holds : broken) {
      assertThat(Search.least(1, 128, where(holds)).monotone()).isFalse();
    }
  }
}
