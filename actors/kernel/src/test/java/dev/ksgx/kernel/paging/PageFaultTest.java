package dev.ksgx.kernel.paging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.epc.EpcInspection;
import dev.ksgx.hardware.leaf.AccessResult;
import dev.ksgx.hardware.program.EnclaveStep;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.SecInfo;
import dev.ksgx.hardware.structure.Secs;
import dev.ksgx.kernel.Rig;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.protocol.abi.SgxIoctl;
import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.CoreMessage;
import dev.ksgx.protocol.message.EpcMessage;
import dev.ksgx.protocol.message.Executed;
import dev.ksgx.protocol.message.Returned;
import dev.ksgx.protocol.message.Step;
import dev.ksgx.protocol.message.StepResult;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The fault path, case by case (driver.md 6.5). */
class PageFaultTest {
  private static final int FRAMES = 128;
  private static final int HEAP = 40;
  private static final long NOWHERE = 60 * 4096;

  /** One enclave, and as much of the EPC taken away as a test wants. */
  private static final class Bench implements AutoCloseable {
    final PagingRig paging;
    final Rig.Process process;
    final TaskRef thread;
    final long base;
    private final List<Integer> taken = new ArrayList<>();

    Bench(KernelConfig config) {
      paging = new PagingRig(config);
      process = paging.process();
      thread = paging.rig.thread(process);
      base = paging.launch(process, HeapEnclave.of(1, HEAP));
    }

    Bench(Preset preset) {
      this(PagingRig.config(preset, FRAMES));
    }

    long heap(int page) {
      return base + HeapEnclave.heap(1, page);
    }

    /** Takes every frame, those that are evicted for it too, until nothing is left in. */
    void takeAll() {
      while (paging.state(process, base).pages() > 0
          || paging.rig.epc().secsPages() > 0
          || paging.rig.epc().free() > 0) {
        EpcMessage.Allocated one = paging.allocate(thread, EpcMessage.Use.PAGE, true);
        if (one.result().isZero()) {
          taken.add(one.frame());
        }
        paging.advance(20_000);
      }
      paging.rig.doors.epc().tell(EpcMessage.ResetPeak.NOW);
    }

    /** As {@link #takeAll}, but for one page, which nobody evicts: the swapper is frozen. */
    void takeAllBesideOnePage() {
      takeAll();
      paging.rig.freezeSwapper();
      giveBack(2);
      assertAbortPage(look(heap(0)));
      assertThat(paging.rig.epc().free()).isZero();
      paging.rig.doors.epc().tell(EpcMessage.ResetPeak.NOW);
    }

    void giveBack(int frames) {
      for (int i = 0; i < frames; i++) {
        List<Integer> one = List.of(taken.remove(taken.size() - 1));
        paging.rig.doors.epc().tell(new EpcMessage.Free(one, EpcMessage.Use.PAGE));
      }
    }

    Rig.Pending<Executed> startLook(int page) {
      Step load = new Step.Access(paging.state(process, base).translation(), heap(page), 1, null);
      return paging.start(process, thread, load);
    }

    StepResult look(long address) {
      return paging.look(process, thread, base, address);
    }

    @Override
    public void close() {
      paging.close();
    }
  }

  private static String faultOf(StepResult result) {
    assertThat(result).isInstanceOf(StepResult.Left.class);
    return ((StepResult.Left) result).fault();
  }

  private static void assertAbortPage(StepResult result) {
    assertThat(((StepResult.Accessed) result).result().outcome())
        .isEqualTo(AccessResult.Outcome.ABORT_PAGE);
  }

  @ParameterizedTest
  @EnumSource(Preset.class)
  void whereTheEnclaveHasNoPageItIsSigbus(Preset preset) {
    try (Bench bench = new Bench(preset)) {
      assertThat(faultOf(bench.look(bench.base + NOWHERE)))
          .startsWith("SIGBUS")
          .contains("the enclave has no page there");
    }
  }

