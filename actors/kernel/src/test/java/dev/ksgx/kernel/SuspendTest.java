package dev.ksgx.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.hardware.leaf.Translation;
import dev.ksgx.hardware.structure.SigStruct;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.kernel.process.LaunchSequence;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.Errno;
import dev.ksgx.protocol.abi.SgxIoctl;
import dev.ksgx.protocol.message.AddressSpaceMessage;
import dev.ksgx.protocol.message.EnclaveMessage;
import dev.ksgx.protocol.message.KernelMessage;
import dev.ksgx.protocol.message.Returned;
import dev.ksgx.runtime.probe.IntervalKind;
import dev.ksgx.runtime.probe.ProbeListener;
import dev.ksgx.runtime.probe.Resource;
import dev.ksgx.runtime.virtual.Outcome;
import dev.ksgx.runtime.virtual.RunResult;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Suspend and resume as the driver of November 2017 has it: driver.md 1.7, B-15, B-42. */
class SuspendTest {
  private static final SignedEnclave TINY = SampleEnclaves.tiny();
  private static final long TCS = 0x1000;
  private static final long DATA = 0x3000;

  private static KernelConfig config() {
    return KernelConfig.preset(Preset.V5);
  }

  private static KernelConfig config(String... bugs) {
    return config().withBugs(Bugs.of(List.of(bugs)));
  }

  private static Rig.Process launched(Rig rig) {
    Rig.Process process = rig.process();
    rig.open(process);
    assertThat(rig.launch(process, TINY).result()).isEqualTo(CallResult.OK);
    return process;
  }

  private static long base(Rig rig, Rig.Process process) {
    return rig.launch(process, TINY).address();
  }

  private static int valid(Rig rig) {
    int valid = 0;
    for (int frame = 0; frame < rig.machine.epc().frames(); frame++) {
      valid += rig.machine.epc().inspect(frame).valid() ? 1 : 0;
    }
    return valid;
  }

  @Test
  void theDriverGivesUpEveryEnclaveAndThePowerGoes() {
    try (Rig rig = new Rig(config())) {
      Rig.Process one = launched(rig);
      Rig.Process two = launched(rig);
      long base = base(rig, two);
      assertThat(valid(rig)).isGreaterThan(10);
      KernelMessage.PowerChanged asleep = rig.suspend();
      assertThat(asleep.result()).isEqualTo(CallResult.OK);
      assertThat(asleep.enclaves()).isEqualTo(3);
      assertThat(valid(rig)).isZero();
      assertThat(rig.resume()).isEqualTo(CallResult.OK);
      assertThat(rig.state(two, base).phase()).isEqualTo(EnclaveMessage.Phase.DEAD);
      rig.exit(one);
      rig.exit(two);
      AtRest.checkEmpty(rig, "after the exits");
    }
  }

  /** The TCS pages alone: without one nobody enters. */
  @Test
  void entriesOfTcsPagesAreCleared() {
    try (Rig rig = new Rig(config())) {
      Rig.Process process = launched(rig);
      long base = base(rig, process);
      Translation table = rig.state(process, base).translation();
      assertThat(table.translate(base + TCS)).isNotEqualTo(Translation.NOT_PRESENT);
      rig.suspend();
      assertThat(table.translate(base + TCS)).isEqualTo(Translation.NOT_PRESENT);
      assertThat(table.translate(base + DATA)).isNotEqualTo(Translation.NOT_PRESENT);
    }
  }

