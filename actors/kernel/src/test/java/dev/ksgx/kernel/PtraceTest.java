package dev.ksgx.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.cpu.MachineConfig;
import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.kernel.paging.HeapEnclave;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.Errno;
import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.AddressSpaceMessage;
import dev.ksgx.protocol.message.EpcMessage;
import dev.ksgx.protocol.message.Returned;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** ptrace peek and poke through the driver: driver.md 1.7, B-45. */
class PtraceTest {
  private static final SignedEnclave OPEN = Debuggable.of(SampleEnclaves.tiny());
  private static final long TCS = 0x1000;
  private static final long DATA = 0x3000;
  private static final long WORD = 0x0123456789abcdefL;

  private Rig rig = new Rig(KernelConfig.preset(Preset.V5));
  private Rig.Process target;
  private TaskRef debugger;

  @AfterEach
  void close() {
    rig.close();
  }

  private long launch(KernelConfig config, SignedEnclave enclave) {
    rig.close();
    rig = new Rig(config);
    target = rig.process();
    debugger = rig.process().task();
    rig.open(target);
    long base = rig.launch(target, enclave).address();
    rig.block(target.task());
    return base;
  }

  private AddressSpaceMessage.Peeked peek(long address) {
    return rig.finish(rig.startPeek(debugger, target, address));
  }

  private CallResult poke(long address, long value) {
    return rig.poke(debugger, target, address, value).result();
  }

  @ParameterizedTest
  @EnumSource(Preset.class)
  void aDebuggerReadsAndWritesEightBytes(Preset preset) {
    long base = launch(KernelConfig.preset(preset), OPEN);
    long before = OPEN.image().pages().get(3).content().u64(16);
    assertThat(peek(base + DATA + 16))
        .satisfies(
            read -> {
              assertThat(read.result()).isEqualTo(CallResult.OK);
              assertThat(read.value()).isEqualTo(before);
            });
    assertThat(poke(base + DATA + 16, WORD)).isEqualTo(CallResult.OK);
    assertThat(peek(base + DATA + 16).value()).isEqualTo(WORD);
    assertThat(peek(base + DATA + 8).value()).isNotEqualTo(WORD);
  }

  @ParameterizedTest
  @EnumSource(Preset.class)
  void anEnclaveWithoutDebugIsRefused(Preset preset) {
    long base = launch(KernelConfig.preset(preset), SampleEnclaves.tiny());
    assertThat(peek(base + DATA).result().errno()).isEqualTo(Errno.EFAULT);
    assertThat(poke(base + DATA, WORD).errno()).isEqualTo(Errno.EFAULT);
  }

  @Test
  void v5DemandsAnInitialisedEnclaveThatIsNotDead() {
    launch(KernelConfig.preset(Preset.V5), OPEN);
    long base = Ioctls.added(rig, target, OPEN);
    rig.system().runToQuiescence();
    assertThat(peek(base + DATA).result().check()).contains("not initialized");
    assertThat(peek(base + DATA).result().errno()).isEqualTo(Errno.EFAULT);
    long whole = rig.launch(target, OPEN).address();
    assertThat(peek(whole + DATA).result()).isEqualTo(CallResult.OK);
    rig.munmap(target, whole + 0x2000, 0x1000);
    assertThat(peek(whole + DATA).result().errno()).isEqualTo(Errno.EFAULT);
    assertThat(peek(whole + DATA).result().check()).contains("dead");
  }

  @Test
  void mainlineLooksAtDebugAlone() {
    launch(KernelConfig.preset(Preset.MAINLINE), OPEN);
    long base = Ioctls.added(rig, target, OPEN);
    assertThat(peek(base + DATA).result()).isEqualTo(CallResult.OK);
  }

  @Test
  void ofATcsSeventyTwoBytesAreReadAndTheFlagsWritten() {
    long base = launch(KernelConfig.preset(Preset.V5), OPEN);
    assertThat(peek(base + TCS + 64).result()).isEqualTo(CallResult.OK);
    assertThat(peek(base + TCS + 72).result().errno()).isEqualTo(Errno.ECANCELED);
    assertThat(poke(base + TCS + 8, 1)).isEqualTo(CallResult.OK);
    assertThat(peek(base + TCS + 8).value()).isEqualTo(1);
    assertThat(poke(base + TCS, 1).errno()).isEqualTo(Errno.ECANCELED);
    assertThat(poke(base + TCS + 16, 1).errno()).isEqualTo(Errno.ECANCELED);
  }

