package dev.ksgx.kernel.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.structure.Attributes;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.kernel.launch.TokenRequest;
import dev.ksgx.runtime.random.RandomStream;
import dev.ksgx.runtime.random.RandomStreams;
import java.util.Arrays;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A daemon's cache of tokens under independent references to a catalogue too large for the exact
 * sum: an item is in if it was asked for within the last T references, where T is such that the
 * expected number of items in is the capacity (Che, Tung, Wang 2002).
 */
class CheApproximationTest {
  private static final int IMAGES = 2_000;
  private static final int REFERENCES = 400_000;
  private static final Bytes CPU_SVN = Bytes.zeros(16);

  /**
   * Zipf's law: the item of rank i is asked for with probability proportional to 1 / i^exponent.
   */
  private static double[] popularity(double exponent) {
    double[] weights =
        IntStream.rangeClosed(1, IMAGES).mapToDouble(rank -> Math.pow(rank, -exponent)).toArray();
    double sum = DoubleStream.of(weights).sum();
    return DoubleStream.of(weights).map(weight -> weight / sum).toArray();
  }

  private static double itemsWithin(double references, double[] popularity) {
    return DoubleStream.of(popularity).map(p -> -Math.expm1(-p * references)).sum();
  }

  private static double hitRate(double[] popularity, int capacity) {
    double low = 0;
    double high = 1;
    while (itemsWithin(high, popularity) < capacity) {
      high *= 2;
    }
    for (int i = 0; i < 100; i++) {
      double middle = (low + high) / 2;
      if (itemsWithin(middle, popularity) < capacity) {
        low = middle;
      } else {
        high = middle;
      }
    }
    double within = low;
    return DoubleStream.of(popularity).map(p -> -p * Math.expm1(-p * within)).sum();
  }

  private static TokenKey image(int index) {
    byte[] mrenclave = new byte[32];
    mrenclave[0] = (byte) index;
    mrenclave[1] = (byte) (index >>> 8);
    Attributes attributes = new Attributes(Attributes.MODE64BIT, 3);
    return new TokenKey(
        new TokenRequest(Bytes.copyOf(mrenclave), Bytes.zeros(32), attributes), CPU_SVN);
  }

  private static double measured(double[] popularity, int capacity, RandomStream chance) {
    double[] upTo = popularity.clone();
    Arrays.parallelPrefix(upTo, Double::sum);
    TokenKey[] keys = IntStream.range(0, IMAGES).mapToObj(i -> image(i)).toArray(TokenKey[]::new);
    TokenCache.Counts counts = new TokenCache.Counts();
    TokenCache cache = new TokenCache(capacity, 0, counts);
    long hitsBefore = 0;
    for (int i = -REFERENCES / 10; i < REFERENCES; i++) {
      if (i == 0) {
        hitsBefore = counts.hits;
      }
      int drawn = Arrays.binarySearch(upTo, chance.nextDouble());
      TokenKey key = keys[Math.min(drawn < 0 ? -drawn - 1 : drawn, IMAGES - 1)];
      if (cache.find(key, i) == null) {
        cache.keep(key, CPU_SVN, i);
      }
    }
    return (counts.hits - hitsBefore) / (double) REFERENCES;
  }

  @ParameterizedTest(name = "exponent {0}, capacity {1}")
  @CsvSource({"0.6, 200", "0.8, 200", "1.0, 200", "0.8, 50", "0.8, 800"})
  void theHitRateOfALargeCatalogueIsChesWithinOnePoint(double exponent, int capacity) {
    double[] popularity = popularity(exponent);
    double theory = hitRate(popularity, capacity);
    RandomStream chance = new RandomStreams(20171113).stream("references");
    assertThat(measured(popularity, capacity, chance)).isCloseTo(theory, Offset.offset(0.01));
    assertThat(theory)
        .as("and not that of the most popular ones kept for ever")
        .isLessThan(DoubleStream.of(popularity).limit(capacity).sum() - 0.02);
  }
}