  @Test
  void laterIoctlsReturnPowerLostAfterTheLookUp() {
    try (Rig rig = new Rig(config())) {
      Rig.Process process = launched(rig);
      long base = base(rig, process);
      long empty = rig.mmap(process, Ioctls.ELRANGE).value();
      rig.suspend();
      rig.resume();
      SigStruct good = TINY.sigStruct();
      CallResult lost = rig.ioctl(process, new SgxIoctl.Init(base, good, false));
      assertThat(lost.value()).isEqualTo(0x40000000);
      assertThat(lost.name()).isEqualTo("SGX_POWER_LOST_ENCLAVE");
      assertThat(rig.ioctl(process, Ioctls.page(base + 0x1000)).value()).isEqualTo(0x40000000);
      SgxIoctl noSecInfo = new SgxIoctl.AddPage(base, null, null, 0);
      assertThat(rig.ioctl(process, noSecInfo).value())
          .as("before the SECINFO is copied")
          .isEqualTo(0x40000000);
      assertThat(rig.ioctl(process, new SgxIoctl.Init(base, null, false)).errno())
          .as("after the SIGSTRUCT is copied")
          .isEqualTo(Errno.EFAULT);
      assertThat(rig.ioctl(process, Ioctls.page(base + 8)).errno()).isEqualTo(Errno.EINVAL);
      assertThat(rig.ioctl(process, Ioctls.page(0x1000)).errno()).isEqualTo(Errno.EINVAL);
      assertThat(rig.ioctl(process, Ioctls.page(empty)).errno()).isEqualTo(Errno.ENOENT);
      rig.exit(process);
      AtRest.checkEmpty(rig, "no call holds a reference");
    }
  }

  /** B-15. */
  @Test
  void framesOfADeadEnclaveReturnWithItsLastReference() {
    try (Rig rig = new Rig(config())) {
      Rig.Process process = launched(rig);
      long base = base(rig, process);
      int before = rig.epc().free();
      rig.suspend();
      rig.resume();
      assertThat(rig.epc().free())
          .as("the launch enclave has exited, the others keep their frames")
          .isEqualTo(before + 11);
      rig.munmap(process, base, TINY.image().sizeBytes());
      assertThat(rig.epc().free()).isEqualTo(before + 11 + 6);
      rig.exit(process);
      AtRest.checkEmpty(rig, "after the exit");
      Rig.Process next = launched(rig);
      rig.exit(next);
    }
  }

  @Test
  void deferredAddsAreWaitedForAndDropped() {
    try (Rig rig = new Rig(config())) {
      Rig.Process one = launched(rig);
      Rig.Process two = launched(rig);
      long first = Ioctls.created(rig, one);
      long second = Ioctls.created(rig, two);
      for (int page = 0; page < 16; page++) {
        assertThat(rig.ioctl(one, Ioctls.page(first + page * 4096L)).isZero()).isTrue();
        assertThat(rig.ioctl(two, Ioctls.page(second + page * 4096L)).isZero()).isTrue();
      }
      assertThat(rig.suspend().result()).isEqualTo(CallResult.OK);
      rig.resume();
      assertThat(rig.state(one, first).pages() + rig.state(two, second).pages())
          .as("adds were still queued")
          .isLessThan(32);
      rig.exit(one);
      rig.exit(two);
      AtRest.checkEmpty(rig, "after the exits");
    }
  }

  /** The queue is frozen, its second item never runs, and the callback waits for it. */
  @Test
  void withB42SuspendHangsIfTwoEnclavesHaveAddsQueued() {
    try (Rig rig = new Rig(config(Bugs.SUSPEND_WAITS_FOR_FROZEN_QUEUE))) {
      Rig.Process one = launched(rig);
      Rig.Process two = launched(rig);
      long first = Ioctls.created(rig, one);
      long second = Ioctls.created(rig, two);
      for (int page = 0; page < 16; page++) {
        rig.ioctl(one, Ioctls.page(first + page * 4096L));
        rig.ioctl(two, Ioctls.page(second + page * 4096L));
      }
      Rig.Pending<KernelMessage.PowerChanged> hangs = rig.startSuspend();
      RunResult end = rig.system().runToQuiescence();
      assertThat(hangs.isDone()).isFalse();
      assertThat(end.outcome()).isEqualTo(Outcome.DEADLOCK);
      assertThat(end.report()).contains("add-worker");
      assertThat(rig.resume().errno()).isEqualTo(Errno.EINVAL);
    }
  }

  @Test
  void withB42SuspendReturnsIfNothingIsQueuedBehindTheRunningItem() {
    try (Rig rig = new Rig(config(Bugs.SUSPEND_WAITS_FOR_FROZEN_QUEUE))) {
      Rig.Process process = launched(rig);
      long base = Ioctls.created(rig, process);
      for (int page = 0; page < 16; page++) {
        rig.ioctl(process, Ioctls.page(base + page * 4096L));
      }
      assertThat(rig.suspend().result()).isEqualTo(CallResult.OK);
    }
  }

