package dev.ksgx.load.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

/** Latencies over time, and the slowest launches. */
class SlicesTest {
  private static List<Long> counts(Slices slices) {
    return slices.latencies().stream().map(Histogram::getTotalCount).toList();
  }

  @Test
  void windowOfKnownLengthHasFortySlices() {
    Slices slices = new Slices(4000);
    slices.record(0, 5);
    slices.record(99, 5);
    slices.record(100, 5);
    slices.record(3999, 5);
    assertThat(slices.widthNanos()).isEqualTo(100);
    assertThat(counts(slices)).hasSize(40).startsWith(2L, 1L, 0L).endsWith(1L);
  }

  @Test
  void windowOfUnknownLengthHasSlicesThatGrowWithIt() {
    Slices slices = new Slices(0);
    for (int i = 0; i < 1000; i++) {
      slices.record(i * 100_000L, 7);
    }
    assertThat(slices.latencies()).hasSizeBetween(40, 80);
    assertThat(slices.widthNanos()).isEqualTo(1_600_000);
    assertThat(counts(slices).subList(0, 62)).containsOnly(16L);
    assertThat(counts(slices).stream().mapToLong(Long::longValue).sum()).isEqualTo(1000);
  }

  @Test
  void runsTogetherAreAsWideAsTheWidest() {
    Slices narrow = new Slices(0);
    narrow.record(250_000, 7);
    Slices wide = new Slices(0);
    wide.record(8_050_000, 9);
    Slices both = Slices.together(List.of(narrow, wide));
    assertThat(both.widthNanos()).isEqualTo(200_000);
    assertThat(counts(both)).hasSize(41).startsWith(0L, 1L, 0L).endsWith(1L);
  }

  @Test
  void slowestLaunchesAreKeptAndNoOthers() {
    SlowestLaunches slowest = new SlowestLaunches();
    for (int number = 0; number < 100; number++) {
      long latency = number * 37 % 100;
      slowest.offer(new Launch(number, 10, 11, 10 + latency, Launch.OK), Breakdown.NONE);
    }
    assertThat(slowest.list())
        .extracting(SlowLaunch::latencyNanos)
        .containsExactly(99L, 98L, 97L, 96L, 95L, 94L, 93L, 92L, 91L, 90L);
    assertThat(slowest.list().get(0).latenessNanos()).isEqualTo(1);
  }

  @Test
  void ofEquallySlowLaunchesTheFirstAreKept() {
    SlowestLaunches slowest = new SlowestLaunches();
    for (int number = 0; number < 20; number++) {
      slowest.offer(new Launch(number, 0, 0, 50, Launch.OK), Breakdown.NONE);
    }
    assertThat(slowest.list())
        .extracting(SlowLaunch::number)
        .containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
  }
}
