package dev.ksgx.load.statistics;

import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/** Keeps the slowest launches of a window, and forgets the others. */
public final class SlowestLaunches {
  /** How many are kept. */
  public static final int KEPT = 10;

  private static final Comparator<SlowLaunch> SLOWEST_FIRST =
      Comparator.comparingLong(SlowLaunch::latencyNanos)
          .reversed()
          .thenComparingLong(SlowLaunch::number);

  private final TreeSet<SlowLaunch> kept = new TreeSet<>(SLOWEST_FIRST);

  void offer(Launch launch, Breakdown breakdown) {
    if (kept.size() == KEPT && kept.last().latencyNanos() >= launch.latencyNanos()) {
      return;
    }
    kept.add(
        new SlowLaunch(
            launch.number(),
            launch.plannedNanos(),
            launch.latencyNanos(),
            launch.startedNanos() - launch.plannedNanos(),
            new TreeMap<>(breakdown.spent())));
    if (kept.size() > KEPT) {
      kept.pollLast();
    }
  }

  /** The slowest first; of equals the one with the lower number. */
  public List<SlowLaunch> list() {
    return List.copyOf(kept);
  }
}
