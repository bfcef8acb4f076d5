package dev.ksgx.load.size;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the least amount of a resource with which a claim holds, or the most. First the best end of
 * the range: if the claim does not hold there, nor in the middle, nor at the other end, it cannot
 * be met. Otherwise doubling from the low end until the claim changes sides, then bisection between
 * the last two. That is right if more of the resource never makes the claim false again (or never
 * true, for the most); the ends, twice the answer and every amount on the way are held against it.
 */
public final class Search {
  /** Whether the claim holds with an amount. */
  public interface Probe {
    Tried at(long amount) throws InterruptedException;
  }

  /**
   * An amount that was tried.
   *
   * @param holds whether the claim does
   * @param figure what it is about: its name with the unit ({@code p99Micros}) and its value, null
   *     if it cannot be said
   * @param inWords the same in words, or why it cannot be said
   * @param binds the most used resource
   * @param bindsUtilisation its busy share, 0 to 1
   */
  public record Tried(
      long amount,
      boolean holds,
      Map<String, Double> figure,
      String inWords,
      String binds,
      double bindsUtilisation) {}

  /**
   * What was found.
   *
   * @param answer the least amount with which the claim holds (the most, if more is worse); empty
   *     if it holds nowhere in the range
   * @param monotone false if an amount was met that contradicts the answer
   * @param tried by amount
   */
  public record Found(Optional<Long> answer, boolean monotone, List<Tried> tried) {
    /** What was tried at an amount. */
    public Tried at(long amount) {
      return tried.stream().filter(each -> each.amount() == amount).findFirst().orElseThrow();
    }
  }

  private final Probe probe;
  private final long low;
  private final long high;
  private final boolean moreIsWorse;
  private final List<Tried> tried = new ArrayList<>();

  private Search(Probe probe, long low, long high, boolean moreIsWorse) {
    this.probe = probe;
    this.low = low;
    this.high = high;
    this.moreIsWorse = moreIsWorse;
  }

  /** The least amount from {@code low} to {@code high} with which the claim holds. */
  public static Found least(long low, long high, Probe probe) throws InterruptedException {
    return new Search(probe, low, high, false).run();
  }

  /** The most of it, for what makes things worse. */
  public static Found most(long low, long high, Probe probe) throws InterruptedException {
    return new Search(probe, low, high, true).run();
  }

  private Found run() throws InterruptedException {
    long between = Math.round(StrictMath.sqrt((double) low * high));
    if (!holds(best()) && !holds(between) && !holds(moreIsWorse ? high : low)) {
      tried.sort(Comparator.comparingLong(Tried::amount));
      return new Found(Optional.empty(), true, List.copyOf(tried));
    }
    // Up from the low end until the claim changes sides: small amounts are what most loads need.
    boolean atLow = holds(low);
    boolean isOpen = atLow == moreIsWorse;
    long before = low;
    long after = low;
    boolean changed = false;
    while (isOpen && !changed && after < high) {
      before = after;
      after = Math.min(high, 2 * after);
      changed = holds(after) != atLow;
    }
    if (changed) {
      while (after - before > resolution(before)) {
        long middle = before + (after - before) / 2;
        if (holds(middle) == atLow) {
          before = middle;
        } else {
          after = middle;
        }
      }
    }
    Optional<Long> answer = answer(atLow, changed, before, after);
    if (answer.isPresent()) {
      holds(high);
      holds(Math.min(high, 2 * answer.get()));
    }
    tried.sort(Comparator.comparingLong(Tried::amount));
    return new Found(answer, isMonotone(answer), List.copyOf(tried));
  }

  /** Where the claim holds if it does anywhere. */
  private long best() {
    return moreIsWorse ? low : high;
  }

  /** Amounts need not be known better than to 2 %. */
  private static long resolution(long amount) {
    return Math.max(1, amount / 50);
  }

  private Optional<Long> answer(boolean atLow, boolean changed, long before, long after) {
    if (!moreIsWorse) {
      return atLow ? Optional.of(low) : changed ? Optional.of(after) : Optional.empty();
    }
    return !atLow ? Optional.empty() : Optional.of(changed ? before : high);
  }

  private boolean isMonotone(Optional<Long> answer) {
    return tried.stream().allMatch(each -> each.holds() == shouldHold(each.amount(), answer));
  }

  private boolean shouldHold(long amount, Optional<Long> answer) {
    return answer.isPresent() && (moreIsWorse ? amount <= answer.get() : amount >= answer.get());
  }

  private boolean holds(long amount) throws InterruptedException {
    for (Tried each : tried) {
      if (each.amount() == amount) {
        return each.holds();
      }
    }
    Tried now = probe.at(amount);
    tried.add(now);
    return now.holds();
  }
}
