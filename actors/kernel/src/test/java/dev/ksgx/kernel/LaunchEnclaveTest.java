package dev.ksgx.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.hardware.structure.SgxCode;
import dev.ksgx.kernel.config.AddMode;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.kernel.cost.Cost;
import dev.ksgx.kernel.process.LaunchSequence;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.Errno;
import dev.ksgx.protocol.abi.SgxIoctl;
import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.LaunchControlMessage;
import dev.ksgx.protocol.message.Returned;
import dev.ksgx.protocol.message.SchedulerMessage;
import dev.ksgx.runtime.probe.Resource;
import dev.ksgx.runtime.record.DeliverySink;
import dev.ksgx.runtime.virtual.VirtualOptions;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** The launch enclave's life and the mutex around it (driver.md 5.1, 5.3; design.md 9). */
class LaunchEnclaveTest {
  private static final SignedEnclave TINY = SampleEnclaves.tiny();
  private static final SignedEnclave OTHER = SampleEnclaves.pages(5);

  private static KernelConfig config() {
    KernelConfig config = KernelConfig.preset(Preset.V5).withBugs(Bugs.fixed());
    return config.withInterrupts(0, 0).withCosts(config.costs().jitter(0));
  }

  private static Resource resource(Rig rig, String name) {
    return rig.system().probe().resources().stream()
        .filter(r -> r.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static Resource mutex(Rig rig) {
    return resource(rig, "launch-enclave");
  }

  private static Rig.Process opened(Rig rig) {
    Rig.Process process = rig.process();
    assertThat(rig.open(process).isErrno()).isFalse();
    rig.block(process.task());
    return process;
  }

  /** An enclave whose pages are all there, ready for INIT. */
  private static SgxIoctl.Init ready(Rig rig, Rig.Process process, SignedEnclave enclave) {
    long base = Ioctls.added(rig, process, enclave);
    rig.block(process.task());
    rig.system().runToQuiescence().orThrow();
    return new SgxIoctl.Init(base, enclave.sigStruct(), false);
  }

  /** The requester of {@code init} has written and waits for its reply. */
  private static Rig.Pending<Returned> waitingForReply(
      Rig rig, Rig.Process process, SgxIoctl.Init init) {
    Rig.Pending<Returned> pending = rig.startIoctl(process, process.task(), init);
    rig.runUntil(() -> mutex(rig).holders().size() == 1);
    long taken = rig.system().nowNanos();
    double cycles = Cost.HASH_MODULUS.cycles() + 4 * Cost.PIPE_WRITE.cycles();
    rig.system().runUntil(taken + (long) (cycles / 3.8) + 1_000);
    assertThat(pending.isDone()).isFalse();
    return pending;
  }

  @Test
  void theFirstOpenStartsItAndReturnsOnceItIsExeced() {
    try (Rig rig = new Rig(config())) {
      Rig.Process first = rig.process();
      long before = rig.system().nowNanos();
      rig.open(first);
      long cycles = Cost.CONTEXT_SWITCH.cycles() + Cost.SYSCALL.cycles() + Cost.FORK_EXEC.cycles();
      assertThat(rig.system().nowNanos() - before).isCloseTo((long) (cycles / 3.8), within(5));
      assertThat(rig.epc().peakUsed()).as("its enclave is still to be built").isZero();
      assertThat(rig.launchControl().coldStarts()).isEqualTo(1);
      opened(rig);
      assertThat(rig.launchControl().coldStarts()).as("the second open joins").isEqualTo(1);
      rig.system().runToQuiescence().orThrow();
      assertThat(rig.epc().frames() - rig.epc().free()).as("9 pages, SECS, VA").isEqualTo(11);
    }
  }

  private static Offset<Long> within(long nanos) {
    return Offset.offset(nanos);
  }

  @Test
  void itsOwnInitAsksForNoToken() {
    try (Rig rig = new Rig(config())) {
      opened(rig);
      rig.system().runToQuiescence().orThrow();
      assertThat(rig.launchControl().requests()).isZero();
      assertThat(rig.cores().stream().mapToLong(c -> c.einits()).sum()).isEqualTo(2);
      assertThat(mutex(rig).statistics().acquisitions()).as("one open").isEqualTo(1);
    }
  }

  @Test
  void itsPagesGoThroughTheWorkerOfAll() {
    for (AddMode add : AddMode.values()) {
      try (Rig rig = new Rig(config().withAdd(add))) {
        opened(rig);
        rig.system().runToQuiescence().orThrow();
        long items = resource(rig, "add-worker").statistics().acquisitions();
        assertThat(items > 0).isEqualTo(add == AddMode.DEFERRED);
      }
    }
  }

  @Test
  void theLastCloseStopsItAndTheNextOpenStartsAnother() {
    try (Rig rig = new Rig(config())) {
      Rig.Process one = opened(rig);
      Rig.Process two = opened(rig);
      rig.system().runToQuiescence().orThrow();
      rig.close(one, 3);
      rig.system().runToQuiescence().orThrow();
      assertThat(rig.epc().free()).as("one is left").isEqualTo(rig.epc().frames() - 11);
      rig.close(two, 3);
      AtRest.checkEmpty(rig, "after the last close");
      rig.open(one);
      assertThat(rig.launchControl().coldStarts()).isEqualTo(2);
      assertThat(rig.launch(one, TINY).result().isZero()).isTrue();
    }
  }

  @Test
  void theMutexIsHeldFromHashingToTheRequestersOwnWakeUp() {
    try (Rig rig = new Rig(config())) {
      Rig.Process process = opened(rig);
      SgxIoctl.Init init = ready(rig, process, TINY);
      long before = mutex(rig).statistics().holdNanos();
      rig.ioctl(process, init);
      assertThat(mutex(rig).statistics().holdNanos() - before)
          .isCloseTo(Math.round(TokenCost.cycles() / 3.8), within(10));
    }
  }

  @Test
  void openAndTheLastCloseWaitForARequestUnderWay() {
    try (Rig rig = new Rig(config())) {
      Rig.Process process = opened(rig);
      SgxIoctl.Init init = ready(rig, process, TINY);
      Rig.Process newcomer = rig.process();
      Rig.Pending<Returned> pending = waitingForReply(rig, process, init);
      Rig.Pending<Returned> open = rig.startOpen(newcomer);
      rig.runUntil(() -> mutex(rig).waiters().size() == 1);
      assertThat(mutex(rig).waiters().iterator().next().task()).isEqualTo(newcomer.task().tid());
      long served = mutex(rig).statistics().acquisitions();
      rig.finish(open);
      assertThat(mutex(rig).statistics().acquisitions()).isEqualTo(served + 1);
      assertThat(rig.launchControl().requests()).as("the request came first").isEqualTo(1);
      rig.finish(pending);
    }
  }

  @Test
  void aCloseThatIsNotTheLastDoesNotWaitForARequestUnderWay() {
    try (Rig rig = new Rig(config())) {
      Rig.Process process = opened(rig);
      SgxIoctl.Init init = ready(rig, process, TINY);
      Rig.Process other = opened(rig);
      Rig.Pending<Returned> pending = waitingForReply(rig, process, init);
      assertThat(rig.close(other, 3).isZero()).isTrue();
      assertThat(rig.launchControl().requests()).as("no reply yet").isZero();
      assertThat(rig.finish(pending).result().isZero()).isTrue();
    }
  }

  @Test
  void aCallHoldsTheFileItWasMadeOnSoTheLastCloseUnderItDoesNotStopTheLaunchEnclave() {
    try (Rig rig = new Rig(config())) {
      Rig.Process process = opened(rig);
      SgxIoctl.Init init = ready(rig, process, TINY);
      Rig.Process thread = new Rig.Process(rig.thread(process), process.space());
      Rig.Pending<Returned> pending = rig.startIoctl(process, process.task(), init);
      assertThat(rig.close(thread, 3).isZero()).isTrue();
      assertThat(rig.finish(pending).result().toString()).isEqualTo("OK");
      rig.system().runToQuiescence().orThrow();
      Rig.Process next = rig.process();
      rig.open(next);
      assertThat(rig.launchControl().coldStarts()).as("it was stopped by then").isEqualTo(2);
    }
  }

  @Test
  void aWaiterForTheMutexCannotBeInterrupted() {
    try (Rig rig = new Rig(config())) {
      Rig.Process one = opened(rig);
      SgxIoctl.Init first = ready(rig, one, TINY);
      Rig.Process two = opened(rig);
      SgxIoctl.Init second = ready(rig, two, OTHER);
      Rig.Pending<Returned> served = waitingForReply(rig, one, first);
      Rig.Pending<Returned> queued = rig.startIoctl(two, two.task(), second);
      rig.runUntil(() -> mutex(rig).waiters().size() == 1);
      rig.signal(two.task());
      rig.system().runUntil(rig.system().nowNanos() + 100);
      assertThat(mutex(rig).waiters()).as("it stays in the queue").hasSize(1);
      assertThat(rig.finish(served).result().isZero()).isTrue();
      assertThat(rig.finish(queued).result().errno())
          .as("the signal ends the sleep for the reply")
          .isEqualTo(Errno.EINTR);
    }
  }

  @Test
  void theReplyOfAnInterruptedRequestGoesToTheNextAsShipped() {
    for (boolean shipped : new boolean[] {true, false}) {
      Bugs bugs = shipped ? Bugs.of(List.of(Bugs.STALE_REPLY)) : Bugs.fixed();
      try (Rig rig = new Rig(config().withBugs(bugs))) {
        Rig.Process one = opened(rig);
        SgxIoctl.Init first = ready(rig, one, TINY);
        Rig.Pending<Returned> interrupted = waitingForReply(rig, one, first);
        rig.signal(one.task());
        CallResult result = rig.finish(interrupted).result();
        assertThat(result.errno()).isEqualTo(Errno.EINTR);
        rig.block(one.task());
        rig.system().runToQuiescence().orThrow();

        Rig.Process two = opened(rig);
        CallResult next = rig.launch(two, OTHER).result();
        CallResult third = rig.launch(two, SampleEnclaves.pages(6)).result();
        CallResult same = rig.launch(two, SampleEnclaves.pages(6)).result();
        if (shipped) {
          assertThat(next.value()).as("a token of another enclave").isEqualTo(4);
          assertThat(third.value()).as("and so on").isEqualTo(SgxCode.INVALID_MEASUREMENT);
          assertThat(same.isZero()).as("stale, but for the same enclave").isTrue();
        } else {
          assertThat(next.isZero()).isTrue();
          assertThat(third.isZero()).isTrue();
        }
        CallResult again = rig.ioctl(one, first);
        assertThat(again.value()).as("the signal has been handled").isEqualTo(shipped ? 4 : 0);
      }
    }
  }

  @Test
  void aProcessThatDiesUnderTheWriteFailsItWithEpipe() {
    KernelConfig slowPipes = config().withCosts(config().costs().with(Cost.PIPE_WRITE, 1_000_000));
    try (Rig rig = new Rig(slowPipes)) {
      Rig.Process process = opened(rig);
      SgxIoctl.Init init = ready(rig, process, TINY);
      rig.system().runToQuiescence().orThrow();
      Rig.Pending<Returned> pending = rig.startIoctl(process, process.task(), init);
      rig.system().runUntil(rig.system().nowNanos() + 50_000);
      rig.doors.launchControl().tell(LaunchControlMessage.KillProcess.NOW);
      assertThat(rig.finish(pending).result().errno()).isEqualTo(Errno.EPIPE);
    }
  }

  @Test
  void aRequestToADeadProcessFailsWithEpipeAndASignalAndNothingRestartsItAsShipped() {
    Bugs bugs = Bugs.of(List.of(Bugs.NO_LE_RESTART));
    try (Rig rig = new Rig(config().withBugs(bugs))) {
      Rig.Process process = opened(rig);
      rig.launch(process, TINY);
      rig.doors.launchControl().tell(LaunchControlMessage.KillProcess.NOW);
      rig.system().runToQuiescence().orThrow();
      for (int i = 0; i < 3; i++) {
        CallResult result = rig.launch(process, TINY).result();
        assertThat(result.errno()).isEqualTo(Errno.EPIPE);
        assertThat(result.check()).contains("process is dead");
      }
      opened(rig);
      assertThat(rig.launchControl().coldStarts()).as("another open is no help").isEqualTo(1);
      assertThat(rig.launch(process, TINY).result().errno()).isEqualTo(Errno.EPIPE);
    }
  }

  @Test
  void whoWritesToADeadProcessGetsASignal() {
    List<TaskRef> signalled = new ArrayList<>();
    DeliverySink sink =
        (id, cause, sender, receiver, sentNanos, deliveredNanos, message) -> {
          if (message instanceof SchedulerMessage.Signal signal) {
            signalled.add(signal.task());
          }
        };
    KernelConfig shipped = config().withBugs(Bugs.of(List.of(Bugs.NO_LE_RESTART)));
    try (Rig rig = new Rig(shipped, VirtualOptions.seed(1).withSink(sink))) {
      Rig.Process process = opened(rig);
      rig.doors.launchControl().tell(LaunchControlMessage.KillProcess.NOW);
      rig.system().runToQuiescence().orThrow();
      assertThat(rig.launch(process, TINY).result().errno()).isEqualTo(Errno.EPIPE);
      assertThat(signalled).containsExactly(process.task());
    }
  }

  @Test
  void onlyTheLastCloseHealsADeadProcessAsShipped() {
    Bugs bugs = Bugs.of(List.of(Bugs.NO_LE_RESTART));
    try (Rig rig = new Rig(config().withBugs(bugs))) {
      Rig.Process process = opened(rig);
      rig.doors.launchControl().tell(LaunchControlMessage.KillProcess.NOW);
      rig.system().runToQuiescence().orThrow();
      rig.close(process, 3);
      rig.open(process);
      assertThat(rig.launch(process, TINY).result().isZero()).isTrue();
      assertThat(rig.launchControl().coldStarts()).isEqualTo(2);
    }
  }

  @Test
  void killedWhileItBuildsItDiesAtTheEndOfItsCall() {
    try (Rig rig = new Rig(config().withAdd(AddMode.SYNCHRONOUS))) {
      opened(rig);
      rig.runUntil(() -> rig.machine.epc().inspect(3).valid());
      rig.doors.launchControl().tell(LaunchControlMessage.KillProcess.NOW);
      AtRest.checkEmpty(rig, "after the kill");
      assertThat(rig.epc().peakUsed()).as("not all of its 11 frames").isLessThan(6);
    }
  }

  @Test
  void theFixedDriverStartsADeadProcessAgain() {
    try (Rig rig = new Rig(config())) {
      Rig.Process process = opened(rig);
      rig.system().runToQuiescence().orThrow();
      rig.doors.launchControl().tell(LaunchControlMessage.KillProcess.NOW);
      rig.system().runToQuiescence().orThrow();
      LaunchSequence.Outcome outcome = rig.launch(process, TINY);
      assertThat(outcome.result().isZero()).isTrue();
      assertThat(rig.launchControl().coldStarts()).isEqualTo(2);
    }
  }

  @Test
  void aProcessThatDiesWithARequestInHandGivesAShortReadAndEnomem() {
    try (Rig rig = new Rig(config())) {
      Rig.Process process = opened(rig);
      SgxIoctl.Init init = ready(rig, process, TINY);
      Rig.Pending<Returned> pending = waitingForReply(rig, process, init);
      rig.doors.launchControl().tell(LaunchControlMessage.KillProcess.NOW);
      CallResult result = rig.finish(pending).result();
      assertThat(result.errno()).isEqualTo(Errno.ENOMEM);
      assertThat(result.check()).contains("died before it answered");
    }
  }
}
