package dev.ksgx.kernel.cpu;

import dev.ksgx.runtime.random.RandomStream;

/**
 * The interrupts of one core: its periodic timer and a Poisson stream of devices. Tickless:
 * computed when a burst asks for them, so that an idle machine has nothing to do; those that fall
 * into idle time are skipped.
 */
final class Interrupts {
  private final RandomStream random;
  private final long timerPeriodNanos;
  private final double deviceMeanNanos;
  private long nextTimerNanos;
  private long nextDeviceNanos;

  /**
   * @param timerHz timer interrupts per second; 0 for none
   * @param devicesPerSecond mean device interrupts per second; 0 for none
   */
  Interrupts(RandomStream random, int timerHz, double devicesPerSecond) {
    this.random = random;
    this.timerPeriodNanos = timerHz == 0 ? 0 : 1_000_000_000L / timerHz;
    this.deviceMeanNanos = devicesPerSecond == 0 ? 0 : 1e9 / devicesPerSecond;
    this.nextTimerNanos =
        timerHz == 0 ? Long.MAX_VALUE : (long) (random.nextDouble() * timerPeriodNanos);
    this.nextDeviceNanos =
        devicesPerSecond == 0 ? Long.MAX_VALUE : (long) random.exponential(deviceMeanNanos);
  }

  /** Forget what came before {@code nanos}: the core was idle. */
  void skipTo(long nanos) {
    if (nextTimerNanos < nanos) {
      long periods = (nanos - nextTimerNanos + timerPeriodNanos - 1) / timerPeriodNanos;
      nextTimerNanos += periods * timerPeriodNanos;
    }
    while (nextDeviceNanos < nanos) {
      nextDeviceNanos += 1 + (long) random.exponential(deviceMeanNanos);
    }
  }

  /** Instant of the next interrupt, or Long.MAX_VALUE. */
  long next() {
    return Math.min(nextTimerNanos, nextDeviceNanos);
  }

  /** The next interrupt is taken. */
  void take() {
    if (nextTimerNanos <= nextDeviceNanos) {
      nextTimerNanos += timerPeriodNanos;
    } else {
      nextDeviceNanos += 1 + (long) random.exponential(deviceMeanNanos);
    }
  }
}
