package dev.ksgx.load.scenario;

/**
 * A rate that changes in a straight line, checked.
 *
 * @param fromPerSecond launches per second at the beginning of the load, above 0
 * @param toPerSecond launches per second when the window closes, above 0, and from then on
 */
public record RampPlan(double fromPerSecond, double toPerSecond) {

  /** Reads the keys of {@code load.ramp}. */
  static RampPlan from(Values load) {
    return new RampPlan(
        load.positive("ramp.from", LoadPlan.MAX_RATE, "launches per second"),
        load.positive("ramp.to", LoadPlan.MAX_RATE, "launches per second"));
  }
}
