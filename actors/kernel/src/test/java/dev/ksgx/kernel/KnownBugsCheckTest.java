package dev.ksgx.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.typed.ActorRef;
import dev.ksgx.hardware.cpu.MachineConfig;
import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.kernel.check.Conservation;
import dev.ksgx.kernel.check.ConservationWatch;
import dev.ksgx.kernel.check.Invariant;
import dev.ksgx.kernel.check.Violation;
import dev.ksgx.kernel.check.ViolationException;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.LePages;
import dev.ksgx.kernel.config.Paging;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.kernel.paging.HeapEnclave;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.Errno;
import dev.ksgx.protocol.abi.SgxIoctl;
import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.AddressSpaceMessage;
import dev.ksgx.protocol.message.CoreMessage;
import dev.ksgx.protocol.message.EnclaveMessage;
import dev.ksgx.protocol.message.Returned;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The bugs of driver.md 9 that break an invariant are caught in the real driver, and named. */
class KnownBugsCheckTest {
  private static final int FRAMES = ConservationWatch.SMALL;

  /** Looked at in part after each message, not in full. */
  private static final int MORE_FRAMES = 2 * FRAMES;

  private static KernelConfig config(Preset preset, int frames, String... bugs) {
    KernelConfig config = KernelConfig.preset(preset).withBugs(Bugs.of(List.of(bugs)));
    return config
        .withInterrupts(0, 0)
        .withCosts(config.costs().jitter(0))
        .withPaging(config.paging().withLePages(LePages.PINNED))
        .withMachine(MachineConfig.builder().processors(1).epcBytes(4096L * frames).build());
  }

  private static ConservationWatch.Known caught(Rig rig, String bug) {
    assertThat(rig.watch.known()).containsOnlyKeys(bug);
    return rig.watch.known().get(bug);
  }

  @ParameterizedTest
  @CsvSource({"true," + FRAMES, "false," + FRAMES, "true," + MORE_FRAMES, "false," + MORE_FRAMES})
  void b17DeadIsLost(boolean shipped, int frames) {
    String[] bugs = shipped ? new String[] {Bugs.INITIALIZED_UNLOCKED} : new String[0];
    KernelConfig config =
        config(Preset.V5, frames, bugs)
            .withMachine(MachineConfig.builder().processors(4).epcBytes(4096L * frames).build());
    try (Rig rig = Rig.checked(config)) {
      Rig.Process process = rig.process();
      rig.open(process);
      long base = Ioctls.added(rig, process, SampleEnclaves.tiny());
      rig.system().runToQuiescence().orThrow();
      rig.finish(
          rig.<AddressSpaceMessage.Found>ask(
              call ->
                  process
                      .space()
                      .tell(
                          new AddressSpaceMessage.FindEnclave(
                              process.task(), rig.newRequest(), base, call, rig.self()))));
      Rig.Pending<Returned> init =
          rig.startIoctl(
              process,
              process.task(),
              new SgxIoctl.Init(base, SampleEnclaves.tiny().sigStruct(), false));
      rig.runUntil(
          () ->
              rig.system().probe().resources().stream()
                  .anyMatch(r -> r.group().equals("encl-lock") && !r.holders().isEmpty()));
      Rig.Process unmapper = new Rig.Process(rig.thread(process), process.space());
      Rig.Pending<Returned> munmap = rig.startMunmap(unmapper, base, 4096);
      rig.finish(init);
      rig.finish(munmap);
      if (shipped) {
        Violation first = caught(rig, Bugs.INITIALIZED_UNLOCKED).first();
        assertThat(first.invariant()).isEqualTo(Invariant.DEAD_STAYS);
        assertThat(first.toString())
            .matches("enclave \\d+: was dead and is alive \\(DEAD stays\\)");
      } else {
        assertThat(rig.watch.known()).isEmpty();
      }
    }
  }

  /** An enclave of three pages, two of them added at the same instant by two threads. */
  private static long twoAddsAtOnce(Rig rig, Rig.Process process) {
    long base = Ioctls.created(rig, process);
    rig.ioctl(process, Ioctls.page(base));
    rig.block(process.task());
    TaskRef first = rig.thread(process);
    TaskRef second = rig.thread(process);
    rig.system().runToQuiescence().orThrow();
    Rig.Pending<Returned> one = rig.startIoctl(process, first, Ioctls.page(base + 4096));
    Rig.Pending<Returned> two = rig.startIoctl(process, second, Ioctls.page(base + 2 * 4096));
    rig.finish(one);
    rig.finish(two);
    return base;
  }

