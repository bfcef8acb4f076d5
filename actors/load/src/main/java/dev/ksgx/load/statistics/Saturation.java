package dev.ksgx.load.statistics;

import dev.ksgx.load.scenario.LoadPlan.Arrivals;
import java.util.List;

/**
 * Whether more was asked of the system than it can do.
 *
 * <p>Open loop: it is saturated if launches pile up, that is, if the launches in the system grew
 * during the window by more than 5 % of those planned in it, and by at least 10. (Planned minus
 * ended is that growth, so this is also "throughput stays more than 5 % below the offered rate".)
 *
 * <p>Closed loop: the load adapts to the system, so nothing piles up without limit; it is saturated
 * if a shared resource was busy for at least 95 % of the window.
 */
public final class Saturation {
  private static final double GROWTH_SHARE = 0.05;
  private static final long GROWTH_LEAST = 10;
  private static final double BUSY_SHARE = 0.95;

  private Saturation() {}

  public static boolean saturated(Arrivals arrivals, LaunchFigures launches, List<Use> uses) {
    if (arrivals == Arrivals.CLOSED) {
      return uses.stream().anyMatch(use -> use.shared() && use.utilisation() >= BUSY_SHARE);
    }
    long growth = launches.inSystemAtClosing() - launches.inSystemAtOpening();
    return growth >= GROWTH_LEAST && growth > GROWTH_SHARE * launches.planned();
  }
}
