package dev.ksgx.load.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.protocol.message.SwapperMessage;
import dev.ksgx.protocol.message.SwapperMessage.Share;
import dev.ksgx.runtime.probe.MeasuringProbe;
import java.util.List;
import org.junit.jupiter.api.Test;

class PagingLawsTest {
  private static final SwapperMessage.Counters RECLAIM =
      new SwapperMessage.Counters(0, 5, 2, 3, 80, 30, 1);

  private long now;
  private final MeasuringProbe probe = new MeasuringProbe(() -> now);
  private final FrameSeries series = new FrameSeries(probe);

  @Test
  void lawsHold() {
    assertThat(violated(new Share(1, 1, 9, 8, 100, 7, 6), RECLAIM)).isFalse();
  }

  @Test
  void moreLoadsThanEvictionsIsAViolation() {
    assertThat(violated(new Share(1, 1, 9, 10, 0, 7, 6), RECLAIM)).isTrue();
  }

  @Test
  void moreHardFaultsThanLoadsIsAViolation() {
    assertThat(violated(new Share(1, 1, 9, 8, 0, 9, 6), RECLAIM)).isTrue();
  }

  @Test
  void moreDirectReclaimThanReclaimIsAViolation() {
    Share fine = new Share(1, 1, 9, 8, 100, 7, 6);
    assertThat(violated(fine, new SwapperMessage.Counters(0, 5, 2, 8, 80, 30, 1))).isTrue();
    assertThat(violated(fine, new SwapperMessage.Counters(0, 5, 2, 3, 80, 81, 1))).isTrue();
  }

  @Test
  void moreFramesThanThereAreIsAViolation() {
    probe.level("epc-used").set(101);
    series.step(0);
    now = 1_000_000;
    series.step(now);
    assertThat(violated(new Share(1, 1, 9, 8, 100, 7, 6), RECLAIM)).isTrue();
  }

  private boolean violated(Share share, SwapperMessage.Counters reclaim) {
    return PagingLaws.violation(List.of(share), reclaim, series, 100).isPresent();
  }
}
