package dev.ksgx.kernel.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.SgxCode;
import dev.ksgx.kernel.Rig;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.KernelLe.Channel;
import dev.ksgx.kernel.cost.Cost;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.Errno;
import dev.ksgx.protocol.abi.LaunchFault;
import dev.ksgx.protocol.abi.SgxIoctl;
import dev.ksgx.protocol.message.Returned;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The slot of v6 to v10 and DCAP, and its bugs (driver.md 5.2; 9.3: B-29 to B-32). */
class SlotChannelTest {
  private static KernelConfig config(String... bugs) {
    return LaunchRig.config(Channel.SLOT, Bugs.of(List.of(bugs)));
  }

  private static long nanos(long cycles) {
    return Math.round(cycles / 3.8);
  }

  @Test
  void theHashHasALockOfItsOwnAndTheLaunchLockIsHeldForTheRoundTripAlone() {
    try (LaunchRig le = new LaunchRig(config())) {
      Rig.Process process = le.opened();
      long before = le.lock().statistics().holdNanos();
      assertThat(le.launch(process, LaunchRig.TINY).isZero()).isTrue();
      assertThat(le.resource("launch-hash").statistics().holdNanos())
          .isCloseTo(nanos(Cost.HASH_MODULUS.cycles()), within(2L));
      long ecall =
          2 * Cost.ECALL_GLUE.cycles()
              + Cost.EENTER.cycles()
              + Cost.EREPORT.cycles()
              + Cost.EGETKEY.cycles()
              + Cost.TOKEN_MAC.cycles()
              + Cost.EEXIT.cycles();
      long roundTrip =
          2 * Cost.PIPE_WRITE.cycles()
              + 2 * Cost.PIPE_READ.cycles()
              + Cost.SYSCALL.cycles()
              + 2 * Cost.CONTEXT_SWITCH.cycles()
              + ecall;
      assertThat(le.lock().statistics().holdNanos() - before)
          .isCloseTo(nanos(roundTrip), within(10L));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anEnclaveOfTheLaunchEnclavesSignerNeedsNeitherItNorItsLockFromV6On(boolean slot) {
    Channel channel = slot ? Channel.SLOT : Channel.PIPES;
    try (LaunchRig le = new LaunchRig(LaunchRig.config(channel, Bugs.fixed()))) {
      Rig.Process one = le.opened();
      Rig.Process two = le.opened();
      SgxIoctl.Init own = le.ready(two, SampleEnclaves.launchEnclave());
      le.fault(LaunchFault.HUNG);
      le.duringEcall(one, le.ready(one, LaunchRig.TINY));
      if (slot) {
        assertThat(le.rig.ioctl(two, own).isZero()).isTrue();
      } else {
        Rig.Pending<Returned> queued = le.start(two, own);
        le.settle();
        assertThat(queued.isDone()).isFalse();
        assertThat(le.lock().waiters()).hasSize(1);
      }
    }
  }

  @Test
  void aRequestWhoseCallerIsInterruptedBeforeItIsReadGoesOnToNobodyWhenFixed() {
    try (LaunchRig le = new LaunchRig(config())) {
      Rig.Process one = le.opened();
      SgxIoctl.Init first = le.ready(one, LaunchRig.TINY);
      Rig.Process two = le.opened();
      SgxIoctl.Init second = le.ready(two, LaunchRig.OTHER);
      Rig.Pending<Returned> gone = le.start(one, first);
      le.rig.runUntil(() -> le.holds(one));
      le.later(nanos(Cost.PIPE_WRITE.cycles()) + 100);
      le.rig.signal(one.task());
      assertThat(le.rig.finish(gone).result().errno()).isEqualTo(Errno.EINTR);
      le.rig.block(one.task());
      assertThat(le.rig.ioctl(two, second).isZero()).isTrue();
      assertThat(le.launch(two, SampleEnclaves.pages(6)).isZero()).isTrue();
    }
  }

  /** B-29: while the launch enclave still works for the one before, its token is what comes. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void b29WhoAsksAtOnceAfterAnInterruptedCallerGetsThatOnesToken(boolean shipped) {
    String[] bugs = shipped ? new String[] {Bugs.STALE_REPLY} : new String[0];
    try (LaunchRig le = new LaunchRig(config(bugs))) {
      Rig.Process one = le.opened();
      SgxIoctl.Init first = le.ready(one, LaunchRig.TINY);
      Rig.Process two = le.opened();
      SgxIoctl.Init second = le.ready(two, LaunchRig.OTHER);
      Rig.Pending<Returned> gone = le.duringEcall(one, first);
      le.rig.signal(one.task());
      CallResult next = le.rig.ioctl(two, second);
      assertThat(le.rig.finish(gone).result().errno()).isEqualTo(Errno.EINTR);
      assertThat(next.value()).isEqualTo(shipped ? SgxCode.INVALID_MEASUREMENT : 0);
      le.settle();
      CallResult after = le.launch(two, LaunchRig.OTHER);
      assertThat(after.value())
          .as("its own answer came when nobody waited: zeros for the next")
          .isEqualTo(shipped ? SgxCode.INVALID_EINITTOKEN : 0);
    }
  }

  @Test
  void b29NotEvenAnotherLaunchEnclaveClearsTheFlags() {
    try (LaunchRig le = new LaunchRig(config(Bugs.STALE_REPLY))) {
      Rig.Process one = le.opened();
      le.interrupted(one, LaunchRig.TINY);
      assertThat(le.launch(one, LaunchRig.TINY).value()).isEqualTo(SgxCode.INVALID_EINITTOKEN);
      le.closeAll(one);
      le.rig.open(one);
      le.settle();
      assertThat(le.coldStarts()).isEqualTo(2);
      for (int i = 0; i < 5; i++) {
        assertThat(le.launch(one, LaunchRig.TINY).value())
            .as("the same enclave each time, and not once its token")
            .isEqualTo(SgxCode.INVALID_EINITTOKEN);
      }
    }
  }

  @Test
  void b30WhoAskedSleepsForeverWithTheLockAndAllOthersQueue() {
    try (LaunchRig le = new LaunchRig(config(Bugs.NO_LE_RESTART))) {
      Rig.Process one = le.opened();
      SgxIoctl.Init first = le.ready(one, LaunchRig.TINY);
      Rig.Process two = le.opened();
      SgxIoctl.Init second = le.ready(two, LaunchRig.OTHER);
      Rig.Process three = le.opened();
      Rig.Pending<Returned> asleep = le.duringEcall(one, first);
      le.kill();
      Rig.Pending<Returned> queued = le.start(two, second);
      Rig.Pending<Returned> opening = le.rig.startOpen(three);
      le.settle();
      le.rig.signal(two.task());
      le.settle();
      assertThat(le.lock().waiters()).as("a signal does not get them out").hasSize(2);
      assertThat(asleep.isDone() || queued.isDone() || opening.isDone()).isFalse();

      le.rig.signal(one.task());
      assertThat(le.rig.finish(asleep).result().errno()).isEqualTo(Errno.EINTR);
      assertThat(le.rig.finish(queued).result().errno())
          .as("its signal came long ago")
          .isEqualTo(Errno.EINTR);
      assertThat(le.rig.finish(opening).result().isErrno()).isFalse();
      le.rig.block(one.task());
      Rig.Pending<Returned> again = le.start(one, first);
      le.settle();
      assertThat(again.isDone()).as("the pid is set: nothing restarts it").isFalse();
      assertThat(le.coldStarts()).isEqualTo(1);
    }
  }

  @Test
  void b30FixedADeadLaunchEnclaveIsAnErrorAndTheNextCallStartsAnother() {
    try (LaunchRig le = new LaunchRig(config())) {
      Rig.Process one = le.opened();
      SgxIoctl.Init first = le.ready(one, LaunchRig.TINY);
      Rig.Pending<Returned> asleep = le.duringEcall(one, first);
      le.kill();
      assertThat(le.rig.finish(asleep).result().errno()).isEqualTo(Errno.EIO);
      assertThat(le.rig.ioctl(one, first).isZero()).isTrue();
      assertThat(le.coldStarts()).isEqualTo(2);
    }
  }

  /** The copies are long here, so that a post can come in between. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void b32ASlotThatIsOverwrittenWhileItIsCopiedGivesATornRequest(boolean shipped) {
    String[] bugs =
        shipped
            ? new String[] {Bugs.STALE_REPLY, Bugs.TORN_REQUEST}
            : new String[] {Bugs.STALE_REPLY};
    KernelConfig config = config(bugs);
    KernelConfig slow = config.withCosts(config.costs().with(Cost.PIPE_READ, 1_000_000));
    try (LaunchRig le = new LaunchRig(slow)) {
      Rig.Process one = le.opened();
      SgxIoctl.Init first = le.ready(one, LaunchRig.TINY);
      Rig.Process two = le.opened();
      SgxIoctl.Init second = le.ready(two, LaunchRig.OTHER);
      Rig.Pending<Returned> gone = le.duringEcall(one, first);
      le.rig.signal(one.task());
      CallResult next = le.rig.ioctl(two, second);
      assertThat(le.rig.finish(gone).result().errno()).isEqualTo(Errno.EINTR);
      assertThat(next.value())
          .as("MRENCLAVE of the one, the rest of the other")
          .isEqualTo(shipped ? SgxCode.INVALID_MEASUREMENT : 0);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void b31AKeyThatCannotBeHadIsASuccessWithoutAMac(boolean shipped) {
    String[] bugs = shipped ? new String[] {Bugs.UNSIGNED_TOKEN} : new String[0];
    try (LaunchRig le = new LaunchRig(config(bugs))) {
      Rig.Process one = le.opened();
      SgxIoctl.Init init = le.ready(one, LaunchRig.TINY);
      Rig.Pending<Returned> pending = le.start(one, init);
      le.rig.runUntil(() -> le.holds(one));
      le.later(6_000);
      le.rig.machine.updateMicrocode(Bytes.zeros(16));
      CallResult result = le.rig.finish(pending).result();
      assertThat(result.value())
          .as("the REPORT names a CPUSVN that EGETKEY refuses by then")
          .isEqualTo(shipped ? SgxCode.INVALID_EINITTOKEN : TokenReply.UNEXPECTED_ERROR);
      assertThat(le.rig.ioctl(one, init).isZero()).as("the next one asks its REPORT").isTrue();
    }
  }

  @Test
  void aSleepOfTheMachineStopsItWhateverTheBugsAndTheNextTokenCallStartsItAgain() {
    try (LaunchRig le = new LaunchRig(config(Bugs.NO_LE_RESTART))) {
      Rig.Process one = le.opened();
      assertThat(le.launch(one, LaunchRig.TINY).isZero()).isTrue();
      assertThat(le.rig.suspend().result().isZero()).isTrue();
      assertThat(le.rig.resume().isZero()).isTrue();
      assertThat(le.launch(one, LaunchRig.OTHER).isZero()).isTrue();
      assertThat(le.coldStarts()).isEqualTo(2);
    }
  }
}