  @ParameterizedTest
  @CsvSource({"true," + FRAMES, "false," + FRAMES, "true," + MORE_FRAMES, "false," + MORE_FRAMES})
  void b24TwoPagesOwnOneSlot(boolean shipped, int frames) {
    String[] bugs = shipped ? new String[] {Bugs.VA_SLOT_RACE} : new String[0];
    KernelConfig config =
        config(Preset.V5, frames, bugs)
            .withMachine(MachineConfig.builder().processors(4).epcBytes(4096L * frames).build());
    try (Rig rig = Rig.checked(config)) {
      Rig.Process process = rig.process();
      long base = twoAddsAtOnce(rig, process);
      if (shipped) {
        Violation found = caught(rig, Bugs.VA_SLOT_RACE).first();
        assertThat(found.invariant()).isEqualTo(Invariant.SLOT_OWNER);
        assertThat(found.toString())
            .contains("page 0x%x of enclave".formatted(base + 2 * 4096))
            .contains("owns slot 2, as another does");
      } else {
        assertThat(rig.watch.known()).isEmpty();
      }
    }
  }

  /** Both EWBs are done: the second destroys the version that the first wrote. */
  @ParameterizedTest
  @CsvSource({"true," + FRAMES, "false," + FRAMES, "true," + MORE_FRAMES, "false," + MORE_FRAMES})
  void b24TheSecondEwbIntoTheSlotFindsItOccupiedAndTheEnclaveIsKilled(boolean shipped, int frames) {
    String[] bugs = shipped ? new String[] {Bugs.VA_SLOT_RACE} : new String[0];
    KernelConfig config =
        config(Preset.V5, frames, bugs)
            .withMachine(MachineConfig.builder().processors(4).epcBytes(4096L * frames).build());
    try (Rig rig = Rig.checked(config)) {
      Rig.Process process = rig.process();
      long base = twoAddsAtOnce(rig, process);
      rig.system().runToQuiescence().orThrow();
      EnclaveMessage.Evicted evicted = evictAll(rig, process, base);
      assertThat(evicted.freed()).isEqualTo(3);
      assertThat(rig.state(process, base).pages()).isZero();
      if (shipped) {
        assertThat(evicted.result().check()).contains("EWB: SGX_VA_SLOT_OCCUPIED (12)");
        assertThat(rig.state(process, base).phase()).isEqualTo(EnclaveMessage.Phase.DEAD);
        assertThat(caught(rig, Bugs.VA_SLOT_RACE).first().invariant())
            .isEqualTo(Invariant.SLOT_OWNER);
      } else {
        assertThat(evicted.result().isZero()).as(evicted.toString()).isTrue();
        assertThat(rig.state(process, base).phase()).isEqualTo(EnclaveMessage.Phase.CREATED);
        assertThat(rig.watch.known()).isEmpty();
      }
    }
  }

  /** One pass over the enclave, by a task of the test instead of the swapper. */
  private static EnclaveMessage.Evicted evictAll(Rig rig, Rig.Process process, long base) {
    TaskRef task = rig.thread(process);
    ActorRef<EnclaveMessage.Request> enclave =
        rig.finish(
                rig.<AddressSpaceMessage.Found>ask(
                    call ->
                        process
                            .space()
                            .tell(
                                new AddressSpaceMessage.FindEnclave(
                                    task, rig.newRequest(), base, call, rig.self()))))
            .enclave();
    rig.finish(
        rig.<EnclaveMessage.Isolated>ask(
            call ->
                enclave.tell(
                    new EnclaveMessage.Isolate(
                        task, rig.newRequest(), List.of(), Paging.BATCH, call, rig.self()))));
    return rig.finish(
        rig.<EnclaveMessage.Evicted>ask(
            call ->
                enclave.tell(
                    new EnclaveMessage.Evict(
                        task,
                        rig.newRequest(),
                        EnclaveMessage.Stage.BLOCK_AND_WRITE,
                        call,
                        rig.self()))));
  }

