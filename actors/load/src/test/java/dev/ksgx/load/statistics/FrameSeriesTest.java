package dev.ksgx.load.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.runtime.probe.MeasuringProbe;
import org.junit.jupiter.api.Test;

class FrameSeriesTest {
  private static final long GRID = 100_000;

  private long now;
  private final MeasuringProbe probe = new MeasuringProbe(() -> now);
  private final FrameSeries series = new FrameSeries(probe);

  private void step(long nanos, long used, long versionArrays, long secs) {
    now = nanos;
    probe.level("epc-used").set(used);
    probe.level("epc-version-arrays").set(versionArrays);
    probe.level("epc-secs").set(secs);
    series.step(now);
  }

  @Test
  void eachPointShowsWhatHeldAtItsInstant() {
    step(0, 10, 2, 1);
    step(GRID / 2, 20, 2, 1);
    step(GRID + 1, 30, 3, 2);
    step(3 * GRID + 1, 0, 0, 0);
    assertThat(series.everyNanos()).isEqualTo(GRID);
    assertThat(series.points())
        .containsExactly(
            new FrameSeries.Point(7, 2, 1),
            new FrameSeries.Point(17, 2, 1),
            new FrameSeries.Point(25, 3, 2),
            new FrameSeries.Point(25, 3, 2));
  }

  @Test
  void longRunHasACoarserGridAndNeverMoreThanTwoHundredPoints() {
    for (long millisecond = 0; millisecond <= 1000; millisecond++) {
      step(1_000_000 * millisecond + 1, millisecond, 0, 0);
    }
    assertThat(series.everyNanos()).isEqualTo(64 * GRID);
    assertThat(series.points()).hasSizeBetween(100, 200);
    for (int i = 1; i < series.points().size(); i++) {
      long at = i * series.everyNanos();
      assertThat(series.points().get(i).pages()).isEqualTo((at - 1) / 1_000_000);
    }
  }
}
