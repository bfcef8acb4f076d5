package dev.ksgx.kernel.paging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.epc.EpcInspection;
import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.hardware.leaf.Encls;
import dev.ksgx.hardware.leaf.EnclsRequest;
import dev.ksgx.hardware.leaf.LeafInFlight;
import dev.ksgx.hardware.program.EnclaveStep;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.PageType;
import dev.ksgx.kernel.Rig;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.protocol.abi.SgxIoctl;
import dev.ksgx.protocol.message.CoreMessage;
import dev.ksgx.protocol.message.EnclaveMessage;
import dev.ksgx.protocol.message.EpcMessage;
import dev.ksgx.protocol.message.Executed;
import dev.ksgx.protocol.message.StepResult;
import java.util.List;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** EBLOCK, ETRACK, EWB, interrupts, and what follows a refusal (driver.md 6.3). */
class EvictionLadderTest {
  private static final int FRAMES = 128;

  @ParameterizedTest
  @EnumSource(Preset.class)
  void anEnclaveIsTrackedOnceABatchAndNobodyIsInterruptedWhileNobodyIsInside(Preset preset) {
    try (PagingRig paging = new PagingRig(PagingRig.config(preset, FRAMES))) {
      paging.launch(paging.process(), HeapEnclave.of(1, 300));
      assertThat(paging.swapper().passes()).isGreaterThan(10);
      assertThat(paging.sum(CoreMessage.Counters::tracks)).isEqualTo(paging.swapper().passes());
      assertThat(paging.sum(CoreMessage.Counters::shootdowns)).isZero();
    }
  }

  /** Both launch at once, so that their pages stand in the one list in turns. */
  private static long tracksABatchOfTwoLaunches(Preset preset) {
    try (PagingRig paging = new PagingRig(PagingRig.config(preset, FRAMES))) {
      SignedEnclave enclave = HeapEnclave.of(1, 300);
      var one = paging.rig.startLaunch(paging.process(), enclave);
      var other = paging.rig.startLaunch(paging.process(), enclave);
      assertThat(paging.rig.finish(one).result().isZero()).isTrue();
      assertThat(paging.rig.finish(other).result().isZero()).isTrue();
      return 100 * paging.sum(CoreMessage.Counters::tracks) / paging.swapper().passes();
    }
  }

  @Test
  void aBatchOfTheOneListTracksEachOfItsEnclaves() {
    assertThat(tracksABatchOfTwoLaunches(Preset.MAINLINE)).isBetween(150L, 200L);
    assertThat(tracksABatchOfTwoLaunches(Preset.V5)).as("a batch is of one").isEqualTo(100);
  }

  @Test
  void aThreadInsideIsInterruptedOnceABatchAndGoesOnAfterwards() {
    try (PagingRig paging = new PagingRig(PagingRig.config(Preset.V5, FRAMES))) {
      Rig.Process process = paging.process();
      long base = paging.launch(process, HeapEnclave.of(1, 300));
      long tracks = paging.sum(CoreMessage.Counters::tracks);
      Rig.Pending<Executed> inside =
          paging.enter(
              process,
              paging.rig.thread(process),
              base,
              () ->
                  previous ->
                      previous == null
                          ? new EnclaveStep.Compute(38_000_000)
                          : new EnclaveStep.Exit(Bytes.fromHex("77")));
      var looker = paging.rig.thread(process);
      for (int page = 0; page < 150; page++) {
        paging.look(process, looker, base, base + HeapEnclave.heap(1, page));
      }
      assertThat(inside.isDone()).isFalse();
      long batches = paging.sum(CoreMessage.Counters::tracks) - tracks;
      assertThat(batches).isGreaterThan(3);
      assertThat(paging.sum(CoreMessage.Counters::exits)).isBetween(2L, batches);
      assertThat(paging.sum(CoreMessage.Counters::shootdowns)).isPositive();
      StepResult.Left left = (StepResult.Left) paging.rig.finish(inside).last();
      assertThat(left.fault()).isEmpty();
      assertThat(left.value().hex()).isEqualTo("77");
    }
  }

