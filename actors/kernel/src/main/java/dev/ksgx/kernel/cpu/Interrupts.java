package dev.ksgx.kernel.cpu;

import dev.ksgx.kernel.config.InterruptBursts;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.runtime.random.RandomStream;

/**
 * The interrupts of one core: its periodic timer and a Poisson stream of devices, which may stand
 * still between bursts. Tickless: computed when work asks for them, so that an idle machine has
 * nothing to do; those that fall into idle time are skipped.
 */
final class Interrupts {
  private final RandomStream random;
  private final long timerPeriodNanos;
  private final double deviceMeanNanos;
  private final InterruptBursts bursts;
  private long nextTimerNanos;

  /** When the next one of a device comes, and how long bursts will have lasted by then. */
  private long nextDeviceNanos = Long.MAX_VALUE;

  private long burstNanos;

  Interrupts(RandomStream random, KernelConfig config) {
    int timerHz = config.timerHz();
    double devicesPerSecond = config.deviceInterruptsPerSecond();
    this.random = random;
    this.bursts = config.interruptBursts();
    this.timerPeriodNanos = timerHz == 0 ? 0 : 1_000_000_000L / timerHz;
    this.deviceMeanNanos = devicesPerSecond == 0 ? 0 : 1e9 / devicesPerSecond;
    this.nextTimerNanos =
        timerHz == 0 ? Long.MAX_VALUE : (long) (random.nextDouble() * timerPeriodNanos);
    if (devicesPerSecond > 0) {
      nextDevice(0);
    }
  }

  /**
   * A Poisson stream has no memory: what is left of it at the end of a burst goes on in the next.
   */
  private void nextDevice(long least) {
    burstNanos += least + (long) random.exponential(deviceMeanNanos);
    nextDeviceNanos = bursts.instant(burstNanos);
  }

  /** Forget what came before {@code nanos}: the core was idle. */
  void skipTo(long nanos) {
    if (nextTimerNanos < nanos) {
      long periods = (nanos - nextTimerNanos + timerPeriodNanos - 1) / timerPeriodNanos;
      nextTimerNanos += periods * timerPeriodNanos;
    }
    while (nextDeviceNanos < nanos) {
      nextDevice(1);
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
      nextDevice(1);
    }
  }
}
