package dev.ksgx.load.scenario;

/**
 * Bursts of launches, checked: a Poisson process at {@code load.rate} that is switched on and off,
 * on first.
 *
 * @param onNanos how long a burst lasts, the mean where it is drawn; above 0
 * @param offNanos how long the pause after it lasts, likewise; from 0
 * @param onDrawn whether bursts are exponentially distributed; otherwise all are alike
 * @param offDrawn whether pauses are
 */
public record BurstPlan(long onNanos, long offNanos, boolean onDrawn, boolean offDrawn) {

  private enum Times {
    FIXED,
    EXPONENTIAL
  }

  /** Reads the keys of {@code load.bursts}. */
  static BurstPlan from(Values load) {
    long on = load.nanos("bursts.on");
    if (on == 0) {
      throw load.refused("bursts.on", "a time above 0 with its unit, such as 100 ms");
    }
    return new BurstPlan(
        on,
        load.nanos("bursts.off"),
        drawn(load, "bursts.on-times"),
        drawn(load, "bursts.off-times"));
  }

  private static boolean drawn(Values load, String key) {
    return load.choice(key, Times.values()) == Times.EXPONENTIAL;
  }
}
