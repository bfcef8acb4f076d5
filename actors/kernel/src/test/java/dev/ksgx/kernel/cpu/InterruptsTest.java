package dev.ksgx.kernel.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ksgx.kernel.config.InterruptBursts;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.runtime.random.RandomStreams;
import org.junit.jupiter.api.Test;

class InterruptsTest {
  private static final long MILLISECOND = 1_000_000;
  private static final long SECOND = 1_000_000_000;

  private static Interrupts devices(double perSecond, InterruptBursts bursts) {
    KernelConfig config =
        KernelConfig.preset(Preset.MAINLINE)
            .withInterrupts(0, perSecond)
            .withInterruptBursts(bursts);
    return new Interrupts(new RandomStreams(7).stream("devices"), config);
  }

  @Test
  void devicesInterruptAtTheirRateWhileABurstLastsAndNotInThePause() {
    InterruptBursts bursts = new InterruptBursts(3 * MILLISECOND, 7 * MILLISECOND);
    Interrupts interrupts = devices(50_000, bursts);
    int[] ofMillisecond = new int[10];
    int all = 0;
    while (interrupts.next() < SECOND) {
      ofMillisecond[(int) (interrupts.next() / MILLISECOND % 10)]++;
      interrupts.take();
      all++;
    }
    double expected = 50_000 * 0.3;
    assertThat((double) all).isCloseTo(expected, within(4 * Math.sqrt(expected)));
    for (int millisecond = 0; millisecond < 10; millisecond++) {
      double here = millisecond < 3 ? expected / 3 : 0;
      assertThat((double) ofMillisecond[millisecond])
          .as("millisecond %d of ten", millisecond)
          .isCloseTo(here, within(4 * Math.sqrt(here)));
    }
  }

  @Test
  void idleTimeIsSkippedInBurstsToo() {
    InterruptBursts bursts = new InterruptBursts(MILLISECOND, MILLISECOND);
    Interrupts interrupts = devices(10_000, bursts);
    interrupts.skipTo(101 * MILLISECOND + 1);
    assertThat(interrupts.next() / MILLISECOND).as("not in the pause").isEqualTo(102);
  }

  @Test
  void withoutPausesItIsTheStreamThatItWas() {
    Interrupts always = devices(10_000, InterruptBursts.NONE);
    Interrupts longBursts = devices(10_000, new InterruptBursts(100 * SECOND, SECOND));
    for (int i = 0; i < 1_000; i++) {
      assertThat(longBursts.next()).isEqualTo(always.next());
      always.take();
      longBursts.take();
    }
  }
}
