package dev.ksgx.load.study;

import java.util.ArrayList;
import java.util.List;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.stat.descriptive.moment.Mean;
import org.apache.commons.math3.stat.descriptive.moment.StandardDeviation;

/** What independent replications say of a mean: Student's t at 95 %. */
public final class Intervals {
  /** Probability with which an interval of many leaves the true value out. */
  public static final double ALPHA = 0.05;

  private Intervals() {}

  /**
   * The mean of some values with its interval.
   *
   * @param values one of each replication, at least one; a single one has no interval
   */
  public static Estimate of(List<Double> values) {
    double[] array = array(values);
    double mean = new Mean().evaluate(array);
    if (array.length < 2) {
      return new Estimate(mean, null);
    }
    return new Estimate(mean, quantile(array.length) * standardError(array));
  }

  /**
   * Differences of replications with the same seeds, one by one.
   *
   * @param values of one design, by replication
   * @param reference of the other; what one of them has more than the other is left out
   */
  public static List<Double> differences(List<Double> values, List<Double> reference) {
    List<Double> differences = new ArrayList<>();
    for (int i = 0; i < Math.min(values.size(), reference.size()); i++) {
      differences.add(values.get(i) - reference.get(i));
    }
    return differences;
  }

  /**
   * The probability of a mean at least as far from zero if the true one were zero (two-sided t
   * test); 1 if there are fewer than two values to tell by. Values that are all the same, as counts
   * may be, say nothing of their variance: of those only the signs count (sign test).
   */
  public static double probabilityOfChance(List<Double> values) {
    return probabilityOfChance(values, 0);
  }

  /**
   * The same for differences of figures that were read off a scale: they vary at least as the
   * errors of two readings do, each equally probable within a step.
   *
   * @param step of the scale
   */
  static double probabilityOfChance(List<Double> values, double step) {
    double[] array = array(values);
    if (array.length < 2) {
      return 1;
    }
    double mean = new Mean().evaluate(array);
    double error = Math.max(standardError(array), step / StrictMath.sqrt(6.0 * array.length));
    if (error == 0) {
      return mean == 0 ? 1 : StrictMath.pow(2, 1 - array.length);
    }
    return 2 * student(array.length).cumulativeProbability(-Math.abs(mean / error));
  }

  private static double standardError(double[] values) {
    return new StandardDeviation().evaluate(values) / StrictMath.sqrt(values.length);
  }

  private static double quantile(int replications) {
    return student(replications).inverseCumulativeProbability(1 - ALPHA / 2);
  }

  /** The generator that the library would make draws its seed from the clock; nobody samples. */
  private static TDistribution student(int replications) {
    return new TDistribution(null, replications - 1.0);
  }

  private static double[] array(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