  @Test
  void mainlineLeavesTheTcsToTheLeavesAndTheirFaultsAreEio() {
    long base = launch(KernelConfig.preset(Preset.MAINLINE), OPEN);
    assertThat(peek(base + TCS + 72).result().errno()).isEqualTo(Errno.EIO);
    assertThat(poke(base + TCS + 16, 1).errno()).isEqualTo(Errno.EIO);
    assertThat(poke(base + TCS + 8, 1)).isEqualTo(CallResult.OK);
  }

  @Test
  void whatIsNoPageOfAnEnclaveIsRefused() {
    launch(KernelConfig.preset(Preset.V5), Debuggable.of(SampleEnclaves.pages(5)));
    long base = rig.launch(target, Debuggable.of(SampleEnclaves.pages(5))).address();
    assertThat(peek(0x1000).result().errno()).isEqualTo(Errno.EIO);
    long empty = rig.mmap(target, Ioctls.ELRANGE).value();
    assertThat(peek(empty).result().errno()).isEqualTo(Errno.EFAULT);
    assertThat(peek(base + 0x7000).result().errno()).isEqualTo(Errno.EFAULT);
    assertThat(peek(base + 0x7000).result().check()).contains("no page there");
    rig.exit(target);
    assertThat(peek(base + DATA).result().errno()).isEqualTo(Errno.EIO);
  }

  @Test
  void twoDebuggersAtOnePageBothGetThere() {
    for (Bugs bugs : List.of(Bugs.fixed(), Bugs.of(List.of(Bugs.DEBUGGER_SPINS)))) {
      long base = launch(KernelConfig.preset(Preset.V5).withBugs(bugs), OPEN);
      TaskRef other = rig.process().task();
      Rig.Pending<AddressSpaceMessage.Peeked> one = rig.startPeek(debugger, target, base + DATA);
      Rig.Pending<AddressSpaceMessage.Peeked> two = rig.startPeek(other, target, base + DATA);
      assertThat(rig.finish(one).result()).isEqualTo(CallResult.OK);
      assertThat(rig.finish(two).result()).isEqualTo(CallResult.OK);
      assertThat(two.value().value()).isEqualTo(one.value().value());
      rig.block(debugger);
      rig.block(other);
      AtRest.check(rig, "nothing is set aside any more");
    }
  }

  /** A target whose first heap page is out, on a machine in which no frame is free. */
  private long starved(Preset preset, Bugs bugs, List<Integer> taken) {
    SignedEnclave heap = Debuggable.of(HeapEnclave.of(1, 8));
    KernelConfig config =
        KernelConfig.preset(preset)
            .withBugs(bugs)
            .withMachine(MachineConfig.builder().processors(2).epcBytes(4096L * 96).build());
    long base = launch(config, heap);
    take(taken, 96);
    assertThat(rig.machine.epc().frames() - taken.size())
        .as("what is left cannot be evicted")
        .isLessThan(25);
    return base + HeapEnclave.heap(1, 0);
  }

  /** As {@link #starved}, with a page that could be evicted if the swapper were not frozen. */
  private long starvedBesideOnePage(Preset preset, Bugs bugs, List<Integer> taken) {
    long page = starved(preset, bugs, taken);
    rig.freezeSwapper();
    for (int i = 0; i < 8; i++) {
      give(taken.remove(taken.size() - 1));
    }
    assertThat(peek(page + 0x1000).result()).isEqualTo(CallResult.OK);
    take(taken, 96);
    return page;
  }

  /** Takes frames until none has come for a while. */
  private void take(List<Integer> taken, int most) {
    for (int empty = 0; empty < 50 && taken.size() < most; ) {
      EpcMessage.Allocated got =
          rig.finish(
              rig.<EpcMessage.Allocated>ask(
                  call ->
                      rig.doors
                          .epc()
                          .tell(
                              new EpcMessage.Allocate(
                                  debugger,
                                  rig.newRequest(),
                                  EpcMessage.Use.PAGE,
                                  true,
                                  call,
                                  rig.self()))));
      if (got.result().isZero()) {
        taken.add(got.frame());
        empty = 0;
      } else {
        empty++;
        rig.system().runUntil(rig.system().nowNanos() + 1_000_000);
      }
    }
  }

