package dev.ksgx.kernel.paging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.kernel.Rig;
import dev.ksgx.kernel.config.AddMode;
import dev.ksgx.kernel.config.IoctlGeneration;
import dev.ksgx.kernel.config.Paging;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.protocol.abi.Errno;
import dev.ksgx.protocol.abi.SgxIoctl;
import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.EpcMessage;
import dev.ksgx.protocol.message.Returned;
import dev.ksgx.protocol.message.SwapperMessage;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When the swapper wakes, and what a task does that finds no frame (driver.md 6.1, 6.2). */
class WatermarkTest {
  private static final int FRAMES = 512;
  private static final int LOW = 32;

  private static EpcMessage.Allocated take(PagingRig paging, TaskRef task, boolean atomic) {
    return paging.allocate(task, EpcMessage.Use.PAGE, atomic);
  }

  private static void takeUntilFree(PagingRig paging, TaskRef task, int free) {
    while (paging.rig.epc().free() > free) {
      take(paging, task, true);
    }
  }

  @Test
  void theWatermarksAreThirtyTwoAndSixtyFourAndLessOnMachinesThatNeverWere() {
    assertThat(Paging.lowWatermark(24_576)).isEqualTo(32);
    assertThat(Paging.highWatermark(24_576)).isEqualTo(64);
    assertThat(Paging.lowWatermark(256)).isEqualTo(32);
    assertThat(Paging.lowWatermark(128)).isEqualTo(16);
    assertThat(Paging.highWatermark(128)).isEqualTo(32);
  }

  @ParameterizedTest
  @EnumSource(Preset.class)
  void onlyAnAllocationThatLeavesFewerThanThirtyTwoWakesTheSwapper(Preset preset) {
    try (PagingRig paging = new PagingRig(PagingRig.config(preset, FRAMES))) {
      Rig.Process process = paging.process();
      paging.launch(process, HeapEnclave.of(1, 300));
      takeUntilFree(paging, process.task(), LOW);
      paging.advance(10_000_000);
      assertThat(paging.swapper().wakeUps()).as("between 32 and 63 it sleeps on").isZero();
      assertThat(paging.rig.epc().free()).isEqualTo(LOW);
      take(paging, process.task(), true);
      paging.advance(10_000_000);
      assertThat(paging.swapper().wakeUps()).isEqualTo(1);
      assertThat(paging.rig.epc().free()).isBetween(2 * LOW, 2 * LOW + Paging.BATCH);
      take(paging, process.task(), true);
      paging.advance(10_000_000);
      assertThat(paging.swapper().wakeUps()).isEqualTo(1);
    }
  }

  @Test
  void whoCannotWaitIsToldEbusyAndWakesTheSwapper() {
    try (PagingRig paging = new PagingRig(PagingRig.config(Preset.V5, FRAMES))) {
      TaskRef task = paging.process().task();
      takeUntilFree(paging, task, 0);
      paging.advance(1_000_000);
      long wakeUps = paging.swapper().wakeUps();
      EpcMessage.Allocated none = take(paging, task, true);
      assertThat(none.result().errno()).isEqualTo(Errno.EBUSY);
      paging.advance(1_000_000);
      assertThat(paging.swapper().wakeUps()).isEqualTo(wakeUps + 1);
    }
  }

  /** Mainline: free frames below 32 and a list that is not empty (driver.md 6.1). */
  @Test
  void mainlineDoesNotWakeTheSwapperForAnEmptyList() {
    try (PagingRig paging = new PagingRig(PagingRig.config(Preset.MAINLINE, FRAMES))) {
      Rig.Process process = paging.process();
      TaskRef task = process.task();
      takeUntilFree(paging, task, LOW + 10);
      long base = paging.create(process, 256);
      takeUntilFree(paging, task, LOW - 8);
      paging.advance(1_000_000);
      assertThat(paging.swapper().wakeUps()).as("below the watermark, nothing to evict").isZero();
      assertThat(paging.rig.ioctl(process, PagingRig.heapPage(base)).isZero()).isTrue();
      paging.advance(1_000_000);
      assertThat(paging.swapper().wakeUps()).as("a page comes: no allocation yet").isZero();
      assertThat(take(paging, task, true).result().isZero()).isTrue();
      paging.advance(1_000_000);
      assertThat(paging.swapper().wakeUps()).as("the next allocation wakes it").isEqualTo(1);
      assertThat(paging.state(process, base).pages()).as("and it evicts").isZero();
      takeUntilFree(paging, task, 0);
      take(paging, task, true);
      paging.advance(1_000_000);
      assertThat(paging.swapper().wakeUps()).as("the list is empty again").isEqualTo(1);
    }
  }

  /** What is left over beside the version arrays decides: two frames, and the swapper may help. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void beyondTheLimitOfVersionArraysItIsEnomemAndNobodyWakesTheSwapper(int others) {
    try (PagingRig paging = new PagingRig(PagingRig.config(Preset.V5, FRAMES))) {
      TaskRef task = paging.process().task();
      takeUntilFree(paging, task, FRAMES - others);
      while (paging.rig.epc().free() > 0) {
        paging.allocate(task, EpcMessage.Use.VA, false);
      }
      paging.advance(1_000_000);
      assertThat(paging.rig.epc().vaPages()).isEqualTo(FRAMES - others);
      long wakeUps = paging.swapper().wakeUps();
      boolean beyond = others < 2;
      EpcMessage.Allocated none = take(paging, task, true);
      assertThat(none.result().errno()).isEqualTo(beyond ? Errno.ENOMEM : Errno.EBUSY);
      paging.advance(1_000_000);
      assertThat(paging.swapper().wakeUps()).isEqualTo(beyond ? wakeUps : wakeUps + 1);
      if (beyond) {
        assertThat(paging.allocate(task, EpcMessage.Use.VA, false).exhausted())
            .as("no reclaim by the task either")
            .isFalse();
      }
    }
  }

  /** An enclave under construction, and an EPC without a free frame beside it. */
  private static final class Squeeze implements AutoCloseable {
    final PagingRig paging;
    final Rig.Process process;
    final long base;
    private int added;

