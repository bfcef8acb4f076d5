package dev.ksgx.load.statistics;

import java.util.Arrays;

/**
 * Whether a number drifts upwards over a window, told from how it moves: the window is cut into
 * equal slices, and the mean of the changes from slice to slice is held against their standard
 * error. Where launches come faster than they end, their number is a random walk with a drift, and
 * this is a t test of it. Where the system keeps up, whatever rises falls again, and the changes
 * cancel.
 *
 * <p>A window whose length nobody knows has slices that get twice as long whenever there would be
 * more than 80, so that memory does not grow with the run.
 */
final class Drift {
  private static final int USUAL = 40;
  private static final int MOST = 2 * USUAL;
  private static final int FEWEST = 16;
  private static final long FINEST_NANOS = 100_000;

  private final long[] atEnds = new long[MOST];
  private long widthNanos;
  private long openedNanos = Long.MAX_VALUE;
  private long first;
  private int slices;

  /**
   * @param windowNanos length of the window; 0 if nobody knows
   */
  Drift(long windowNanos) {
    widthNanos = windowNanos == 0 ? FINEST_NANOS : Math.max(1, windowNanos / USUAL);
  }

  /** The window opens. */
  void open(long number, long nowNanos) {
    openedNanos = nowNanos;
    first = number;
    slices = 0;
  }

  /** The number is the same as ever since the last call, and may change after this instant. */
  void settle(long number, long nowNanos) {
    while (nowNanos - openedNanos >= (slices + 1) * widthNanos) {
      if (slices == MOST) {
        halve();
      } else {
        atEnds[slices++] = number;
      }
    }
  }

  private void halve() {
    slices /= 2;
    for (int i = 0; i < slices; i++) {
      atEnds[i] = atEnds[2 * i + 1];
    }
    widthNanos *= 2;
  }

  /**
   * The mean change of a slice in standard errors; 0 with too few slices to tell, infinite if all
   * changes are the same and none is zero.
   */
  double standardErrors() {
    if (slices < FEWEST) {
      return 0;
    }
    double[] changes = new double[slices];
    for (int i = 0; i < slices; i++) {
      changes[i] = atEnds[i] - (i == 0 ? first : atEnds[i - 1]);
    }
    double mean = Arrays.stream(changes).sum() / slices;
    double squares = Arrays.stream(changes).map(each -> (each - mean) * (each - mean)).sum();
    return mean == 0 ? 0 : mean / StrictMath.sqrt(squares / (slices - 1) / slices);
  }
}
