package dev.ksgx.load.statistics;

import dev.ksgx.runtime.probe.Level;
import dev.ksgx.runtime.probe.Probe;
import java.util.ArrayList;
import java.util.List;

/**
 * The frames of the EPC by kind over time, on a grid that gets coarser as the run gets longer: at
 * most 200 points, from boot. It reads the probe's levels and so sends nobody a message.
 */
public final class FrameSeries {
  /**
   * The frames at one point of the grid.
   *
   * @param pages of enclaves, SECS and version arrays not counted
   */
  public record Point(long pages, long versionArrays, long secs) {}

  private static final int MOST_POINTS = 200;
  private static final long FINEST_NANOS = 100_000;

  private final Level used;
  private final Level versionArrays;
  private final Level secs;
  private List<Point> points = new ArrayList<>();
  private long everyNanos = FINEST_NANOS;
  private Point last = new Point(0, 0, 0);

  public FrameSeries(Probe probe) {
    this.used = probe.level("epc-used");
    this.versionArrays = probe.level("epc-version-arrays");
    this.secs = probe.level("epc-secs");
  }

  /**
   * To be called after every step of the run: what was seen last held until {@code nowNanos}, and
   * what is seen now holds from there on.
   */
  public void step(long nowNanos) {
    while (points.size() * everyNanos < nowNanos) {
      add();
    }
    long va = versionArrays.value();
    long ofSecs = secs.value();
    long pages = used.value() - va - ofSecs;
    if (pages != last.pages || va != last.versionArrays || ofSecs != last.secs) {
      last = new Point(pages, va, ofSecs);
    }
  }

  private void add() {
    points.add(last);
    if (points.size() > MOST_POINTS) {
      List<Point> everySecond = new ArrayList<>();
      for (int i = 0; i < points.size(); i += 2) {
        everySecond.add(points.get(i));
      }
      points = everySecond;
      everyNanos *= 2;
    }
  }

  /** Distance of the points, the first of which is boot. */
  public long everyNanos() {
    return everyNanos;
  }

  public List<Point> points() {
    return List.copyOf(points);
  }
}
