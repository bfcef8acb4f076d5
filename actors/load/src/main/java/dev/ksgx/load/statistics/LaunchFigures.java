package dev.ksgx.load.statistics;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * Launches of a measured window.
 *
 * @param openedNanos when it opened
 * @param windowNanos its length
 * @param planned launches planned in it
 * @param succeeded those of them that succeeded before it closed
 * @param failed those of them that failed before it closed, by the name of their code
 * @param checks by the same name, the check that the first of those failed
 * @param inFlight those of them that had started and not ended when it closed
 * @param notStarted those of them whose thread was still busy with another launch when it closed
 * @param ended launches that ended in it, whenever they were planned
 * @param succeededInWindow those of {@code ended} that succeeded
 * @param inSystemAtOpening launches planned and not ended when it opened
 * @param inSystemAtClosing launches planned and not ended when it closed
 * @param inSystemDrift how far the launches in the system drifted upwards over the window, in
 *     standard errors of their changes ({@link Drift})
 * @param inSystemIntegral integral over the window of the launches in the system, in
 *     launch-nanoseconds, kept from arrivals and departures as they happen
 * @param sojournNanos the same from each launch's own planned and ended times: the sum of the parts
 *     that lie in the window
 * @param latency planned start to end of the launches counted in {@code succeeded}
 * @param lateness planned start to start of the launches counted in {@code succeeded}
 * @param phases the parts of the launches counted in {@code succeeded}
 * @param init INIT of the same launches, from its entry to its return
 * @param lePaging time that those of the same launches that waited for pages of the launch enclave
 *     did so
 * @param naps time that those of the same launches that slept between rounds of EINIT did so
 * @param spent time of those launches by what it was spent on, in nanoseconds ({@link Breakdown})
 * @param overTime latencies of those launches by when they were planned
 * @param slowest the slowest of those launches, slowest first
 * @param untold the first launch whose intervals do not cover it, in words; empty if there is none
 */
public record LaunchFigures(
    long openedNanos,
    long windowNanos,
    long planned,
    long succeeded,
    SortedMap<String, Long> failed,
    SortedMap<String, String> checks,
    long inFlight,
    long notStarted,
    long ended,
    long succeededInWindow,
    long inSystemAtOpening,
    long inSystemAtClosing,
    double inSystemDrift,
    long inSystemIntegral,
    long sojournNanos,
    Distribution latency,
    Distribution lateness,
    Map<Phase, Distribution> phases,
    Distribution init,
    Distribution lePaging,
    Distribution naps,
    SortedMap<String, Long> spent,
    Slices overTime,
    List<SlowLaunch> slowest,
    String untold) {

  /** Launches planned per second of the window. */
  public double offeredPerSecond() {
    return perSecond(planned);
  }

  /** Launches per second of the window that ended in it and succeeded. */
  public double achievedPerSecond() {
    return perSecond(succeededInWindow);
  }

  /** Failed launches of all codes. */
  public long failures() {
    return failed.values().stream().mapToLong(Long::longValue).sum();
  }

  private double perSecond(long count) {
    return windowNanos == 0 ? 0 : count * 1e9 / windowNanos;
  }
}
