package dev.ksgx.load.workload.life;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.load.scenario.TouchPlan;
import dev.ksgx.runtime.random.RandomStreams;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PageChoiceTest {
  @Test
  void sequentialThreadsGoRoundFromPlacesThatAreSpreadOut() {
    TouchPlan plan = plan(TouchPlan.Pattern.SEQUENTIAL, 5);
    assertThat(take(plan, 0, 2, 7)).containsExactly(0, 1, 2, 3, 4, 0, 1);
    assertThat(take(plan, 1, 2, 4)).containsExactly(2, 3, 4, 0);
  }

  @Test
  void uniformReachesEveryPageAboutEquallyOften() {
    int[] pages = take(plan(TouchPlan.Pattern.UNIFORM, 10), 0, 1, 100_000);
    for (int page = 0; page < 10; page++) {
      int wanted = page;
      assertThat(Arrays.stream(pages).filter(each -> each == wanted).count())
          .isBetween(9_500L, 10_500L);
    }
  }

  @Test
  void zipfLikesTheFirstPageMost() {
    int[] pages = take(plan(TouchPlan.Pattern.ZIPF, 100), 0, 1, 10_000);
    long first = Arrays.stream(pages).filter(page -> page == 0).count();
    long second = Arrays.stream(pages).filter(page -> page == 1).count();
    assertThat(first).isBetween(1700L, 2200L);
    assertThat((double) first / second).isBetween(1.7, 2.4);
    assertThat(Arrays.stream(pages).allMatch(page -> page >= 0 && page < 100)).isTrue();
  }

  @Test
  void phaseStaysInItsWindowAndTheNextIsElsewhere() {
    TouchPlan plan = new TouchPlan(TouchPlan.Pattern.PHASES, 100_000, 1, 1, 1, 50, 1000);
    int[] pages = take(plan, 0, 1, 3000);
    int[] first = IntStream.range(0, 3).map(k -> min(pages, 1000 * k)).toArray();
    for (int k = 0; k < 3; k++) {
      int[] window = Arrays.copyOfRange(pages, 1000 * k, 1000 * (k + 1));
      assertThat(Arrays.stream(window).max().orElseThrow() - first[k]).isLessThan(50);
      assertThat(Arrays.stream(window).distinct().count()).isEqualTo(50);
    }
    assertThat(first[0]).isNotEqualTo(first[1]);
    assertThat(first[1]).isNotEqualTo(first[2]);
  }

  @Test
  void windowAsLargeAsTheHeapNeverMovesOutOfIt() {
    TouchPlan plan = new TouchPlan(TouchPlan.Pattern.PHASES, 20, 1, 1, 1, 20, 10);
    assertThat(Arrays.stream(take(plan, 0, 1, 1000)).allMatch(page -> page >= 0 && page < 20))
        .isTrue();
  }

  private static int min(int[] pages, int from) {
    return Arrays.stream(pages, from, from + 1000).min().orElseThrow();
  }

  private static TouchPlan plan(TouchPlan.Pattern pattern, int pages) {
    return new TouchPlan(pattern, pages, 1, 1, 0.99, 1, 1);
  }

  private static int[] take(TouchPlan plan, int thread, int threads, int count) {
    PageChoice choice = PageChoice.of(plan, thread, threads, new RandomStreams(3).stream("pages"));
    return IntStream.generate(choice::next).limit(count).toArray();
  }
}