  @Test
  void aCallUnderWayEndsFirstAndTheNextOneBeginsAfterTheSleep() {
    try (Rig rig = new Rig(config())) {
      Rig.Process process = launched(rig);
      Rig.Pending<LaunchSequence.Outcome> launch =
          rig.startLaunch(process, SampleEnclaves.pages(40));
      rig.system().runUntil(rig.system().nowNanos() + 100_000);
      assertThat(rig.suspend().result()).isEqualTo(CallResult.OK);
      rig.system().runUntil(rig.system().nowNanos() + 3_600_000_000_000L);
      assertThat(launch.isDone()).isFalse();
      rig.resume();
      LaunchSequence.Outcome outcome = rig.finish(launch);
      assertThat(outcome.phase()).isEqualTo(LaunchSequence.Phase.ADD);
      assertThat(outcome.result().value()).isEqualTo(CallResult.POWER_LOST_ENCLAVE);
    }
  }

  @Test
  void anInitThatWaitsForItsTokenGetsIt() {
    try (Rig rig = new Rig(config())) {
      Rig.Process process = launched(rig);
      long base = Ioctls.added(rig, process, TINY);
      rig.system().runToQuiescence();
      long requests = rig.launchControl().requests();
      Rig.Pending<Returned> init =
          rig.startIoctl(process, process.task(), new SgxIoctl.Init(base, TINY.sigStruct(), false));
      rig.system().runUntil(rig.system().nowNanos() + 20_000);
      assertThat(init.isDone()).isFalse();
      assertThat(rig.suspend().result()).isEqualTo(CallResult.OK);
      assertThat(init.isDone()).isTrue();
      assertThat(init.value().result()).isEqualTo(CallResult.OK);
      assertThat(rig.launchControl().requests()).isEqualTo(requests + 1);
    }
  }

  @Test
  void callsOfTheSleepAreHeldAndTheirTimeHasAName() {
    try (Rig rig = new Rig(config())) {
      Rig.Process process = launched(rig);
      List<Long> asleep = new ArrayList<>();
      rig.system()
          .probe()
          .addListener(
              new ProbeListener() {
                @Override
                public void interval(
                    long request,
                    IntervalKind kind,
                    Resource resource,
                    long holder,
                    long from,
                    long to) {
                  if (resource.name().equals("asleep-device")) {
                    asleep.add(to - from);
                  }
                }
              });
      rig.suspend();
      Rig.Pending<Returned> open = rig.startOpen(process);
      rig.system().runUntil(rig.system().nowNanos() + 5_000).orThrow();
      assertThat(open.isDone()).isFalse();
      rig.resume();
      assertThat(rig.finish(open).result().isErrno()).isFalse();
      assertThat(asleep).containsExactly(5_000L);
    }
  }

  @Test
  void exitAndKillWaitForTheWakingUp() {
    try (Rig rig = new Rig(config())) {
      Rig.Process one = launched(rig);
      Rig.Process two = launched(rig);
      rig.suspend();
      Rig.Pending<Returned> exit = rig.startExit(one);
      Rig.Pending<Returned> kill = rig.startKill(two);
      rig.system().runToQuiescence();
      assertThat(exit.isDone() || kill.isDone()).isFalse();
      rig.resume();
      rig.finish(exit);
      rig.finish(kill);
      AtRest.checkEmpty(rig, "after the exits");
    }
  }

  @Test
  void theLaunchEnclaveIsRestartedByTheNextOpen() {
    try (Rig rig = new Rig(config())) {
      Rig.Process old = launched(rig);
      rig.suspend();
      rig.resume();
      assertThat(rig.launchControl().coldStarts()).isEqualTo(1);
      Rig.Process next = launched(rig);
      assertThat(rig.launchControl().coldStarts()).isEqualTo(2);
      rig.exit(old);
      rig.exit(next);
      AtRest.checkEmpty(rig, "after the exits");
    }
  }

  @Test
  void theLaunchEnclaveIsRestartedByTheNextTokenRequest() {
    try (Rig rig = new Rig(config())) {
      Rig.Process process = launched(rig);
      rig.suspend();
      rig.resume();
      assertThat(rig.launch(process, TINY).result()).isEqualTo(CallResult.OK);
      assertThat(rig.launchControl().coldStarts()).isEqualTo(2);
    }
  }

