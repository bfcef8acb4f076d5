package dev.ksgx.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C while a run goes on: the JVM's end is held up until the run has closed its window and its
 * partial report is out, but not for ever.
 */
final class Interruption implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 20;

  private final CountDownLatch reported = new CountDownLatch(1);
  private final Thread hook = new Thread(this::holdUp, "ksgx-interruption");
  private volatile boolean requested;

  private Interruption() {}

  /** Watches from now on until closed. */
  static Interruption watch() {
    Interruption interruption = new Interruption();
    Runtime.getRuntime().addShutdownHook(interruption.hook);
    return interruption;
  }

  boolean requested() {
    return requested;
  }

  private void holdUp() {
    requested = true;
    try {
      reported.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The report is out. */
  @Override
  public void close() {
    reported.countDown();
    if (!requested) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // The JVM is ending already; the hook finds the latch open.
      }
    }
  }
}
