package dev.ksgx.load.statistics;

import dev.ksgx.runtime.probe.ResourceStatistics;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Laws that hold in every run, whatever the model does, because they are bookkeeping. Each is
 * checked with figures that took different routes; a violation means that a figure is wrong, so the
 * run fails.
 *
 * <ul>
 *   <li>Little's law: the integral of the launches in the system, kept from arrivals and
 *       departures, is the sum of the launches' own times in the window. With the ends of the
 *       window accounted for it holds exactly, to the nanosecond.
 *   <li>Flow: launches in the system grew by those planned minus those ended.
 *   <li>Every launch planned in the window is counted under one outcome.
 *   <li>The intervals of each launch cover it without gap or overlap.
 *   <li>Little's law for every queue: the integral of its length is the sum of the waits in it, as
 *       far as they lie in the window.
 *   <li>Utilisation law for every resource: the integral of its holders is the sum of the holds.
 *   <li>Utilisation law by a third account: the launch enclave's busy time is its services begun
 *       and ended by launches times their mean length, exactly, and not less where others (open,
 *       close) were served too; the cores' busy time as a pool is the sum of their own; nothing is
 *       busy more than always.
 * </ul>
 */
public final class OperationalLaws {
  private OperationalLaws() {}

  /**
   * The first violation, in words; empty if all laws hold.
   *
   * @param coresBusyNanos busy time of each core
   * @param tokens the launch enclave's services as the launches saw them
   */
  public static Optional<String> violation(
      LaunchFigures launches,
      List<Use> uses,
      List<Long> coresBusyNanos,
      TokenService.Figures tokens) {
    return littlesLaw(launches)
        .or(() -> flow(launches))
        .or(() -> outcomes(launches))
        .or(() -> intervals(launches))
        .or(() -> utilisationOfLaunchEnclave(uses, tokens))
        .or(() -> violationOf(uses, coresBusyNanos));
  }

  /**
   * The same of cores and shares of time alone, whatever the load is.
   *
   * @param coresBusyNanos busy time of each core
   */
  public static Optional<String> violationOf(List<Use> uses, List<Long> coresBusyNanos) {
    return utilisationOfCores(uses, coresBusyNanos).or(() -> overfull(uses));
  }

  /**
   * The first resource whose account by population and whose account by task differ; else empty.
   */
  public static Optional<String> violationOf(List<ResourceStatistics> resources) {
    for (ResourceStatistics each : resources) {
      Optional<String> violation =
          unless(
                  each.queueNanos() == each.waitedNanos(),
                  "Little's law: the queue of %s integrates to %d task-ns, but its waits sum to %d",
                  each.name(),
                  each.queueNanos(),
                  each.waitedNanos())
              .or(
                  () ->
                      unless(
                          each.holdNanos() == each.heldNanos(),
                          "utilisation law: %s was held for %d task-ns, but its holds sum to %d",
                          each.name(),
                          each.holdNanos(),
                          each.heldNanos()));
      if (violation.isPresent()) {
        return violation;
      }
    }
    return Optional.empty();
  }

  private static Optional<String> littlesLaw(LaunchFigures launches) {
    return unless(
        launches.inSystemIntegral() == launches.sojournNanos(),
        "Little's law: the number in the system integrates to %d launch-ns, but the launches' times"
            + " sum to %d launch-ns",
        launches.inSystemIntegral(),
        launches.sojournNanos());
  }

  private static Optional<String> flow(LaunchFigures launches) {
    long growth = launches.inSystemAtClosing() - launches.inSystemAtOpening();
    return unless(
        growth == launches.planned() - launches.ended(),
        "flow: %d launches were planned and %d ended, but the number in the system grew by %d",
        launches.planned(),
        launches.ended(),
        growth);
  }

  private static Optional<String> outcomes(LaunchFigures launches) {
    long outcomes =
        launches.succeeded() + launches.failures() + launches.inFlight() + launches.notStarted();
    return unless(
        outcomes == launches.planned(),
        "outcomes: %d launches were planned, but %d are accounted for",
        launches.planned(),
        outcomes);
  }

  private static Optional<String> intervals(LaunchFigures launches) {
    return unless(launches.untold().isEmpty(), "time of a launch: %s", launches.untold());
  }

  private static Optional<String> utilisationOfLaunchEnclave(
      List<Use> uses, TokenService.Figures tokens) {
    Optional<Use> row = row(uses, LaunchObserver.LAUNCH_ENCLAVE);
    if (row.isEmpty()) {
      return unless(
          tokens.grants() == 0, "utilisation law: %d tokens from nowhere", tokens.grants());
    }
    long served = row.get().served();
    long busyNanos = row.get().busyNanos();
    boolean holds =
        served > tokens.grants()
            ? busyNanos >= tokens.nanos()
            : served == tokens.grants() && busyNanos == tokens.nanos();
    return unless(
        holds,
        "utilisation law: launch-enclave served %d for %d ns, but the launches were served %d times"
            + " for %d ns",
        served,
        busyNanos,
        tokens.grants(),
        tokens.nanos());
  }

  private static Optional<String> utilisationOfCores(List<Use> uses, List<Long> coresBusyNanos) {
    long sum = coresBusyNanos.stream().mapToLong(Long::longValue).sum();
    long pool = row(uses, UseTable.POOL).map(Use::busyNanos).orElse(0L);
    return unless(
        pool == sum,
        "utilisation law: the cores together were busy for %d ns, but one by one for %d ns",
        pool,
        sum);
  }

  private static Optional<String> overfull(List<Use> uses) {
    return uses.stream()
        .filter(use -> !(use.utilisation() >= 0 && use.utilisation() <= 1))
        .findFirst()
        .map(use -> "utilisation: " + use.resource() + " is busy " + use.utilisation());
  }

  private static Optional<Use> row(List<Use> uses, String resource) {
    return uses.stream().filter(use -> use.resource().equals(resource)).findFirst();
  }

  private static Optional<String> unless(boolean holds, String otherwise, Object... figures) {
    return holds ? Optional.empty() : Optional.of(String.format(Locale.ROOT, otherwise, figures));
  }
}