  private void give(int frame) {
    rig.doors.epc().tell(new EpcMessage.Free(List.of(frame), EpcMessage.Use.PAGE));
  }

  @ParameterizedTest
  @EnumSource(Preset.class)
  void aPageThatIsOutIsBroughtFirst(Preset preset) {
    List<Integer> taken = new ArrayList<>();
    long page = starved(preset, Bugs.fixed(), taken);
    int before = rig.state(target, page).pages();
    for (int i = 0; i < 8; i++) {
      give(taken.remove(taken.size() - 1));
    }
    assertThat(peek(page).result()).isEqualTo(CallResult.OK);
    assertThat(poke(page, WORD)).isEqualTo(CallResult.OK);
    assertThat(rig.state(target, page).pages()).isEqualTo(before + 1);
    take(taken, 96);
    assertThat(rig.state(target, page).pages()).as("it may go again").isEqualTo(before);
    for (int i = 0; i < 8; i++) {
      give(taken.remove(taken.size() - 1));
    }
    assertThat(peek(page).value()).isEqualTo(WORD);
  }

  @ParameterizedTest
  @EnumSource(Preset.class)
  void withB45ADebuggerWithoutAFrameSpinsUnderTheMmapLock(Preset preset) {
    List<Integer> taken = new ArrayList<>();
    long page = starvedBesideOnePage(preset, Bugs.of(List.of(Bugs.DEBUGGER_SPINS)), taken);
    Rig.Pending<AddressSpaceMessage.Peeked> peek = rig.startPeek(debugger, target, page);
    rig.system().runUntil(rig.system().nowNanos() + 100_000);
    Rig.Pending<Returned> munmap = rig.startMunmap(target, page & -0x10000L, 4096);
    rig.system().runUntil(rig.system().nowNanos() + 10_000_000);
    assertThat(peek.isDone()).isFalse();
    assertThat(munmap.isDone()).as("the writer waits").isFalse();
    assertThat(rig.system().probe().waitReport()).contains("mmap-lock");
    for (int i = 0; i < 8; i++) {
      give(taken.remove(taken.size() - 1));
    }
    assertThat(rig.finish(peek).result()).isEqualTo(CallResult.OK);
    rig.finish(munmap);
  }

  @ParameterizedTest
  @EnumSource(Preset.class)
  void fixedADebuggerWithoutAFrameGivesTheLockBackAndYields(Preset preset) {
    List<Integer> taken = new ArrayList<>();
    long page = starvedBesideOnePage(preset, Bugs.fixed(), taken);
    Rig.Pending<AddressSpaceMessage.Peeked> peek = rig.startPeek(debugger, target, page);
    rig.system().runUntil(rig.system().nowNanos() + 100_000);
    assertThat(peek.isDone()).isFalse();
    CallResult munmap = rig.munmap(target, page & -0x10000L, 0x10000);
    assertThat(munmap).isEqualTo(CallResult.OK);
    assertThat(rig.finish(peek).result().errno()).isEqualTo(Errno.EIO);
  }

  /** Its allocator says -ENOMEM where nothing can be evicted: there is nothing to wait for. */
  @Test
  void mainlinesDebuggerGivesUpIfNothingCanBeEvicted() {
    for (Bugs bugs : List.of(Bugs.fixed(), Bugs.of(List.of(Bugs.DEBUGGER_SPINS)))) {
      long page = starved(Preset.MAINLINE, bugs, new ArrayList<>());
      assertThat(peek(page).result().errno()).isEqualTo(Errno.EFAULT);
      assertThat(peek(page).result().check()).contains("nothing to evict");
    }
  }

  @Test
  void fixedASignalEndsTheWaitOfADebugger() {
    long page = starved(Preset.V5, Bugs.fixed(), new ArrayList<>());
    Rig.Pending<AddressSpaceMessage.Peeked> peek = rig.startPeek(debugger, target, page);
    rig.system().runUntil(rig.system().nowNanos() + 100_000);
    rig.inside(() -> rig.signal(debugger));
    assertThat(rig.finish(peek).result().errno()).isEqualTo(Errno.EINTR);
  }
}
