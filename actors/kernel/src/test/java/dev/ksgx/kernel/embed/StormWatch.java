package dev.ksgx.kernel.embed;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Ends a storm of live threads: after its time, but not before it got to what it is about. By the
 * clock alone, what is exercised would depend on the machine.
 */
final class StormWatch {
  /** The probe throws if a lock is taken twice, given back by a stranger, or removed while held. */
  static final Config MEASURED = ConfigFactory.parseString("ksgx.runtime.probe = on");

  /** How long after its time a storm may go on, in seconds. */
  private static final long PATIENCE = 110;

  private volatile boolean over;

  boolean over() {
    return over;
  }

  /** Sleeps until the storm is over; returns the seconds it took. */
  long watch(int seconds, BooleanSupplier gotThere) throws InterruptedException {
    long start = System.nanoTime();
    long elapsed = 0;
    while (elapsed < seconds || (elapsed < seconds + PATIENCE && !gotThere.getAsBoolean())) {
      Thread.sleep(50);
      elapsed = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start);
    }
    over = true;
    return elapsed;
  }
}
