package dev.ksgx.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.cpu.MachineConfig;
import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.kernel.cost.Cost;
import dev.ksgx.protocol.abi.Errno;
import dev.ksgx.protocol.message.AddressSpaceMessage;
import dev.ksgx.protocol.message.CoreMessage;
import dev.ksgx.protocol.message.EnclaveMessage;
import dev.ksgx.protocol.message.Returned;
import dev.ksgx.runtime.probe.Resource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What ends an enclave (driver.md 1.7) and what is left of it (3.4). */
class EnclaveLifeTest {
  private static final SignedEnclave TINY = SampleEnclaves.tiny();

  private static KernelConfig config() {
    return KernelConfig.preset(Preset.V5).withBugs(Bugs.fixed());
  }

  @ParameterizedTest
  @CsvSource({"0, 4096", "4096, 4096", "12288, 4096", "-4096, 8192", "0, 16384"})
  void munmapOfAnyPartKillsTheWholeEnclaveAndThePiecesThatStayPinItsFrames(long from, long bytes) {
    try (Rig rig = new Rig(config())) {
      Rig.Process process = rig.process();
      long base = Ioctls.added(rig, process, TINY);
      long size = TINY.image().sizeBytes();
      rig.system().runToQuiescence().orThrow();
      assertThat(rig.munmap(process, base + from, bytes).isZero()).isTrue();
      boolean whole = from <= 0 && from + bytes >= size;
      for (long at = base; at < base + size; at += 4096) {
        boolean mapped = at < base + from || at >= base + from + bytes;
        assertThat(rig.state(process, at).phase())
            .isEqualTo(mapped ? EnclaveMessage.Phase.DEAD : EnclaveMessage.Phase.RELEASED);
        assertThat(rig.ioctl(process, Ioctls.page(at)).errno()).isEqualTo(Errno.EINVAL);
      }
      assertThat(rig.epc().free() == rig.epc().frames()).isEqualTo(whole);
      assertThat(rig.munmap(process, base, size).isZero()).isTrue();
      AtRest.checkEmpty(rig, "after the rest was unmapped");
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 4096", "4096, 0", "0, -4096", "0, 9223372036854775807"})
  void munmapOfARangeThatIsNoneIsRefused(long from, long bytes) {
    try (Rig rig = new Rig(config())) {
      Rig.Process process = rig.process();
      long base = Ioctls.added(rig, process, TINY);
      assertThat(rig.munmap(process, base + from, bytes).errno()).isEqualTo(Errno.EINVAL);
      assertThat(rig.state(process, base).phase()).isEqualTo(EnclaveMessage.Phase.CREATED);
    }
  }

  @Test
  void munmapBesideAnEnclaveLeavesItAlone() {
    try (Rig rig = new Rig(config())) {
      Rig.Process process = rig.process();
      long base = Ioctls.added(rig, process, TINY);
      long end = base + TINY.image().sizeBytes();
      assertThat(rig.munmap(process, base - 8192, 8192).isZero()).isTrue();
      assertThat(rig.munmap(process, end, 8192).isZero()).isTrue();
      assertThat(rig.state(process, base).phase()).isEqualTo(EnclaveMessage.Phase.CREATED);
    }
  }

  @Test
  void theUnmappingTaskPaysForEveryEremoveOnItsCore() {
    KernelConfig quiet = config().withInterrupts(0, 0);
    try (Rig rig = new Rig(quiet.withCosts(quiet.costs().jitter(0)))) {
      Rig.Process process = rig.process();
      long base = Ioctls.added(rig, process, TINY);
      rig.system().runToQuiescence().orThrow();
      long busyBefore = busyNanos(rig, "core-0");
      long before = rig.system().nowNanos();
      rig.munmap(process, base, TINY.image().sizeBytes());
      long frames = TINY.image().pages().size() + 2;
      long cycles =
          Cost.CONTEXT_SWITCH.cycles()
              + Cost.SYSCALL.cycles()
              + Cost.VMA.cycles()
              + frames * (Cost.EREMOVE.cycles() + Cost.RELEASE_PAGE.cycles());
      assertThat(rig.system().nowNanos() - before)
          .isBetween((long) (cycles / 3.8) - frames, (long) (cycles / 3.8) + frames);
      assertThat(busyNanos(rig, "core-0") - busyBefore).isEqualTo(rig.system().nowNanos() - before);
    }
  }

  private static long busyNanos(Rig rig, String core) {
    for (Resource resource : rig.system().probe().resources()) {
      if (resource.name().equals(core)) {
        return resource.statistics().busyNanos();
      }
    }
    throw new AssertionError(core);
  }

  @Test
  void exitReleasesEveryEnclaveAndClosesTheFiles() {
    try (Rig rig = new Rig(config())) {
      Rig.Process process = rig.process();
      rig.open(process);
      rig.launch(process, TINY);
      rig.launch(process, SampleEnclaves.pages(20));
      Ioctls.added(rig, process, TINY);
      rig.exit(process);
      AtRest.checkEmpty(rig, "after exit");
    }
  }

  @Test
  void aCallOfAProcessThatIsGoneIsRefused() {
    try (Rig rig = new Rig(config())) {
      Rig.Process process = rig.process();
      rig.open(process);
      rig.exit(process);
      rig.system().runToQuiescence().orThrow();
      assertThat(rig.open(process).errno()).isEqualTo(Errno.EINTR);
      assertThat(rig.ioctl(process, Ioctls.page(0x1000)).errno()).isEqualTo(Errno.EINTR);
      assertThat(rig.close(process, 3).errno()).isEqualTo(Errno.EINTR);
    }
  }

  @Test
  void closingADescriptorTwiceFailsWithEbadf() {
    try (Rig rig = new Rig(config())) {
      Rig.Process process = rig.process();
      long descriptor = rig.open(process).value();
      assertThat(rig.close(process, descriptor).isZero()).isTrue();
      assertThat(rig.close(process, descriptor).errno()).isEqualTo(Errno.EBADF);
      assertThat(rig.close(process, 77).errno()).isEqualTo(Errno.EBADF);
    }
  }

  @Test
  void anEnclaveOutlivesTheDescriptorItWasMadeThrough() {
    try (Rig rig = new Rig(config())) {
      Rig.Process process = rig.process();
      long descriptor = rig.open(process).value();
      long base = rig.launch(process, TINY).address();
      rig.close(process, descriptor);
      rig.system().runToQuiescence().orThrow();
      assertThat(rig.state(process, base).phase()).isEqualTo(EnclaveMessage.Phase.INITIALIZED);
    }
  }

  @Test
  void aFrameWhoseEremoveFailsGoesBackToThePoolAsShippedAndIsLostWhereFixed() {
    for (boolean shipped : new boolean[] {true, false}) {
      Bugs bugs = shipped ? Bugs.of(List.of(Bugs.FREE_WITHOUT_EREMOVE)) : Bugs.fixed();
      KernelConfig oneCore =
          config().withBugs(bugs).withMachine(MachineConfig.builder().processors(1).build());
      try (Rig rig = new Rig(oneCore)) {
        Rig.Process process = rig.process();
        rig.open(process);
        rig.block(process.task());
        rig.system().runToQuiescence().orThrow();
        long base = Ioctls.created(rig, process);
        rig.doors.cores().get(0).tell(CoreMessage.FailNextLeaf.CONFLICT);
        rig.munmap(process, base, Ioctls.ELRANGE);
        rig.exit(process);
        rig.system().runToQuiescence().orThrow();
        int missing = rig.epc().frames() - rig.epc().free();
        long valid = 0;
        for (int frame = 0; frame < rig.epc().peakUsed(); frame++) {
          valid += rig.machine.epc().inspect(frame).valid() ? 1 : 0;
        }
        assertThat(valid).as("frames still valid").isEqualTo(1);
        assertThat(missing).as("frames not in the pool").isEqualTo(shipped ? 0 : 1);
      }
    }
  }

  @Test
  void aDeadMarkIsLostToALateInitialisedMarkAsShipped() {
    for (boolean shipped : new boolean[] {true, false}) {
      Bugs bugs = shipped ? Bugs.of(List.of(Bugs.INITIALIZED_UNLOCKED)) : Bugs.fixed();
      try (Rig rig = new Rig(config().withBugs(bugs))) {
        Rig.Process process = rig.process();
        rig.open(process);
        long base = Ioctls.added(rig, process, TINY);
        rig.system().runToQuiescence().orThrow();
        AddressSpaceMessage.Found held =
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
                new dev.ksgx.protocol.abi.SgxIoctl.Init(base, TINY.sigStruct(), false));
        rig.runUntil(() -> isHeld(rig, "encl-lock"));
        Rig.Process unmapper = new Rig.Process(rig.thread(process), process.space());
        Rig.Pending<Returned> munmap = rig.startMunmap(unmapper, base, 4096);
        assertThat(rig.finish(init).result().isZero()).isTrue();
        rig.finish(munmap);
        EnclaveMessage.State state =
            rig.finish(
                rig.<EnclaveMessage.State>ask(
                    call ->
                        held.enclave().tell(new EnclaveMessage.AskState(null, call, rig.self()))));
        assertThat(state.phase())
            .isEqualTo(shipped ? EnclaveMessage.Phase.INITIALIZED : EnclaveMessage.Phase.DEAD);
      }
    }
  }

  private static boolean isHeld(Rig rig, String group) {
    return rig.system().probe().resources().stream()
        .anyMatch(r -> r.group().equals(group) && !r.holders().isEmpty());
  }
}
