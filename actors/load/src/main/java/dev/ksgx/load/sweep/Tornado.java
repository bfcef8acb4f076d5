package dev.ksgx.load.sweep;

import dev.ksgx.load.study.Holm;
import dev.ksgx.load.study.Rounding;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.commons.math3.distribution.FDistribution;

/**
 * What an outcome depends on. For every input the samples are put into groups, the thirds of its
 * range or its choices; all other inputs are in each group as they were sampled, over their whole
 * ranges. The means of the groups say what the input does to the outcome; the correlation ratio,
 * the share of the outcome's variance that lies between the groups, says how much of it the input
 * explains by itself. Unlike a slope or a rank correlation it asks for no straight line, no order
 * and no direction. What two inputs do only together is no one's share, so shares need not sum to
 * one.
 *
 * @param outcome what is explained
 * @param samples that have it
 * @param mean over all of them
 * @param factors inputs, those that explain most first
 */
public record Tornado(String outcome, int samples, double mean, List<Factor> factors) {
  /**
   * An input.
   *
   * @param groups of its samples, in order
   * @param explained share of the outcome's variance between the groups, 0 to 1
   * @param significant whether so much is not chance (F test at 5 %, Holm's rule over the inputs);
   *     nothing is below 30 samples
   */
  public record Factor(
      String input, String kind, List<Group> groups, double explained, boolean significant) {}

  /** Samples of a part of an input's range, and the mean outcome in it; null without a sample. */
  public record Group(String name, int samples, Double mean) {}

  private static final int DECIMALS = 5;

  /** From so many samples on the test is near enough to its level even for shares. */
  private static final int FEWEST = 30;

  /**
   * Explains an outcome.
   *
   * @param inputs what varied
   * @param levels by sample, then by input
   * @param values of each sample; null where there is none
   */
  static Tornado of(String outcome, List<Input> inputs, double[][] levels, List<Double> values) {
    List<Double> all = values.stream().filter(value -> value != null).toList();
    List<Factor> factors = new ArrayList<>();
    List<Double> chances = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      List<List<Double>> groups = groups(inputs.get(i), i, levels, values);
      double explained = explained(groups, all);
      chances.add(chance(explained, groups, all.size()));
      factors.add(
          new Factor(
              inputs.get(i).name(),
              inputs.get(i).kind(),
              rows(inputs.get(i).groups(), groups),
              Rounding.rounded(explained, DECIMALS),
              false));
    }
    List<Boolean> significant = Holm.significant(chances);
    for (int i = 0; i < factors.size(); i++) {
      Factor factor = factors.get(i);
      factors.set(
          i,
          new Factor(
              factor.input(),
              factor.kind(),
              factor.groups(),
              factor.explained(),
              significant.get(i)));
    }
    factors.sort(Comparator.comparingDouble(Factor::explained).reversed());
    return new Tornado(
        outcome, all.size(), all.isEmpty() ? 0 : Rounding.rounded(mean(all), DECIMALS), factors);
  }

  private static List<List<Double>> groups(
      Input input, int index, double[][] levels, List<Double> values) {
    List<List<Double>> groups = new ArrayList<>();
    input.groups().forEach(name -> groups.add(new ArrayList<>()));
    for (int sample = 0; sample < levels.length; sample++) {
      if (values.get(sample) != null) {
        groups.get(input.group(levels[sample][index])).add(values.get(sample));
      }
    }
    return groups;
  }

  private static List<Group> rows(List<String> names, List<List<Double>> groups) {
    List<Group> rows = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      List<Double> group = groups.get(i);
      rows.add(
          new Group(
              names.get(i),
              group.size(),
              group.isEmpty() ? null : (Double) Rounding.rounded(mean(group), DECIMALS)));
    }
    return rows;
  }

  private static double explained(List<List<Double>> groups, List<Double> all) {
    double total = squares(all, all.isEmpty() ? 0 : mean(all));
    double within = 0;
    for (List<Double> group : groups) {
      within += squares(group, group.isEmpty() ? 0 : mean(group));
    }
    // What the additions leave of a constant is not worth explaining.
    boolean isConstant =
        all.stream().mapToDouble(each -> each).max().orElse(0)
            == all.stream().mapToDouble(each -> each).min().orElse(0);
    return isConstant ? 0 : Math.max(0, 1 - within / total);
  }

  /** The probability of explaining that much if the input did nothing. */
  private static double chance(double explained, List<List<Double>> groups, int samples) {
    long between = groups.stream().filter(group -> !group.isEmpty()).count() - 1;
    long within = samples - between - 1;
    if (between < 1 || within < 1 || samples < FEWEST || explained == 0) {
      return 1;
    }
    if (explained == 1) {
      return 0;
    }
    double ratio = explained / between / ((1 - explained) / within);
    return 1 - new FDistribution(null, between, within).cumulativeProbability(ratio);
  }

  private static double mean(List<Double> values) {
    return values.stream().mapToDouble(each -> each).average().orElseThrow();
  }

  private static double squares(List<Double> values, double mean) {
    return values.stream().mapToDouble(value -> (value - mean) * (value - mean)).sum();
  }
}
