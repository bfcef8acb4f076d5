package dev.ksgx.kernel.paging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.kernel.Rig;
import dev.ksgx.kernel.config.Paging;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.protocol.message.EpcMessage;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A suspend that comes while the swapper is at work (driver.md 1.7, 6.2: its thread freezes). */
class SwapperFreezeTest {
  private static final int FRAMES = 512;

  /** A few passes take the swapper from below the low watermark to the high one. */
  private static final long BETWEEN_SUSPENDS_NANOS = 6_000;

  private static final int SUSPENDS = 25;

  /** Frames that the swapper has freed, woken that long before a suspend, by the time of sleep. */
  private static int freedBySleep(Preset preset, long awakeNanos) {
    try (PagingRig paging = new PagingRig(PagingRig.config(preset, FRAMES))) {
      Rig.Process process = paging.process();
      paging.launch(process, HeapEnclave.of(1, 300));
      int low = Paging.lowWatermark(FRAMES);
      while (paging.rig.epc().free() >= low) {
        paging.allocate(process.task(), EpcMessage.Use.PAGE, true);
      }
      paging.rig.block(process.task());
      paging.advance(awakeNanos);
      assertThat(paging.rig.suspend().result().isZero()).isTrue();
      assertThat(paging.rig.system().probe().resources())
          .as("locks, asleep")
          .filteredOn(resource -> resource.group().endsWith("-lock"))
          .isNotEmpty()
          .allMatch(resource -> resource.holders().isEmpty());
      assertThat(paging.swapper().emptyPasses()).as("over enclaves that are dead").isZero();
      return paging.rig.epc().free() - (low - 1);
    }
  }

  @ParameterizedTest
  @EnumSource(Preset.class)
  void theSwapperFinishesItsPassBeforeThePowerGoesAndBeginsNoOther(Preset preset) {
    TreeSet<Integer> freed = new TreeSet<>();
    for (int suspend = 0; suspend < SUSPENDS; suspend++) {
      freed.add(freedBySleep(preset, suspend * BETWEEN_SUSPENDS_NANOS));
    }
    int batch = Paging.BATCH;
    assertThat(freed).as("whole passes").allMatch(frames -> frames > 0 && frames % batch == 0);
    assertThat(freed).as("some suspends came between two passes").contains(batch, 3 * batch);
  }
}