  /** Nothing restarts a process whose id is known: the last close has to come first (B-30). */
  @Test
  void asShippedTheLaunchEnclaveIsFoundDeadAndNothingRestartsItBeforeTheLastClose() {
    try (Rig rig = new Rig(config(Bugs.NO_LE_RESTART))) {
      Rig.Process process = launched(rig);
      assertThat(rig.suspend().enclaves()).isEqualTo(2);
      rig.resume();
      LaunchSequence.Outcome first = rig.launch(process, TINY);
      assertThat(first.phase()).isEqualTo(LaunchSequence.Phase.INIT);
      assertThat(first.result().errno()).isEqualTo(Errno.ENOMEM);
      Rig.Process second = rig.process();
      rig.open(second);
      assertThat(rig.launch(second, TINY).result().errno()).isEqualTo(Errno.EPIPE);
      rig.exit(process);
      rig.exit(second);
      launched(rig);
      assertThat(rig.launchControl().coldStarts()).isEqualTo(2);
    }
  }

  @Test
  void suspendOfASleepingMachineIsBusyAndResumeOfAnAwakeOneInvalid() {
    try (Rig rig = new Rig(config())) {
      assertThat(rig.resume().errno()).isEqualTo(Errno.EINVAL);
      rig.suspend();
      assertThat(rig.suspend().result().errno()).isEqualTo(Errno.EBUSY);
      assertThat(rig.resume()).isEqualTo(CallResult.OK);
      assertThat(rig.resume().errno()).isEqualTo(Errno.EINVAL);
      assertThat(rig.suspend().result()).isEqualTo(CallResult.OK);
    }
  }

  @Test
  void tasksThatDoNotFreezeInTwentySecondsKeepTheMachineAwake() {
    try (Rig rig = new Rig(config())) {
      Rig.Process process = launched(rig);
      long base = base(rig, process);
      Rig.Process debugger = rig.process();
      rig.finish(
          rig.<AddressSpaceMessage.ReadLocked>ask(
              call ->
                  process
                      .space()
                      .tell(
                          new AddressSpaceMessage.LockRead(
                              debugger.task(), rig.newRequest(), call, rig.self()))));
      Rig.Pending<Returned> munmap = rig.startMunmap(process, base, 4096);
      rig.system().runUntil(rig.system().nowNanos() + 1_000_000);
      long start = rig.system().nowNanos();
      KernelMessage.PowerChanged failed = rig.suspend();
      assertThat(failed.result().errno()).isEqualTo(Errno.EBUSY);
      assertThat(failed.result().check()).contains("20 seconds");
      assertThat(rig.system().nowNanos() - start).isEqualTo(20_000_000_000L);
      process.space().tell(new AddressSpaceMessage.UnlockRead(debugger.task()));
      assertThat(rig.finish(munmap).result()).isEqualTo(CallResult.OK);
      assertThat(rig.launch(process, TINY).result()).isEqualTo(CallResult.OK);
      assertThat(rig.suspend().result()).isEqualTo(CallResult.OK);
    }
  }

  @Test
  void mainlineHasNoHandlerAndItsLeavesFault() {
    try (Rig rig = new Rig(KernelConfig.preset(Preset.MAINLINE))) {
      Rig.Process process = rig.process();
      rig.open(process);
      long running = base(rig, process);
      long base = Ioctls.created(rig, process);
      assertThat(rig.suspend().enclaves()).isZero();
      assertThat(valid(rig)).isZero();
      rig.resume();
      assertThat(rig.state(process, running).phase()).isEqualTo(EnclaveMessage.Phase.INITIALIZED);
      assertThat(rig.ioctl(process, Ioctls.page(base)).errno()).isEqualTo(Errno.EIO);
      assertThat(rig.ioctl(process, new SgxIoctl.Init(base, TINY.sigStruct(), false)).errno())
          .isEqualTo(Errno.EIO);
      rig.exit(process);
      AtRest.checkEmpty(rig, "EREMOVE of what is not valid succeeds");
    }
  }
}
