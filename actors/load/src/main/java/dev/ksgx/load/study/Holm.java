package dev.ksgx.load.study;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Holm's step-down rule: among several differences the probability that any of them is called
 * significant by chance stays below 5 %. The least probability is held against 5 % divided by their
 * number, the next against 5 % divided by one less, and so on until one fails.
 */
public final class Holm {
  private Holm() {}

  /** Which are significant, in the order given. */
  public static List<Boolean> significant(List<Double> probabilities) {
    int all = probabilities.size();
    List<Integer> order =
        IntStream.range(0, all).boxed().sorted(Comparator.comparing(probabilities::get)).toList();
    List<Boolean> significant = new ArrayList<>(java.util.Collections.nCopies(all, false));
    for (int rank = 0; rank < all; rank++) {
      if (probabilities.get(order.get(rank)) > Intervals.ALPHA / (all - rank)) {
        break;
      }
      significant.set(order.get(rank), true);
    }
    return significant;
  }
}
