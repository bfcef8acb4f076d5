package dev.ksgx.kernel.config;

/**
 * When devices interrupt: at their rate while a burst lasts, not at all in the pause behind it, on
 * all cores at the same time. The first burst begins at boot.
 *
 * @param onNanos length of a burst, above 0
 * @param offNanos length of a pause; 0: devices interrupt all the time
 */
public record InterruptBursts(long onNanos, long offNanos) {
  /** None: devices interrupt all the time. */
  public static final InterruptBursts NONE = new InterruptBursts(1_000_000, 0);

  public InterruptBursts {
    if (onNanos < 1 || offNanos < 0) {
      throw new IllegalArgumentException("bursts of " + onNanos + " ns, pauses of " + offNanos);
    }
  }

  /**
   * The instant at which bursts have lasted for so long in all, nanoseconds.
   *
   * @param burstNanos time in bursts alone
   */
  public long instant(long burstNanos) {
    return burstNanos + burstNanos / onNanos * offNanos;
  }
}
