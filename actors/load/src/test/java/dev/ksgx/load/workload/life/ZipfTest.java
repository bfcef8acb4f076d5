package dev.ksgx.load.workload.life;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.runtime.random.RandomStream;
import dev.ksgx.runtime.random.RandomStreams;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ZipfTest {
  private static final int DRAWS = 400_000;

  /**
   * Pearson's statistic over all ranks; five standard deviations above its mean is chance no more.
   */
  @ParameterizedTest
  @CsvSource({"10, 0.99", "100, 1.0", "100, 0.5", "50, 2.5", "1, 0.99", "2, 1.0"})
  void ranksComeInProportionToTheirPowers(int n, double exponent) {
    long[] drawn = new long[n + 1];
    Zipf zipf = new Zipf(n, exponent);
    RandomStream random = new RandomStreams(7).stream("zipf");
    for (int i = 0; i < DRAWS; i++) {
      drawn[zipf.next(random)]++;
    }
    double norm = 0;
    for (int rank = 1; rank <= n; rank++) {
      norm += Math.pow(rank, -exponent);
    }
    double statistic = 0;
    for (int rank = 1; rank <= n; rank++) {
      double expected = DRAWS * Math.pow(rank, -exponent) / norm;
      statistic += (drawn[rank] - expected) * (drawn[rank] - expected) / expected;
    }
    assertThat(drawn[0]).isZero();
    assertThat(statistic).isLessThan(n - 1 + 5 * Math.sqrt(2.0 * n));
  }

  @ParameterizedTest
  @CsvSource({"16777216, 0.99", "16777216, 10", "16777216, 0.01"})
  void ranksStayInRangeForTheLargestHeap(int n, double exponent) {
    Zipf zipf = new Zipf(n, exponent);
    RandomStream random = new RandomStreams(7).stream("zipf");
    for (int i = 0; i < 10_000; i++) {
      assertThat(zipf.next(random)).isBetween(1, n);
    }
  }
}
