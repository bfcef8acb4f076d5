package dev.ksgx.runtime.virtual;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Process-wide measures that make behaviours which use {@code ask}, {@code ...Async} futures or
 * jittered backoff repeatable: the common pool gets no threads, its tasks run on the driver between
 * steps; and the driver's {@link ThreadLocalRandom} is seeded. One such system at a time in a JVM,
 * started with
 *
 * <pre>
 * -Djava.util.concurrent.ForkJoinPool.common.threadFactory=dev.ksgx.runtime.virtual.CommonPoolThreads
 * -Djava.util.concurrent.ForkJoinPool.common.parallelism=2
 * --add-opens=java.base/java.lang=ALL-UNNAMED
 * </pre>
 *
 * While it lives, nobody else in the JVM gets work done on the common pool.
 */
final class ForeignBehaviours {
  private static final AtomicReference<ForeignBehaviours> ACTIVE = new AtomicReference<>();

  private final ForkJoinPool pool = ForkJoinPool.commonPool();

  private ForeignBehaviours() {}

  /**
   * @throws IllegalStateException if the JVM was started without the flags, if the common pool was
   *     used before, or if another system is alive under these measures
   */
  static ForeignBehaviours tame(long seed) {
    ForeignBehaviours measures = new ForeignBehaviours();
    if (!(measures.pool.getFactory() instanceof CommonPoolThreads)) {
      throw new IllegalStateException(
          "foreign behaviours need -Djava.util.concurrent.ForkJoinPool.common.threadFactory="
              + CommonPoolThreads.class.getName()
              + " on the command line");
    }
    if (measures.pool.getPoolSize() > 0) {
      throw new IllegalStateException(
          "foreign behaviours come too late: the common pool already has threads");
    }
    if (!ACTIVE.compareAndSet(null, measures)) {
      throw new IllegalStateException(
          "another virtual system with foreign behaviours is alive in this JVM");
    }
    try {
      seedThreadLocalRandom(seed);
    } catch (RuntimeException e) {
      measures.release();
      throw e;
    }
    CommonPoolThreads.refuse(true);
    return measures;
  }

  /** Runs what waits in the common pool. A timeout above zero would be spent in full on JDK 17. */
  void runCallbacks() {
    while (pool.hasQueuedSubmissions()) {
      pool.awaitQuiescence(0, TimeUnit.NANOSECONDS);
    }
  }

  void release() {
    CommonPoolThreads.refuse(false);
    ACTIVE.compareAndSet(this, null);
  }

  private static void seedThreadLocalRandom(long seed) {
    ThreadLocalRandom.current();
    try {
      VarHandle state =
          MethodHandles.privateLookupIn(Thread.class, MethodHandles.lookup())
              .findVarHandle(Thread.class, "threadLocalRandomSeed", long.class);
      state.set(Thread.currentThread(), seed);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(
          "foreign behaviours need --add-opens=java.base/java.lang=ALL-UNNAMED", e);
    }
  }
}
