package dev.ksgx.load.calibrate;

import java.util.Arrays;

/**
 * All durations of one operation with the same count and chunks: they have one expected value, so
 * that their median stands for them.
 */
final class Cell {
  /** Makes the median absolute deviation of a normal distribution its standard deviation. */
  private static final double MAD_TO_SIGMA = 1.4826;

  private final Operation operation;
  private final int count;
  private final int chunks;
  private double[] nanos = new double[16];
  private int samples;

  Cell(Operation operation, int count, int chunks) {
    this.operation = operation;
    this.count = count;
    this.chunks = chunks;
  }

  void add(double duration) {
    if (samples == nanos.length) {
      nanos = Arrays.copyOf(nanos, 2 * samples);
    }
    nanos[samples++] = duration;
  }

  /** The same without what the tracer's probe added to each duration. */
  Cell without(double probeNanos) {
    Cell less = new Cell(operation, count, chunks);
    for (int i = 0; i < samples; i++) {
      less.add(operation.traced() ? nanos[i] - probeNanos : nanos[i]);
    }
    return less;
  }

  Operation operation() {
    return operation;
  }

  int samples() {
    return samples;
  }

  double[] nanos() {
    return Arrays.copyOf(nanos, samples);
  }

  double medianNanos() {
    return median(nanos());
  }

  double[] coefficients() {
    return operation.coefficients(count, chunks);
  }

  /** The middle value; sorts {@code values}. */
  static double median(double[] values) {
    Arrays.sort(values);
    int half = values.length / 2;
    return values.length % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
  }

  /** Standard deviation of {@code values}, whatever a few of them are. */
  static double spread(double[] values) {
    double median = median(values);
    double[] distances = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      distances[i] = Math.abs(values[i] - median);
    }
    return MAD_TO_SIGMA * median(distances);
  }
}
