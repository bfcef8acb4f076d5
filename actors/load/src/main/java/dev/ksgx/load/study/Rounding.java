package dev.ksgx.load.study;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** Figures of a report: microseconds of nanoseconds, and no more digits than they are good for. */
public final class Rounding {
  private static final int DECIMALS = 3;

  private Rounding() {}

  public static double rounded(double value, int decimals) {
    return BigDecimal.valueOf(value).setScale(decimals, RoundingMode.HALF_EVEN).doubleValue();
  }

  static double micros(double nanos) {
    return rounded(nanos / 1e3, DECIMALS);
  }

  static Estimate micros(Estimate nanos) {
    Double halfWidth = nanos.halfWidth();
    return new Estimate(
        micros(nanos.mean()), halfWidth == null ? null : (Double) micros(halfWidth));
  }

  static Estimate perSecond(Estimate rate) {
    Double halfWidth = rate.halfWidth();
    return new Estimate(
        rounded(rate.mean(), DECIMALS),
        halfWidth == null ? null : (Double) rounded(halfWidth, DECIMALS));
  }
}
