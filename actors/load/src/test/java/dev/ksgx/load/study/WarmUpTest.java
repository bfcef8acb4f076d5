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
  void neverMoreThanHalfIsCut() {
    List<Double> values = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      values.add(1000.0 - 20 * i);
    }
    assertThat(WarmUp.cut(values)).isLessThanOrEqualTo(20);
    assertThat(WarmUp.cut(List.of(1.0))).isZero();
  }
}
