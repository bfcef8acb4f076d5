package dev.ksgx.load.study;

import dev.ksgx.runtime.random.RandomStreams;

/**
 * Seeds of replications. All designs and points have the same: replication 3 plans the same
 * launches for everybody.
 */
public final class Seeds {
  /** Leaves numbers below 10^18, which the command line takes. */
  private static final int UNUSED_BITS = 5;

  private Seeds() {}

  /**
   * The seed of a replication: the base seed itself for the first one, so that a single run with it
   * is that replication; for others a draw from the stream of its name.
   *
   * @param replication from 0
   */
  public static long of(long base, int replication) {
    return replication == 0 ? base : drawn(base, "replication/" + replication);
  }

  /**
   * The seed of a sample of a sweep: never the base seed, whose replications another sample could
   * be.
   *
   * @param sample from 0
   */
  public static long ofSample(long base, int sample) {
    return drawn(base, "sample/" + sample);
  }

  private static long drawn(long base, String name) {
    return new RandomStreams(base).stream(name).nextLong() >>> UNUSED_BITS;
  }
}
