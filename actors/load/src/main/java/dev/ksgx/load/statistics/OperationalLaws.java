package dev.ksgx.load.statistics;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Laws that hold in every run, whatever the model does, because they are bookkeeping. Each is checked
 * with figures that took different routes; a violation means that a figure is wrong, so the run fails.
 *
 * <ul>
 *   <li>Little's law: the integral of the launches in the system, kept from arrivals and departures, is the
 *       sum of the launches' own times in the window. With the ends of the window accounted for it holds
 *       exactly, to the nanosecond.
 *   <li>Flow: launches in the system grew by those planned minus those ended.
 *   <li>Every launch planned in the window is counted under one outcome.
 *   <li>The intervals of each launch cover it without gap or overlap.
 *   <li>Utilisation law: a resource's busy time is the sum of its services.
 * </ul>
 */
public final class OperationalLaws {
  private OperationalLaws() {}

  /** The first violation, in words; empty if all laws hold. */
  public static Optional<String> violation(LaunchFigures launches, List<Use> uses) {
    if (launches.inSystemIntegral() != launches.sojournNanos()) {
      return Optional.of(
          String.format(
              Locale.ROOT,
              "Little's law: the number in the system integrates to %d launch-ns, but the launches'"
                  + " times sum to %d launch-ns",
              launches.inSystemIntegral(),
              launches.sojournNanos()));
    }
    long growth = launches.inSystemAtClosing() - launches.inSystemAtOpening();
    if (growth != launches.planned() - launches.ended()) {
      return Optional.of(
          String.format(
              Locale.ROOT,
              "flow: %d launches were planned and %d ended, but the number in the system grew by %d",
              launches.planned(),
              launches.ended(),
              growth));
    }
    long outcomes =
        launches.succeeded() + launches.failures() + launches.inFlight() + launches.notStarted();
    if (outcomes != launches.planned()) {
      return Optional.of(
          String.format(
              Locale.ROOT,
              "outcomes: %d launches were planned, but %d are accounted for",
              launches.planned(),
              outcomes));
    }
    if (!launches.untold().isEmpty()) {
      return Optional.of("time of a launch: " + launches.untold());
    }
    return uses.stream()
        .filter(use -> use.utilisation() > 1 || use.busyNanos() < 0)
        .findFirst()
        .map(use -> String.format(Locale.ROOT, "utilisation: %s is busy %.4f of the time", use.resource(), use.utilisation()));
  }
}
