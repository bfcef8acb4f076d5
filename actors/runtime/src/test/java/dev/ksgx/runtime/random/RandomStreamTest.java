package dev.ksgx.runtime.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("both-jdks")
class RandomStreamTest {
  private static RandomStream stream() {
    return new RandomStreams(42).stream("golden");
  }

  /** The JDK's seeding reads bytes as signed, so the words here have no byte above 0x7F. */
  @Test
  void theGeneratorIsXoshiro256PlusPlus() {
    long[] state = {
      0x0123456701234567L, 0x76543210_11223344L, 0x55667701_01020304L, 0x7F00007F_7F7F0001L
    };
    ByteBuffer bytes = ByteBuffer.allocate(32);
    for (long word : state) {
      bytes.putLong(word);
    }
    RandomGenerator reference =
        RandomGeneratorFactory.of("Xoshiro256PlusPlus").create(bytes.array());
    RandomStream stream = new RandomStream(state[0], state[1], state[2], state[3]);
    for (int i = 0; i < 10_000; i++) {
      assertThat(stream.nextLong()).isEqualTo(reference.nextLong());
    }
  }

  @Test
  void aStreamStartsAtTheHashOfSeedAndName() throws Exception {
    MessageDigest sha = MessageDigest.getInstance("SHA-256");
    sha.update(ByteBuffer.allocate(8).putLong(42).flip());
    ByteBuffer state = ByteBuffer.wrap(sha.digest("golden".getBytes("UTF-8")));
    RandomStream reference =
        new RandomStream(state.getLong(), state.getLong(), state.getLong(), state.getLong());
    assertThat(stream().nextLong()).isEqualTo(reference.nextLong());
  }

  @Test
  void goldenValuesHoldOnEveryJdk() {
    RandomStream stream = stream();
    assertThat(stream.nextLong()).isEqualTo(327170853397032200L);
    assertThat(stream.nextInt(1000)).isEqualTo(210);
    assertThat(stream.nextDouble()).isEqualTo(0.46409676469317596);
    assertThat(stream.exponential(1e6)).isEqualTo(208116.6121048025);
  }

  @Test
  void aStreamDependsOnSeedAndNameOnlyNotOnOtherStreams() {
    RandomStreams some = new RandomStreams(1);
    RandomStreams others = new RandomStreams(1);
    others.stream("x").nextLong();
    others.stream("y").nextLong();
    long a = some.stream("a").nextLong();
    assertThat(others.stream("a").nextLong()).isEqualTo(a);
    assertThat(some.stream("b").nextLong()).isNotEqualTo(a);
    assertThat(new RandomStreams(2).stream("a").nextLong()).isNotEqualTo(a);
  }

  @Test
  void nextIntIsUniformWithinItsBound() {
    RandomStream stream = stream();
    int[] counts = new int[7];
    int draws = 700_000;
    for (int i = 0; i < draws; i++) {
      counts[stream.nextInt(7)]++;
    }
    double expected = draws / 7.0;
    double chiSquare = 0;
    for (int count : counts) {
      chiSquare += (count - expected) * (count - expected) / expected;
    }
    assertThat(chiSquare).as("6 degrees of freedom, 99.99 %%").isLessThan(27.9);
    assertThatIllegalArgumentException().isThrownBy(() -> stream.nextInt(0));
  }

  @Test
  void nextIntHasNoBiasAtABoundThatDoesNotDivideTheRange() {
    RandomStream stream = stream();
    int bound = 3 << 29; // plain multiplication would favour a third of the values two to one
    int low = 0;
    int draws = 300_000;
    for (int i = 0; i < draws; i++) {
      if (stream.nextInt(bound) % 3 == 0) {
        low++;
      }
    }
    double sigma = Math.sqrt(draws * (1 / 3.0) * (2 / 3.0));
    assertThat((double) low).isCloseTo(draws / 3.0, within(4 * sigma));
  }

  @Test
  void exponentialHasItsMeanAndVariance() {
    RandomStream stream = stream();
    int draws = 1_000_000;
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < draws; i++) {
      double x = stream.exponential(2.0);
      assertThat(x >= 0).isTrue();
      sum += x;
      squares += x * x;
    }
    double mean = sum / draws;
    assertThat(mean).isCloseTo(2.0, within(4 * 2.0 / Math.sqrt(draws)));
    double variance = squares / draws - mean * mean;
    assertThat(variance).isCloseTo(4.0, within(4 * 4.0 * Math.sqrt(8.0 / draws)));
  }
}
