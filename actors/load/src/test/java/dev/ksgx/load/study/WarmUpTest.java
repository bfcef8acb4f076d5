package dev.ksgx.load.study;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where MSER cuts. */
class WarmUpTest {
  @Test
  void transientIsCutOff() {
    List<Double> values = new ArrayList<>(List.of(900.0, 500.0, 250.0));
    for (int i = 0; i < 37; i++) {
      values.add(i % 2 == 0 ? 99.0 : 101.0);
    }
    assertThat(WarmUp.cut(values)).isEqualTo(3);
  }

  @Test
  void steadyValuesKeepAllTheyHave() {
    List<Double> values = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      values.add(i % 2 == 0 ? 99.0 : 101.0);
    }
    assertThat(WarmUp.cut(values)).isZero();
  }

  @Test
  void aSuggestionIsToldAsOneRunsAndACutAtTheLimitAsNone() {
    WarmUp.Suggestion early = new WarmUp.Suggestion(3_000_000, true);
    WarmUp.Suggestion late = new WarmUp.Suggestion(55_900_000, false);
    assertThat(Pilots.inWords(15, "v5", List.of(early, late)))
        .isEqualTo(
            "warm-up 15.0 ms; 2 pilots of v5, one run a point: MSER cuts at most 3.0 ms; no steady"
                + " state seen in 1; other designs, caches among them, may take longer");
    assertThat(Pilots.inWords(15, "v5", List.of(late))).doesNotContain("MSER", "55.9");
  }

  @Test
  void neverMoreThanHalfIsCut() {
    List<Double> values = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      values.add(1000.0 - 20 * i);
    }
    assertThat(WarmUp.cut(values)).isLessThanOrEqualTo(20);
    assertThat(WarmUp.cut(List.of(1.0))).isZero();
  }
}
