package dev.ksgx.load.statistics;

import org.HdrHistogram.Histogram;

/** Durations in nanoseconds: exact count, mean and extremes, percentiles to three digits. */
public final class Distribution {
  private final Histogram histogram;
  private long sumNanos;
  private long maxNanos;
  private long minNanos = Long.MAX_VALUE;

  public Distribution() {
    histogram = new Histogram(3);
    histogram.setAutoResize(true);
  }

  private Distribution(Distribution other) {
    histogram = other.histogram.copy();
    sumNanos = other.sumNanos;
    maxNanos = other.maxNanos;
    minNanos = other.minNanos;
  }

  /** What was recorded so far; what comes later does not change it. */
  public Distribution copy() {
    return new Distribution(this);
  }

  /** Adds one duration of at least 0 ns. */
  public void record(long nanos) {
    histogram.recordValue(nanos);
    sumNanos += nanos;
    maxNanos = Math.max(maxNanos, nanos);
    minNanos = Math.min(minNanos, nanos);
  }

  public long count() {
    return histogram.getTotalCount();
  }

  public long sumNanos() {
    return sumNanos;
  }

  public long maxNanos() {
    return maxNanos;
  }

  /** The least; 0 if nothing was recorded. */
  public long minNanos() {
    return count() == 0 ? 0 : minNanos;
  }

  /** Arithmetic mean; 0 if nothing was recorded. */
  public double meanNanos() {
    return count() == 0 ? 0 : (double) sumNanos / count();
  }

  /** The value that {@code percentile} per cent of the durations do not exceed, to three digits. */
  public long percentileNanos(double percentile) {
    return Math.min(maxNanos, histogram.getValueAtPercentile(percentile));
  }

  /** A copy of the histogram behind it. */
  public Histogram histogram() {
    return histogram.copy();
  }
}
