package dev.ksgx.load.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Levels of samples. */
class LatinHypercubeTest {
  private static final int SAMPLES = 97;
  private static final List<String> INPUTS = List.of("a", "b", "c");

  @Test
  void everyPartOfEveryInputIsDrawnFromExactlyOnce() {
    double[][] levels = LatinHypercube.levels(7, INPUTS, SAMPLES);
    for (int input = 0; input < INPUTS.size(); input++) {
      Set<Integer> parts = new TreeSet<>();
      for (double[] sample : levels) {
        assertThat(sample[input]).isBetween(0.0, 1.0);
        parts.add((int) (sample[input] * SAMPLES));
      }
      assertThat(parts).hasSize(SAMPLES);
    }
  }

  @Test
  void inputsAreInAnOrderOfTheirOwn() {
    double[][] levels = LatinHypercube.levels(7, INPUTS, SAMPLES);
    double covariance = 0;
    for (double[] sample : levels) {
      covariance += (sample[0] - 0.5) * (sample[1] - 0.5) / SAMPLES;
    }
    assertThat(Math.abs(covariance * 12)).isLessThan(0.35);
    assertThat(levels[0][0]).isNotEqualTo(levels[0][1]);
  }

  @Test
  void oneMoreInputLeavesTheOthersAsTheyWereAndTheSeedChangesAll() {
    double[][] three = LatinHypercube.levels(7, INPUTS, SAMPLES);
    double[][] four = LatinHypercube.levels(7, List.of("a", "new", "b", "c"), SAMPLES);
    double[][] other = LatinHypercube.levels(8, INPUTS, SAMPLES);
    for (int sample = 0; sample < SAMPLES; sample++) {
      assertThat(four[sample][0]).isEqualTo(three[sample][0]);
      assertThat(four[sample][3]).isEqualTo(three[sample][2]);
    }
    assertThat(other[0]).isNotEqualTo(three[0]);
  }
}