  @ParameterizedTest
  @ValueSource(ints = {FRAMES, MORE_FRAMES})
  void b26AValidFrameGoesToThePool(int frames) {
    try (Rig rig = Rig.checked(config(Preset.V5, frames, Bugs.FREE_WITHOUT_EREMOVE))) {
      Rig.Process process = rig.process();
      rig.open(process);
      rig.block(process.task());
      rig.system().runToQuiescence().orThrow();
      long base = Ioctls.created(rig, process);
      rig.doors.cores().get(0).tell(CoreMessage.FailNextLeaf.CONFLICT);
      rig.munmap(process, base, Ioctls.ELRANGE);
      rig.exit(process);
      Violation found = caught(rig, Bugs.FREE_WITHOUT_EREMOVE).first();
      assertThat(found.invariant()).isEqualTo(Invariant.POOL_NOT_VALID);
      assertThat(found.toString()).matches("frame \\d+: is in the pool and holds PT_VA .*");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {FRAMES, MORE_FRAMES})
  void aFrameWhoseEremoveFailsIsNobodysAtRestWhereB26IsFixed(int frames) {
    try (Rig rig = Rig.checked(config(Preset.V5, frames))) {
      Rig.Process process = rig.process();
      rig.open(process);
      rig.block(process.task());
      rig.system().runToQuiescence().orThrow();
      long base = Ioctls.created(rig, process);
      rig.doors.cores().get(0).tell(CoreMessage.FailNextLeaf.CONFLICT);
      rig.munmap(process, base, Ioctls.ELRANGE);
      rig.exit(process);
      rig.system().runToQuiescence().orThrow();
      assertThat(rig.watch.known()).isEmpty();
      assertThatThrownBy(() -> rig.watch.atEnd(rig.system().nowNanos(), true))
          .isInstanceOf(ViolationException.class)
          .hasMessageMatching("at [\\d,]+ ns frame \\d+: is nobody's and holds PT_VA .*");
    }
  }

  @Test
  void b43APageInTheTreeIsNowhere() {
    try (Rig rig = Rig.checked(config(Preset.V5, 13, Bugs.SILENT_ADD_FAILURE))) {
      Rig.Process process = rig.process();
      rig.open(process);
      rig.block(process.task());
      rig.system().runToQuiescence().orThrow();
      SignedEnclave enclave = SampleEnclaves.pages(8);
      long base = Ioctls.added(rig, process, enclave);
      rig.ioctl(process, new SgxIoctl.Init(base, enclave.sigStruct(), false));
      ConservationWatch.Known known = caught(rig, Bugs.SILENT_ADD_FAILURE);
      assertThat(known.count()).isEqualTo(8);
      assertThat(known.first().invariant()).isEqualTo(Invariant.PAGE_SOMEWHERE);
      assertThat(known.first().toString())
          .contains("page 0x%x of enclave".formatted(base))
          .contains("is neither in the EPC nor out with a copy and a slot");
    }
  }

  /** The SECS and the second level have a frame each, the first level finds none. */
  @Test
  void aCreateThatFindsNoFrameForItsVersionArrayLeavesNothingBehind() {
    KernelConfig config = config(Preset.MAINLINE, 2);
    try (Rig rig = Rig.checked(config.withPaging(config.paging().withVaEviction(true)))) {
      Rig.Process process = rig.process();
      long base = rig.mmap(process, Ioctls.ELRANGE).value();
      CallResult result = rig.ioctl(process, new SgxIoctl.Create(Ioctls.secs(base)));
      assertThat(result.errno()).isEqualTo(Errno.ENOMEM);
      rig.block(process.task());
      AtRest.checkEmpty(rig, "after the failure");
      rig.watch.atEnd(rig.system().nowNanos(), true);
    }
  }

  /**
   * The leaf that fails is the first after the first EBLOCK, then the second after it, and so on.
   */
  @ParameterizedTest
  @ValueSource(strings = {Bugs.FREE_WITHOUT_EREMOVE, Bugs.FREE_AFTER_FAILED_EWB})
  void aFailedEwbLosesAPageUnderB26AndB76(String bug) {
    Preset preset = bug.equals(Bugs.FREE_AFTER_FAILED_EWB) ? Preset.MAINLINE : Preset.V5;
    SignedEnclave enclave = HeapEnclave.of(1, 120);
    boolean lost = false;
    for (int wait = 0; !lost && wait < 200; wait += 4) {
      try (Rig rig = Rig.checked(config(preset, 96, bug))) {
        Rig.Process process = rig.process();
        rig.open(process);
        rig.startLaunch(process, enclave);
        rig.runUntil(() -> Blocked.any(rig));
        int[] steps = {wait};
        rig.runUntil(() -> steps[0]-- == 0);
        rig.doors.cores().get(0).tell(CoreMessage.FailNextLeaf.CONFLICT);
        int[] more = {4_000};
        rig.runUntil(() -> more[0]-- == 0);
        List<Violation> all = new Conservation(rig.inspection).full(false);
        if (all.stream().anyMatch(v -> v.invariant() == Invariant.CHILDREN)) {
          lost = true;
          assertThat(caught(rig, bug).count()).isGreaterThanOrEqualTo(3);
        }
      }
    }
    assertThat(lost).as("an EWB failed").isTrue();
  }
}
