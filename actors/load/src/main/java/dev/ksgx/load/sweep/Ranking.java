package dev.ksgx.load.sweep;

import dev.ksgx.load.study.Rounding;
import java.util.List;
import org.apache.commons.math3.stat.interval.ConfidenceInterval;
import org.apache.commons.math3.stat.interval.WilsonScoreInterval;

/**
 * How two designs stand to each other over the samples. In a sample one is ahead of the other if
 * both carry the load and its mean latency is the lower by more than {@link #LEVEL}, or if it alone
 * carries the load ({@link Row#carries}).
 *
 * @param first a design
 * @param second another one
 * @param faster samples in which both carry the load and the first is ahead
 * @param alone samples in which the first alone carries it
 * @param level samples in which both carry it and neither is ahead
 * @param slower samples in which both carry it and the second is ahead
 * @param lost samples in which the second alone carries it
 * @param neither samples in which neither does
 * @param ahead share of the samples in which the first is ahead
 * @param behind share in which the second is
 */
public record Ranking(
    String first,
    String second,
    int faster,
    int alone,
    int level,
    int slower,
    int lost,
    int neither,
    Share ahead,
    Share behind) {

  /** Relative difference of two means below which nobody is ahead. */
  public static final double LEVEL = 0.01;

  /** What both carry, and who is ahead; 0: nobody. */
  enum Standing {
    FASTER(1),
    ALONE(1),
    LEVEL(0),
    SLOWER(-1),
    LOST(-1),
    NEITHER(0);

    private final int sign;

    Standing(int sign) {
      this.sign = sign;
    }

    int sign() {
      return sign;
    }
  }

  /**
   * A share of the samples with its 95 % interval (Wilson), as if they were drawn independently; a
   * Latin hypercube is at least as good for anything that is monotone in the inputs.
   */
  public record Share(double share, double low, double high) {
    static Share of(int count, int samples) {
      ConfidenceInterval interval = new WilsonScoreInterval().createInterval(samples, count, 0.95);
      return new Share(
          Rounding.rounded((double) count / samples, 4),
          Rounding.rounded(interval.getLowerBound(), 4),
          Rounding.rounded(interval.getUpperBound(), 4));
    }
  }

  static Standing standing(Row first, Row second) {
    if (!first.carries() || !second.carries()) {
      return first.carries() ? Standing.ALONE : second.carries() ? Standing.LOST : Standing.NEITHER;
    }
    double ratio = first.meanMicros() / second.meanMicros();
    return ratio < 1 / (1 + LEVEL)
        ? Standing.FASTER
        : ratio > 1 + LEVEL ? Standing.SLOWER : Standing.LEVEL;
  }

  /**
   * Two designs over all samples.
   *
   * @param firsts one row a sample
   * @param seconds the same samples
   */
  static Ranking of(List<Row> firsts, List<Row> seconds) {
    int[] counts = new int[Standing.values().length];
    for (int i = 0; i < firsts.size(); i++) {
      counts[standing(firsts.get(i), seconds.get(i)).ordinal()]++;
    }
    int samples = firsts.size();
    return new Ranking(
        firsts.get(0).design(),
        seconds.get(0).design(),
        counts[Standing.FASTER.ordinal()],
        counts[Standing.ALONE.ordinal()],
        counts[Standing.LEVEL.ordinal()],
        counts[Standing.SLOWER.ordinal()],
        counts[Standing.LOST.ordinal()],
        counts[Standing.NEITHER.ordinal()],
        Share.of(counts[Standing.FASTER.ordinal()] + counts[Standing.ALONE.ordinal()], samples),
        Share.of(counts[Standing.SLOWER.ordinal()] + counts[Standing.LOST.ordinal()], samples));
  }
}
