package dev.ksgx.load.size;

import dev.ksgx.load.scenario.ScenarioException;
import dev.ksgx.load.study.Assertion;
import dev.ksgx.load.study.Replication;
import dev.ksgx.load.study.StudyReport;
import dev.ksgx.load.study.StudyResult;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.PackedHistogram;

/**
 * What a load is to be served like: the grammar of assertions. A percentile is taken of all
 * launches of all replications together, and needs {@link #BEYOND} of them beyond it: a yes or no
 * is asked for, which takes fewer launches than an interval.
 */
public final class Objective {
  /** Launches that must lie beyond a percentile. */
  static final int BEYOND = 100;

  private static final int LEAST_LAUNCHES = 2_000;

  private final Assertion claim;

  private Objective(Assertion claim) {
    this.claim = claim;
  }

  /**
   * Reads an objective.
   *
   * @throws ScenarioException with one line that says what would be right
   */
  public static Objective parse(String text) {
    Assertion claim;
    try {
      claim = Assertion.parse(text, List.of());
    } catch (ScenarioException e) {
      throw new ScenarioException(e.getMessage().replaceFirst("^--assert", "--slo"), e);
    }
    return new Objective(claim);
  }

  /** As the user wrote it. */
  public String text() {
    return claim.text();
  }

  /** Launches that have to be planned to judge it. */
  public int launches() {
    double percentile = claim.percentile();
    return percentile == 0
        ? LEAST_LAUNCHES
        : (int) Math.max(LEAST_LAUNCHES, Math.round(1.1 * BEYOND * 100 / (100 - percentile)));
  }

  /** What becomes of it in a study of one point. */
  Search.Tried judge(long amount, StudyResult result) {
    StudyReport.Point point = result.report().points().get(0);
    if (claim.percentile() == 0 || point.saturated() || point.launches() == 0) {
      Assertion.Verdict verdict = claim.check(result.report()).get(0);
      return tried(amount, verdict.holds(), claim.measured(point), verdict.message(), point);
    }
    Histogram all = new PackedHistogram(3);
    // A launch that failed, or had not ended when the window closed, is later than any latency.
    long without = point.failedLaunches();
    for (Replication each : result.replications().get(0)) {
      all.add(each.latencies());
      without += each.open();
    }
    double among = claim.percentileAmong(all.getTotalCount(), without);
    if (among > 100) {
      String many =
          without + " of " + (without + all.getTotalCount()) + " launches failed or were open";
      return tried(amount, false, null, "is unknown: " + many, point);
    }
    double micros = all.getValueAtPercentile(among) / 1e3;
    String words =
        String.format(Locale.ROOT, "is %,.1f us of %,d launches", micros, all.getTotalCount());
    return tried(amount, claim.holds(micros), micros, words, point);
  }

  private Search.Tried tried(
      long amount, boolean holds, Double figure, String inWords, StudyReport.Point point) {
    return new Search.Tried(
        amount,
        holds,
        Collections.singletonMap(claim.figureName(), figure),
        inWords,
        point.binds(),
        point.bindsUtilisation());
  }
}