  @ParameterizedTest
  @EnumSource(Preset.class)
  void v5DemandsAnInitialisedEnclaveAndMainlineDoesNot(Preset preset) {
    try (Bench bench = new Bench(preset)) {
      Rig rig = bench.paging.rig;
      long base = rig.mmap(bench.process, 64 * 4096).value();
      Secs secs =
          Secs.builder()
              .baseAddress(base)
              .sizeBytes(64 * 4096)
              .ssaFrameSize(1)
              .attributes(HeapEnclave.of(1, 1).image().attributes())
              .build();
      assertThat(rig.ioctl(bench.process, new SgxIoctl.Create(secs.bytes())).isZero()).isTrue();
      SgxIoctl.AddPage add =
          new SgxIoctl.AddPage(
              base, Bytes.zeros(4096), SecInfo.reg(true, true, false).bytes(), 0xffff);
      assertThat(rig.ioctl(bench.process, add).isZero()).isTrue();
      bench.paging.advance(1_000_000);
      StepResult result = bench.paging.look(bench.process, bench.thread, base, base + NOWHERE);
      assertThat(faultOf(result))
          .contains(preset == Preset.MAINLINE ? "has no page there" : "not initialized");
    }
  }

  @ParameterizedTest
  @EnumSource(Preset.class)
  void aBrokenRuleOfSgxIsSigsegvWhateverTheDriverCouldDo(Preset preset) {
    try (Bench bench = new Bench(preset)) {
      StepResult.Left left =
          bench.paging.visit(
              bench.process,
              bench.base,
              () -> previous -> new EnclaveStep.Write(bench.base, Bytes.zeros(8)));
      assertThat(left.fault()).startsWith("SIGSEGV").contains("an access rule of SGX was broken");
    }
  }

  @Test
  void aDeadEnclaveBringsNoPage() {
    try (Bench bench = new Bench(Preset.V5)) {
      Rig rig = bench.paging.rig;
      rig.munmap(bench.process, bench.base + 32 * 4096, 4096);
      assertThat(faultOf(bench.look(bench.heap(0))))
          .startsWith("SIGBUS")
          .contains("the enclave is dead");
    }
  }

