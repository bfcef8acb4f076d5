package dev.ksgx.load.statistics;

import dev.ksgx.runtime.probe.IntervalKind;
import dev.ksgx.runtime.probe.ProbeListener;
import dev.ksgx.runtime.probe.Resource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongToIntFunction;

/**
 * Sums up what the time of each group's threads is spent on, from the probe's intervals, and counts
 * the pages that they touch. Both begin anew when the window opens.
 */
public final class LifeObserver implements ProbeListener {
  private final LongToIntFunction groupOf;
  private final List<TreeMap<String, Long>> spent = new ArrayList<>();
  private final long[] touches;
  private final Map<String, String> waiting = new HashMap<>();
  private final Map<String, String> serving = new HashMap<>();

  /**
   * @param groupOf number of the group a request belongs to, from 0; -1 for none
   */
  public LifeObserver(int groups, LongToIntFunction groupOf) {
    this.groupOf = groupOf;
    this.touches = new long[groups];
    for (int i = 0; i < groups; i++) {
      spent.add(new TreeMap<>());
    }
  }

  /** Time of the group by what it was spent on, in nanoseconds; see {@link Breakdown}. */
  SortedMap<String, Long> spent(int group) {
    return spent.get(group);
  }

  /** A thread of the group has touched a page. */
  public void touched(int group) {
    touches[group]++;
  }

  long touches(int group) {
    return touches[group];
  }

  @Override
  public void reset(long atNanos) {
    Arrays.fill(touches, 0);
    spent.forEach(TreeMap::clear);
  }

  @Override
  public void interval(
      long request, IntervalKind kind, Resource resource, long holder, long from, long to) {
    int group = groupOf.applyAsInt(request);
    if (group < 0 || to == from) {
      return;
    }
    String what =
        kind == IntervalKind.WAITING
            ? waiting.computeIfAbsent(resource.group(), Breakdown.WAIT::concat)
            : serving.computeIfAbsent(resource.group(), Breakdown.SERVE::concat);
    spent.get(group).merge(what, to - from, Long::sum);
  }
}
