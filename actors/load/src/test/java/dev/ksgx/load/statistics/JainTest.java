package dev.ksgx.load.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class JainTest {
  @Test
  void equalSharesAreFair() {
    assertThat(Jain.index(3, 3, 3)).isCloseTo(1, within(1e-12));
  }

  @Test
  void oneThatHasEverythingIsOneOverN() {
    assertThat(Jain.index(0, 0, 7, 0)).isCloseTo(0.25, within(1e-12));
  }

  @Test
  void twoToOneIsNineTenths() {
    assertThat(Jain.index(2, 1)).isCloseTo(0.9, within(1e-12));
  }

  @Test
  void othersThatHaveNothingAreAsGoodAsListed() {
    assertThat(Jain.index(2, new double[] {3, 1})).isEqualTo(Jain.index(3, 1, 0, 0));
  }

  @Test
  void nothingSharedHasNoIndex() {
    assertThat(Jain.index()).isNaN();
    assertThat(Jain.index(0, 0)).isNaN();
  }
}
