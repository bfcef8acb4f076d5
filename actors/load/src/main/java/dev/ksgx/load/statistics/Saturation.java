package dev.ksgx.load.statistics;

import dev.ksgx.load.scenario.LoadPlan.Arrivals;
import java.util.List;

/**
 * Whether more was asked of the system than it can do.
 *
 * <p>Open loop: it is saturated if launches pile up, that is, if the launches in the system grew
 * during the window (planned minus ended) by at least 10, and
 *
 * <ul>
 *   <li>by more than 5 % of those planned in it,
 *   <li>or while a shared resource was busy for at least 99 % of it: a server that never rests and
 *       whose customers become more is behind, however slowly its queue grows,
 *   <li>or steadily: in slices of the window they grew by at least 3 standard errors of the mean
 *       change ({@link Drift}). That sees whatever binds, the load's own threads too, as soon as
 *       the growth stands out from the chance of arrivals and services.
 * </ul>
 *
 * <p>Closed loop: the load adapts to the system, so nothing piles up without limit; it is saturated
 * if a shared resource was busy for at least 95 % of the window.
 */
public final class Saturation {
  private static final double GROWTH_SHARE = 0.05;
  private static final long GROWTH_LEAST = 10;
  private static final double NEVER_RESTS = 0.99;
  private static final double STEADY_ERRORS = 3;
  private static final double BUSY_SHARE = 0.95;

  private Saturation() {}

  public static boolean saturated(Arrivals arrivals, LaunchFigures launches, List<Use> uses) {
    if (arrivals == Arrivals.CLOSED) {
      return anyBusy(uses, BUSY_SHARE);
    }
    long growth = launches.inSystemAtClosing() - launches.inSystemAtOpening();
    return growth >= GROWTH_LEAST
        && (growth > GROWTH_SHARE * launches.planned()
            || anyBusy(uses, NEVER_RESTS)
            || launches.inSystemDrift() >= STEADY_ERRORS);
  }

  private static boolean anyBusy(List<Use> uses, double share) {
    return uses.stream().anyMatch(use -> use.shared() && use.utilisation() >= share);
  }
}
