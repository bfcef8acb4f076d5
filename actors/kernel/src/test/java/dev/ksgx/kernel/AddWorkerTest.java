package dev.ksgx.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.cpu.MachineConfig;
import dev.ksgx.hardware.epc.EpcInspection;
import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.hardware.structure.PageType;
import dev.ksgx.hardware.structure.SgxCode;
import dev.ksgx.kernel.config.AddMode;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.LePages;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.Errno;
import dev.ksgx.protocol.abi.SgxIoctl;
import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.EnclaveMessage;
import dev.ksgx.protocol.message.Returned;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Deferred adds (driver.md 3.1) and version-array slots (3.3). */
class AddWorkerTest {
  private static KernelConfig config() {
    KernelConfig config = KernelConfig.preset(Preset.V5).withBugs(Bugs.fixed());
    return config.withInterrupts(0, 0).withCosts(config.costs().jitter(0));
  }

  private static KernelConfig config(int frames, Bugs bugs) {
    return config()
        .withBugs(bugs)
        .withMachine(MachineConfig.builder().epcBytes(4096L * frames).build());
  }

  /** Frames for the launch enclave, which keeps them, and {@code more}. */
  private static KernelConfig besideLaunchEnclave(int more, Bugs bugs) {
    KernelConfig config = config(11 + more, bugs);
    return config.withPaging(config.paging().withLePages(LePages.PINNED));
  }

  /** Pages resident of the enclave that was created as number {@code nth}, 0 first. */
  private static int pagesOf(Rig rig, int nth) {
    int secs = -1;
    int seen = 0;
    for (int frame = 0; frame < 64; frame++) {
      if (rig.machine.epc().inspect(frame).type() == PageType.SECS && seen++ == nth) {
        secs = frame;
      }
    }
    int pages = 0;
    for (int frame = 0; frame < 64; frame++) {
      EpcInspection page = rig.machine.epc().inspect(frame);
      boolean isPage = page.type() == PageType.REG || page.type() == PageType.TCS;
      pages += isPage && page.owner() == secs ? 1 : 0;
    }
    return pages;
  }

  @Test
  void anItemDrainsItsEnclaveBeforeTheNextEnclaveIsServed() {
    try (Rig rig = new Rig(config())) {
      Rig.Process one = rig.process();
      Rig.Process two = rig.process();
      long baseOne = Ioctls.created(rig, one);
      long baseTwo = Ioctls.created(rig, two);
      Rig.Process ahead = rig.process();
      rig.ioctl(ahead, measuredPage(Ioctls.created(rig, ahead)));
      for (int page = 0; page < 5; page++) {
        rig.ioctl(one, Ioctls.page(baseOne + page * 4096L));
      }
      for (int page = 0; page < 5; page++) {
        rig.ioctl(two, Ioctls.page(baseTwo + page * 4096L));
      }
      assertThat(pagesOf(rig, 0)).as("the worker is busy with the one ahead").isZero();
      boolean[] early = new boolean[1];
      rig.runUntil(
          () -> {
            early[0] |= pagesOf(rig, 1) > 0 && pagesOf(rig, 0) < 5;
            return pagesOf(rig, 1) == 5;
          });
      assertThat(early[0]).as("a page of the second before the first was done").isFalse();
    }
  }

  @Test
  void anEnclaveHasAtMostOneItemThatWaits() {
    try (Rig rig = new Rig(config())) {
      Rig.Process one = rig.process();
      Rig.Process two = rig.process();
      long baseOne = Ioctls.created(rig, one);
      long baseTwo = Ioctls.created(rig, two);
      for (int page = 0; page < 16; page++) {
        rig.ioctl(one, Ioctls.page(baseOne + page * 4096L));
        rig.ioctl(two, Ioctls.page(baseTwo + page * 4096L));
      }
      rig.system().runToQuiescence().orThrow();
      assertThat(pagesOf(rig, 0) + pagesOf(rig, 1)).isEqualTo(32);
      assertThat(
              rig.system().probe().resources().stream()
                  .filter(resource -> resource.name().equals("add-worker"))
                  .findFirst()
                  .orElseThrow()
                  .statistics()
                  .maxQueue())
          .isLessThanOrEqualTo(2);
    }
  }

