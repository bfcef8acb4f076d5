package dev.ksgx.load.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class DistributionTest {
  private final Distribution distribution = new Distribution();

  @Test
  void meanSumAndMaximumAreExact() {
    distribution.record(1_000_001);
    distribution.record(2_000_002);
    distribution.record(9_999_999);
    assertThat(distribution.count()).isEqualTo(3);
    assertThat(distribution.sumNanos()).isEqualTo(13_000_002);
    assertThat(distribution.meanNanos()).isEqualTo(13_000_002 / 3.0);
    assertThat(distribution.maxNanos()).isEqualTo(9_999_999);
    assertThat(distribution.percentileNanos(100)).isEqualTo(9_999_999);
  }

  @Test
  void percentilesAreGoodToThreeDigits() {
    for (int i = 1; i <= 100_000; i++) {
      distribution.record(i * 1000L);
    }
    assertThat((double) distribution.percentileNanos(50)).isCloseTo(5e7, within(5e4));
    assertThat((double) distribution.percentileNanos(99.9)).isCloseTo(9.99e7, within(1e5));
  }

  @Test
  void emptyDistributionHasMeanZero() {
    assertThat(distribution.meanNanos()).isZero();
    assertThat(distribution.percentileNanos(50)).isZero();
  }
}
