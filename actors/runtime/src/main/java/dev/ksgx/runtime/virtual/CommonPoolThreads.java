package dev.ksgx.runtime.virtual;

import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinPool.ForkJoinWorkerThreadFactory;
import java.util.concurrent.ForkJoinWorkerThread;

/**
 * Thread factory of the common pool that can be told to make none; see {@link ForeignBehaviours}.
 */
public final class CommonPoolThreads implements ForkJoinWorkerThreadFactory {
  private static volatile boolean refusing;

  static void refuse(boolean on) {
    refusing = on;
  }

  @Override
  public ForkJoinWorkerThread newThread(ForkJoinPool pool) {
    return refusing ? null : ForkJoinPool.defaultForkJoinWorkerThreadFactory.newThread(pool);
  }
}