  private static SgxIoctl.AddPage measuredPage(long address) {
    SgxIoctl.AddPage page = Ioctls.page(address);
    return new SgxIoctl.AddPage(address, page.src(), page.secinfo(), 0xFFFF);
  }

  @Test
  void initWaitsForTheItemsAheadOfItsOwn() {
    try (Rig rig = new Rig(config())) {
      Rig.Process ahead = rig.process();
      Rig.Process behind = rig.process();
      rig.open(behind);
      rig.block(behind.task());
      rig.system().runToQuiescence().orThrow();
      long first = Ioctls.created(rig, ahead);
      for (int page = 0; page < 16; page++) {
        rig.ioctl(ahead, Ioctls.page(first + page * 4096L));
      }
      Rig.Pending<dev.ksgx.kernel.process.LaunchSequence.Outcome> launch =
          rig.startLaunch(behind, SampleEnclaves.tiny());
      rig.runUntil(
          () ->
              rig.system().probe().resources().stream()
                  .anyMatch(r -> r.name().equals("launch-enclave") && !r.holders().isEmpty()));
      assertThat(rig.state(ahead, first).pages()).isLessThan(16);
      assertThat(rig.finish(launch).result().isZero()).isTrue();
      assertThat(rig.state(ahead, first).pages()).isEqualTo(16);
    }
  }

  @Test
  void aFailedAddIsSilentAndTheRestOfTheTurnIsDroppedAsShipped() {
    Bugs silent = Bugs.of(List.of(Bugs.SILENT_ADD_FAILURE));
    try (Rig rig = new Rig(besideLaunchEnclave(2, silent))) {
      Rig.Process process = rig.process();
      rig.open(process);
      rig.system().runToQuiescence().orThrow();
      long base = Ioctls.added(rig, process, SampleEnclaves.pages(8));
      CallResult result =
          rig.ioctl(process, new SgxIoctl.Init(base, SampleEnclaves.pages(8).sigStruct(), false));
      assertThat(result.value()).isEqualTo(SgxCode.INVALID_MEASUREMENT);
      assertThat(rig.state(process, base).pages()).isZero();
      assertThat(rig.ioctl(process, Ioctls.page(base + 7 * 4096L)).errno())
          .as("the dropped page stays in the driver's tree")
          .isEqualTo(Errno.EEXIST);
      assertThat(rig.state(process, base).phase()).isEqualTo(EnclaveMessage.Phase.CREATED);
      AtRest.check(rig, "after the failed adds");
    }
  }

  @Test
  void aFailedAddKillsTheEnclaveWhereFixed() {
    try (Rig rig = new Rig(besideLaunchEnclave(2, Bugs.fixed()))) {
      Rig.Process process = rig.process();
      rig.open(process);
      rig.system().runToQuiescence().orThrow();
      long base = Ioctls.created(rig, process);
      for (int page = 0; page < 8; page++) {
        rig.ioctl(process, Ioctls.page(base + page * 4096L));
      }
      rig.system().runToQuiescence().orThrow();
      assertThat(rig.state(process, base).phase()).isEqualTo(EnclaveMessage.Phase.DEAD);
      assertThat(rig.ioctl(process, Ioctls.page(base + 8 * 4096)).check()).contains("is dead");
      rig.exit(process);
      AtRest.checkEmpty(rig, "after exit");
    }
  }

  @Test
  void synchronousAnEpcWithNothingToEvictGivesEnomem() {
    try (Rig rig = new Rig(config(4, Bugs.fixed()).withAdd(AddMode.SYNCHRONOUS))) {
      Ioctls.created(rig, rig.process());
      Rig.Process process = rig.process();
      long base = Ioctls.created(rig, process);
      CallResult first = rig.ioctl(process, Ioctls.page(base));
      assertThat(first.errno()).isEqualTo(Errno.ENOMEM);
      assertThat(first.check()).contains("nothing to evict");
      AtRest.check(rig, "after -ENOMEM");
    }
  }

