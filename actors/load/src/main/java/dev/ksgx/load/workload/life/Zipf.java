package dev.ksgx.load.workload.life;

import dev.ksgx.runtime.random.RandomStream;

/**
 * Ranks from 1 to n with probabilities in proportion to rank^-exponent, by rejection-inversion
 * (Hörmann and Derflinger, ACM TOMACS 6(3), 1996): no table, and 1 to 1.1 draws a rank.
 *
 * <p>Own code, although libraries have it: theirs calls {@link Math}, the last bit of which may
 * differ between JVMs, and a run must not.
 */
final class Zipf {
  /** Below this the quotients are 1 to the last bit. */
  private static final double TINY = 1e-8;

  private final int n;
  private final double exponent;
  private final double area1;
  private final double areaN;
  private final double sureBelow;

  /**
   * @param n ranks, at least 1
   * @param exponent above 0
   */
  Zipf(int n, double exponent) {
    this.n = n;
    this.exponent = exponent;
    this.area1 = area(1.5) - 1;
    this.areaN = area(n + 0.5);
    this.sureBelow = 2 - inverse(area(2.5) - height(2));
  }

  /** The next rank. */
  int next(RandomStream random) {
    while (true) {
      double u = areaN + random.nextDouble() * (area1 - areaN);
      double x = inverse(u);
      int rank = (int) Math.max(1, Math.min(n, Math.round(x)));
      if (rank - x <= sureBelow || u >= area(rank + 0.5) - height(rank)) {
        return rank;
      }
    }
  }

  /** x^-exponent. */
  private double height(double x) {
    return StrictMath.exp(-exponent * StrictMath.log(x));
  }

  /** Integral of {@link #height} from 1 to x, by a formula that holds for exponent 1 as well. */
  private double area(double x) {
    double log = StrictMath.log(x);
    double power = (1 - exponent) * log;
    return log * (Math.abs(power) < TINY ? 1 : StrictMath.expm1(power) / power);
  }

  /** The x whose {@link #area} is that. */
  private double inverse(double area) {
    double power = Math.max(-1, area * (1 - exponent));
    return StrictMath.exp(area * (Math.abs(power) < TINY ? 1 : StrictMath.log1p(power) / power));
  }
}