  @ParameterizedTest
  @EnumSource(Preset.class)
  void theSecsGoesWhenNoPageIsLeftAndNotBefore(Preset preset) {
    try (PagingRig paging = new PagingRig(PagingRig.config(preset, FRAMES))) {
      Rig.Process cold = paging.process();
      long base = paging.launch(cold, HeapEnclave.of(1, 40));
      Rig.Process hot = paging.process();
      var launch = paging.rig.startLaunch(hot, HeapEnclave.of(1, 300));
      boolean out = false;
      while (!launch.isDone()) {
        paging.advance(5_000);
        int secs = paging.rig.epc().secsPages();
        int pages = paging.state(cold, base).pages();
        if (pages > 0) {
          assertThat(secsOf(paging, base)).as("%d pages are in", pages).isEqualTo(1);
        }
        out |= pages == 0 && secs == 1;
      }
      assertThat(out).as("SECS of the cold one was out").isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource(Preset.class)
  void beforeInitEveryPageMayGoAndTheSecsStays(Preset preset) {
    try (PagingRig paging = new PagingRig(PagingRig.config(preset, FRAMES))) {
      Rig.Process process = paging.process();
      long base = paging.create(process, 64);
      for (int page = 0; page < 40; page++) {
        SgxIoctl add = PagingRig.heapPage(base + 4096L * page);
        assertThat(paging.rig.ioctl(process, add).isZero()).isTrue();
      }
      paging.advance(10_000_000);
      assertThat(paging.state(process, base).pages()).isEqualTo(40);
      for (int taken = 0; taken < 2 * FRAMES; taken++) {
        paging.allocate(process.task(), EpcMessage.Use.PAGE, true);
        paging.advance(20_000);
      }
      assertThat(paging.state(process, base).phase()).isEqualTo(EnclaveMessage.Phase.CREATED);
      assertThat(paging.state(process, base).pages()).isZero();
      assertThat(paging.share(1).evicted()).isEqualTo(40);
      assertThat(paging.rig.epc().free()).isZero();
      assertThat(paging.rig.epc().secsPages()).isEqualTo(1);
    }
  }

  private static int secsOf(PagingRig paging, long base) {
    int secs = 0;
    for (int frame = 0; frame < FRAMES; frame++) {
      EpcInspection page = paging.rig.machine.epc().inspect(frame);
      if (page.valid() && page.type() != PageType.VA && page.address() >= base) {
        EpcInspection owner = paging.rig.machine.epc().inspect(page.owner());
        boolean ofTheCold = page.type() != PageType.SECS && page.address() < base + (64 << 12);
        if (ofTheCold && owner.valid() && owner.type() == PageType.SECS) {
          secs = 1;
        }
      }
    }
    return secs;
  }

  /** A leaf of another processor that has the enclave's heap page in use while it is evicted. */
  private static EnclaveMessage.Phase whilePageIsUsed(
      PagingRig paging, LongFunction<EnclsRequest> use) {
    Rig.Process cold = paging.process();
    long base = paging.launch(cold, HeapEnclave.of(1, 40));
    int frame = frameOf(paging, base + HeapEnclave.heap(1, 20));
    long address = paging.rig.machine.epc().addressOf(frame);
    int spare = PagingRig.CORES - 1;
    paging.rig.doors.cores().get(spare).tell(CoreMessage.Unplug.NOW);
    LeafInFlight user = paging.rig.machine.processor(spare).begin(use.apply(address));
    paging.rig.finish(paging.rig.startLaunch(paging.process(), HeapEnclave.of(1, 300)));
    user.abort();
    return paging.state(cold, base).phase();
  }

  private static int frameOf(PagingRig paging, long linear) {
    for (int frame = 0; frame < FRAMES; frame++) {
      EpcInspection page = paging.rig.machine.epc().inspect(frame);
      if (page.valid() && page.type() == PageType.REG && page.address() == linear) {
        return frame;
      }
    }
    throw new AssertionError("the page is not in");
  }

  @ParameterizedTest
  @EnumSource(Preset.class)
  void aRefusedEblockKillsTheEnclave(Preset preset) {
    try (PagingRig paging = new PagingRig(PagingRig.config(preset, FRAMES))) {
      assertThat(whilePageIsUsed(paging, Encls::eremove)).isEqualTo(EnclaveMessage.Phase.DEAD);
    }
  }

  @ParameterizedTest
  @EnumSource(Preset.class)
  void aRefusedEwbKillsTheEnclave(Preset preset) {
    try (PagingRig paging = new PagingRig(PagingRig.config(preset, FRAMES))) {
      assertThat(whilePageIsUsed(paging, Encls::eblock)).isEqualTo(EnclaveMessage.Phase.DEAD);
      assertThat(validFramesInThePool(paging)).isZero();
    }
  }

  @Test
  void withB76ItOnlyWarnsAndTheFrameGoesToThePoolStillValid() {
    Bugs shipped = Bugs.of(List.of(Bugs.FREE_AFTER_FAILED_EWB));
    try (PagingRig paging =
        new PagingRig(PagingRig.config(Preset.MAINLINE, FRAMES).withBugs(shipped))) {
      assertThat(whilePageIsUsed(paging, Encls::eblock))
          .isEqualTo(EnclaveMessage.Phase.INITIALIZED);
      assertThat(validFramesInThePool(paging)).isEqualTo(1);
    }
  }

  @Test
  void withB26ItKillsTheEnclaveAndTheFrameGoesToThePoolStillValid() {
    Bugs shipped = Bugs.of(List.of(Bugs.FREE_WITHOUT_EREMOVE));
    try (PagingRig paging = new PagingRig(PagingRig.config(Preset.V5, FRAMES).withBugs(shipped))) {
      assertThat(whilePageIsUsed(paging, Encls::eblock)).isEqualTo(EnclaveMessage.Phase.DEAD);
      assertThat(validFramesInThePool(paging)).isEqualTo(1);
    }
  }

  private static int validFramesInThePool(PagingRig paging) {
    int valid = 0;
    for (int frame = 0; frame < FRAMES; frame++) {
      valid += paging.rig.machine.epc().inspect(frame).valid() ? 1 : 0;
    }
    return valid - (FRAMES - paging.rig.epc().free());
  }
}
