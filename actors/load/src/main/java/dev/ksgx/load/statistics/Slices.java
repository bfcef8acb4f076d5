package dev.ksgx.load.statistics;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.PackedHistogram;

/**
 * Latencies over the measured window, by the time at which launches were planned. A window whose
 * length is known has 40 slices; another one has slices that get twice as long whenever there would
 * be more than 80, so that memory does not grow with the run.
 */
public final class Slices {
  private static final int USUAL = 40;
  private static final int MOST = 2 * USUAL;
  private static final int DIGITS = 2;
  private static final long FINEST_NANOS = 100_000;

  private long widthNanos;
  private List<Histogram> slices = new ArrayList<>();

  /**
   * @param windowNanos length of the window; 0 if nobody knows
   */
  Slices(long windowNanos) {
    widthNanos = windowNanos == 0 ? FINEST_NANOS : (windowNanos + USUAL - 1) / USUAL;
  }

  /**
   * @param plannedNanos when the launch was planned, from the opening of the window
   */
  void record(long plannedNanos, long latencyNanos) {
    while (plannedNanos / widthNanos >= MOST) {
      halve();
    }
    int index = (int) (plannedNanos / widthNanos);
    while (slices.size() <= index) {
      slices.add(new PackedHistogram(DIGITS));
    }
    slices.get(index).recordValue(latencyNanos);
  }

  private void halve() {
    List<Histogram> wider = new ArrayList<>();
    for (int i = 0; i < slices.size(); i += 2) {
      Histogram slice = slices.get(i);
      if (i + 1 < slices.size()) {
        slice.add(slices.get(i + 1));
      }
      wider.add(slice);
    }
    slices = wider;
    widthNanos *= 2;
  }

  /** Length of each slice. */
  public long widthNanos() {
    return widthNanos;
  }

  /** Nanoseconds of the launches that succeeded, to two digits; the first slice is first. */
  public List<Histogram> latencies() {
    return List.copyOf(slices);
  }

  /** The slices of several runs of one load together, as wide as the widest among them. */
  public static Slices together(Collection<Slices> runs) {
    Slices all = new Slices(0);
    all.widthNanos = runs.stream().mapToLong(Slices::widthNanos).max().orElse(FINEST_NANOS);
    for (Slices run : runs) {
      long ratio = all.widthNanos / run.widthNanos;
      for (int i = 0; i < run.slices.size(); i++) {
        int index = (int) (i / ratio);
        while (all.slices.size() <= index) {
          all.slices.add(new PackedHistogram(DIGITS));
        }
        all.slices.get(index).add(run.slices.get(i));
      }
    }
    return all;
  }
}