  @Test
  void withB12TheWorkerLoopsUntilAFrameIsFreeAndHoldsUpEveryone() {
    Bugs loops = Bugs.of(List.of(Bugs.ALLOCATOR_LOOPS));
    try (Rig rig = new Rig(config(6, loops))) {
      Rig.Process idle = rig.process();
      Ioctls.created(rig, idle);
      Rig.Process greedy = rig.process();
      Rig.Process other = rig.process();
      long base = Ioctls.created(rig, greedy);
      long otherBase = Ioctls.created(rig, other);
      rig.ioctl(greedy, Ioctls.page(base));
      rig.ioctl(other, Ioctls.page(otherBase));
      rig.system().runUntil(rig.system().nowNanos() + 20_000_000);
      assertThat(rig.state(greedy, base).pages()).isZero();
      assertThat(rig.state(other, otherBase).pages()).isZero();
      rig.exit(other);
      rig.system().runUntil(rig.system().nowNanos() + 20_000_000);
      assertThat(rig.state(greedy, base).pages())
          .as("the exited enclave's frames are kept by its add behind the worker's loop")
          .isZero();
      rig.exit(idle);
      rig.system().runToQuiescence().orThrow();
      assertThat(rig.state(greedy, base).pages()).isEqualTo(1);
      rig.exit(greedy);
      AtRest.checkEmpty(rig, "after exit");
    }
  }

  @Test
  void withB12TheWorkerOutlivesTheProcessItWorksFor() {
    Bugs loops = Bugs.of(List.of(Bugs.ALLOCATOR_LOOPS));
    try (Rig rig = new Rig(config(4, loops))) {
      Ioctls.created(rig, rig.process());
      Rig.Process process = rig.process();
      long base = Ioctls.created(rig, process);
      for (int page = 0; page < 6; page++) {
        rig.ioctl(process, Ioctls.page(base + page * 4096L));
      }
      rig.system().runUntil(rig.system().nowNanos() + 5_000_000);
      rig.finish(rig.startKill(process));
      rig.system().runUntil(rig.system().nowNanos() + 50_000_000);
      assertThat(rig.epc().free())
          .as("the worker waits for a frame with a reference on the enclave, for ever")
          .isZero();
    }
  }

  @Test
  void twoThreadsThatAddAtOnceMayGetTheSameSlotAsShipped() {
    for (boolean shipped : new boolean[] {true, false}) {
      Bugs bugs = shipped ? Bugs.of(List.of(Bugs.VA_SLOT_RACE)) : Bugs.fixed();
      try (Rig rig = new Rig(config().withBugs(bugs))) {
        Rig.Process process = rig.process();
        long bytes = 1024 * 4096L;
        long base = rig.mmap(process, bytes).value();
        rig.ioctl(process, new SgxIoctl.Create(Ioctls.secs(base, bytes)));
        for (int page = 0; page < 510; page++) {
          rig.ioctl(process, unmeasured(base + page * 4096L));
        }
        assertThat(rig.epc().vaPages()).as("SECS and 510 pages").isEqualTo(1);
        rig.block(process.task());
        TaskRef first = rig.thread(process);
        TaskRef second = rig.thread(process);
        rig.system().runToQuiescence().orThrow();
        Rig.Pending<Returned> one = rig.startIoctl(process, first, unmeasured(base + 510 * 4096L));
        Rig.Pending<Returned> two = rig.startIoctl(process, second, unmeasured(base + 511 * 4096L));
        assertThat(rig.finish(one).result().isZero()).isTrue();
        assertThat(rig.finish(two).result().isZero()).isTrue();
        assertThat(rig.epc().vaPages()).isEqualTo(shipped ? 1 : 2);
      }
    }
  }

  private static SgxIoctl.AddPage unmeasured(long address) {
    SgxIoctl.AddPage page = Ioctls.page(address);
    return new SgxIoctl.AddPage(page.addr(), page.src(), page.secinfo(), 0);
  }
}