    /** With v5's ioctls: an add of mainline looks for a signal before its allocation does. */
    Squeeze(Preset preset) {
      paging =
          new PagingRig(
              PagingRig.config(preset, 64)
                  .withAdd(AddMode.SYNCHRONOUS)
                  .withIoctls(IoctlGeneration.V5));
      process = paging.process();
      base = paging.create(process, 256);
    }

    Rig.Pending<Returned> startAdd() {
      SgxIoctl add = PagingRig.heapPage(base + 4096L * added++);
      return paging.rig.startIoctl(process, process.task(), add);
    }

    /** Adds pages, some of them to be evicted later, and takes what is left. */
    void fill() {
      while (paging.rig.epc().free() > 0) {
        if (paging.state(process, base).pages() < 30) {
          paging.rig.finish(startAdd());
        } else {
          take(paging, process.task(), true);
        }
      }
    }

    @Override
    public void close() {
      paging.close();
    }
  }

  @ParameterizedTest
  @EnumSource(Preset.class)
  void whoCanWaitReclaimsInItsOwnTaskAndAtItsOwnCost(Preset preset) {
    try (Squeeze squeeze = new Squeeze(preset)) {
      long begin = squeeze.paging.rig.system().nowNanos();
      squeeze.paging.rig.finish(squeeze.startAdd());
      long usual = squeeze.paging.rig.system().nowNanos() - begin;
      squeeze.fill();
      long before = squeeze.paging.swapper().evictedDirectly();
      begin = squeeze.paging.rig.system().nowNanos();
      assertThat(squeeze.paging.rig.finish(squeeze.startAdd()).result().isZero()).isTrue();
      long squeezed = squeeze.paging.rig.system().nowNanos() - begin;
      assertThat(squeeze.paging.swapper().directPasses()).isPositive();
      assertThat(squeeze.paging.swapper().evictedDirectly()).isGreaterThan(before);
      assertThat(squeezed).as("16 EBLOCK and EWB come to it").isGreaterThan(usual + 16 * 2_900);
    }
  }

  @ParameterizedTest
  @EnumSource(Preset.class)
  void withNothingToEvictItIsEnomem(Preset preset) {
    try (Squeeze squeeze = new Squeeze(preset)) {
      takeUntilFree(squeeze.paging, squeeze.process.task(), 0);
      Returned refused = squeeze.paging.rig.finish(squeeze.startAdd());
      assertThat(refused.result().errno()).isEqualTo(Errno.ENOMEM);
      assertThat(refused.result().check()).contains("nothing to evict");
    }
  }

  /** Empty list, task that cannot wait, signal: in this order. */
  @Test
  void mainlineSaysEnomemBeforeItLooksForASignalAndWithoutAPassAndV5After() {
    try (Squeeze mainline = new Squeeze(Preset.MAINLINE);
        Squeeze v5 = new Squeeze(Preset.V5)) {
      for (Squeeze squeeze : List.of(mainline, v5)) {
        takeUntilFree(squeeze.paging, squeeze.process.task(), 0);
        squeeze.paging.rig.signal(squeeze.process.task());
      }
      Returned refused = mainline.paging.rig.finish(mainline.startAdd());
      assertThat(refused.result().errno()).isEqualTo(Errno.ENOMEM);
      assertThat(mainline.paging.swapper().directPasses()).isZero();
      Returned interrupted = v5.paging.rig.finish(v5.startAdd());
      assertThat(interrupted.result().errno()).isEqualTo(Errno.ERESTARTSYS);
    }
  }

  @ParameterizedTest
  @EnumSource(Preset.class)
  void aSignalEndsTheWaitForAFrameBeforeTheNextPassAndIsNothingToOneThatIsFree(Preset preset) {
    try (Squeeze squeeze = new Squeeze(preset)) {
      squeeze.fill();
      SwapperMessage.Counters before = squeeze.paging.swapper();
      squeeze.paging.rig.signal(squeeze.process.task());
      Returned refused = squeeze.paging.rig.finish(squeeze.startAdd());
      assertThat(refused.result().errno()).isEqualTo(Errno.ERESTARTSYS);
      assertThat(squeeze.paging.swapper().evictedDirectly()).isEqualTo(before.evictedDirectly());
      assertThat(squeeze.paging.rig.epc().free()).isZero();
      squeeze.paging.rig.doors.swapper().tell(SwapperMessage.Wake.NOW);
      squeeze.paging.rig.signal(squeeze.process.task());
      squeeze.paging.advance(10_000_000);
      assertThat(squeeze.paging.rig.epc().free()).isPositive();
      assertThat(squeeze.paging.rig.finish(squeeze.startAdd()).result().isZero()).isTrue();
    }
  }
}