  @Test
  void mainlineMapsAResidentPageByTheFaultOfItsFirstTouchAndV5NeverFaultsAfterAdd() {
    try (Bench mainline = new Bench(Preset.MAINLINE);
        Bench v5 = new Bench(Preset.V5)) {
      for (Bench bench : List.of(mainline, v5)) {
        for (int round = 0; round < 2; round++) {
          for (int page = 0; page < HEAP; page++) {
            assertAbortPage(bench.look(bench.heap(page)));
          }
        }
      }
      assertThat(mainline.paging.share(1).softFaults()).as("once a page").isEqualTo(HEAP);
      assertThat(v5.paging.share(1).softFaults()).isZero();
      assertThat(mainline.paging.share(1).hardFaults()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(Preset.class)
  void withoutAFrameTheThreadFaultsAgainAndAgainUntilOneIsFree(Preset preset) {
    try (Bench bench = new Bench(preset)) {
      bench.takeAllBesideOnePage();
      long before = bench.paging.share(1).hardFaults();
      Rig.Pending<Executed> look = bench.startLook(3);
      bench.paging.advance(1_000_000);
      assertThat(look.isDone()).isFalse();
      long refaults = bench.paging.share(1).refaults();
      assertThat(refaults).isGreaterThan(10);
      assertThat(bench.paging.rig.epc().refused()).isBetween(refaults - 2, refaults + 2);
      bench.giveBack(40);
      assertAbortPage(bench.paging.rig.finish(look).last());
      assertThat(bench.paging.share(1).hardFaults()).isEqualTo(before + 1);
    }
  }

  /** Its allocator looks at the list of all pages before it asks whether the task may wait. */
  @Test
  void withNothingToEvictMainlineAnswersSigbusAndV5LetsTheThreadFaultAgain() {
    try (Bench mainline = new Bench(Preset.MAINLINE);
        Bench v5 = new Bench(Preset.V5)) {
      mainline.takeAll();
      assertThat(faultOf(mainline.look(mainline.heap(3))))
          .startsWith("SIGBUS")
          .contains("no free EPC frame and nothing to evict");
      assertThat(mainline.paging.share(1).refaults()).isZero();
      v5.takeAll();
      Rig.Pending<Executed> look = v5.startLook(3);
      v5.paging.advance(1_000_000);
      assertThat(look.isDone()).isFalse();
      assertThat(v5.paging.share(1).refaults()).isGreaterThan(10);
    }
  }

  /** A frame for the SECS and none for the page: the SECS is no page of the list. */
  @Test
  void mainlineBringsTheSecsAndAnswersSigbusIfNothingCanBeEvictedForThePage() {
    try (Bench bench = new Bench(Preset.MAINLINE)) {
      bench.takeAll();
      bench.giveBack(1);
      assertThat(faultOf(bench.look(bench.heap(3)))).contains("nothing to evict");
      assertThat(bench.paging.rig.epc().secsPages()).as("kept").isEqualTo(1);
      bench.giveBack(1);
      assertAbortPage(bench.look(bench.heap(3)));
    }
  }

  @Test
  void theSecsThatWasBroughtIsKeptThoughThePageFindsNoFrame() {
    try (Bench bench = new Bench(Preset.V5)) {
      bench.takeAll();
      Rig.Pending<Executed> look = bench.startLook(3);
      bench.giveBack(1);
      bench.paging.advance(1_000_000);
      assertThat(look.isDone()).isFalse();
      assertThat(bench.paging.rig.epc().secsPages()).isEqualTo(1);
      assertThat(bench.paging.rig.epc().free()).isZero();
      bench.giveBack(1);
      bench.paging.advance(1_000_000);
      assertThat(bench.paging.share(1).hardFaults()).isPositive();
    }
  }

  @Test
  void withB44TheFirstFrameIsHandedBackForEver() {
    Bugs shipped = Bugs.of(List.of(Bugs.FRAME_HANDED_BACK));
    try (Bench bench = new Bench(PagingRig.config(Preset.V5, FRAMES).withBugs(shipped))) {
      bench.takeAll();
      Rig.Pending<Executed> look = bench.startLook(3);
      bench.giveBack(1);
      bench.paging.advance(1_000_000);
      assertThat(look.isDone()).isFalse();
      assertThat(bench.paging.rig.epc().secsPages()).isZero();
      assertThat(bench.paging.share(1).refaults()).isGreaterThan(10);
      bench.giveBack(1);
      bench.paging.advance(1_000_000);
      assertThat(bench.paging.share(1).hardFaults()).isPositive();
    }
  }

  @ParameterizedTest
  @EnumSource(Preset.class)
  void aRefusedElduIsSigbusAndTheFrameGoesBack(Preset preset) {
    try (Bench bench = new Bench(preset)) {
      bench.takeAll();
      bench.giveBack(60);
      int free = bench.paging.rig.epc().free();
      bench.paging.rig.doors.cores().forEach(core -> core.tell(CoreMessage.FailNextLeaf.CONFLICT));
      assertThat(faultOf(bench.look(bench.heap(0)))).startsWith("SIGBUS").contains("ELDU");
      assertThat(bench.paging.rig.epc().free()).isEqualTo(free);
      assertThat(bench.paging.rig.epc().secsPages()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(Preset.class)
  void theFaultsOfAProcessThatIsKilledEnd(Preset preset) {
    try (Bench bench = new Bench(preset)) {
      bench.takeAllBesideOnePage();
      Rig.Pending<Executed> look = bench.startLook(3);
      bench.paging.advance(100_000);
      assertThat(look.isDone()).isFalse();
      bench.paging.rig.finish(bench.paging.rig.startKill(bench.process));
      bench.paging.rig.system().runToQuiescence().orThrow();
      assertThat(look.isDone()).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource(Preset.class)
  void munmapWaitsForTheFaultUnderWay(Preset preset) {
    try (Bench bench = new Bench(preset)) {
      bench.takeAll();
      bench.giveBack(60);
      Rig.Pending<Executed> look = bench.startLook(3);
      bench.paging.advance(2_000);
      int free = bench.paging.rig.epc().free();
      assertThat(free).as("a frame is taken: ELDU runs").isLessThan(60);
      Rig.Pending<Returned> munmap =
          bench.paging.rig.startMunmap(bench.process, bench.base, 64 * 4096);
      bench.paging.rig.finish(munmap);
      assertThat(bench.paging.share(1).hardFaults()).as("the fault came first").isEqualTo(1);
      bench.paging.rig.system().runToQuiescence().orThrow();
      assertThat(look.isDone()).isTrue();
      assertThat(bench.paging.rig.epc().vaPages()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(Preset.class)
  void faultsWithoutEndDoNotKeepAWriterFromTheMmapLock(Preset preset) {
    try (Bench bench = new Bench(preset)) {
      bench.takeAllBesideOnePage();
      Rig.Pending<Executed> look = bench.startLook(3);
      bench.paging.advance(100_000);
      Rig.Pending<Returned> munmap =
          bench.paging.rig.startMunmap(bench.process, bench.base, 64 * 4096);
      bench.paging.advance(200_000);
      assertThat(munmap.isDone()).isTrue();
      bench.paging.advance(200_000);
      assertThat(faultOf(look.value().last()))
          .startsWith("SIGSEGV")
          .contains("no SGX mapping covers the address");
    }
  }

  /** Somebody else's launch evicts the enclave: one look at a page that is blocked just now. */
  private static Bench lookAtABlockedPage(Preset preset) {
    Bench bench = new Bench(preset);
    int secs = ownerOfTheHeap(bench);
    Rig.Process other = bench.paging.process();
    var launch = bench.paging.rig.startLaunch(other, HeapEnclave.of(1, 300));
    long blocked = 0;
    while (blocked == 0 && !launch.isDone()) {
      bench.paging.advance(500);
      blocked = blockedPage(bench, secs);
    }
    assertThat(blocked).as("a page is seen while it is blocked").isNotZero();
    assertAbortPage(bench.look(blocked));
    return bench;
  }

  private static int ownerOfTheHeap(Bench bench) {
    for (int frame = 0; frame < FRAMES; frame++) {
      EpcInspection page = bench.paging.rig.machine.epc().inspect(frame);
      if (page.valid() && page.address() == bench.heap(0)) {
        return page.owner();
      }
    }
    throw new AssertionError("the heap is not in");
  }

  private static long blockedPage(Bench bench, int secs) {
    for (int frame = 0; frame < FRAMES; frame++) {
      EpcInspection page = bench.paging.rig.machine.epc().inspect(frame);
      boolean ofTheHeap = page.address() >= bench.heap(0) && page.address() < bench.heap(HEAP);
      if (page.valid() && page.blocked() && ofTheHeap && page.owner() == secs) {
        return page.address();
      }
    }
    return 0;
  }

  @Test
  void mainlineFaultsAgainWhileThePageIsBetweenBlockAndWriteAndV5WaitsForThePass() {
    try (Bench mainline = lookAtABlockedPage(Preset.MAINLINE);
        Bench v5 = lookAtABlockedPage(Preset.V5)) {
      assertThat(mainline.paging.share(1).refaults())
          .as("for a page that is there")
          .isGreaterThan(mainline.paging.rig.epc().refused());
      assertThat(v5.paging.share(1).refaults())
          .as("for want of frames only")
          .isEqualTo(v5.paging.rig.epc().refused());
      assertThat(v5.paging.share(1).hardFaults()).isEqualTo(1);
    }
  }
}
