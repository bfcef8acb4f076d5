package dev.ksgx.load.statistics;

/**
 * Jain's index of fairness (Jain, Chiu and Hawe, DEC-TR-301, 1984): the square of the sum over n
 * times the sum of squares. 1 if all have the same, 1/n if one has everything.
 */
public final class Jain {
  private Jain() {}

  /** The index of shares, none negative; NaN if there are none or all are 0. */
  public static double index(double... shares) {
    return index(0, shares);
  }

  /**
   * The index of these shares and of others that are 0.
   *
   * @param zeros how many others there are
   */
  public static double index(long zeros, double[] shares) {
    double sum = 0;
    double squares = 0;
    for (double share : shares) {
      sum += share;
      squares += share * share;
    }
    return sum * sum / ((shares.length + zeros) * squares);
  }
}
