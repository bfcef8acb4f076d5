package dev.ksgx.kernel.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.SgxCode;
import dev.ksgx.kernel.Rig;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.config.KernelLe.Channel;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.LaunchFault;
import dev.ksgx.protocol.abi.SgxIoctl;
import dev.ksgx.protocol.message.Returned;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What a launch enclave that is slow, hung, dead, confused, outdated or unwilling does to those who
 * ask it, by channel, as shipped (driver.md 5.1, 5.2; design.md 9).
 */
class LaunchFaultTest {
  private static final String MEASUREMENT = SgxCode.name(SgxCode.INVALID_MEASUREMENT);

  private static Bugs shipped(Channel channel) {
    return Bugs.asShipped(channel == Channel.PIPES ? Preset.V5 : Preset.DCAP_LE);
  }

  /** The launch enclave has answered once. */
  private static LaunchRig warm(Channel channel, Bugs bugs) {
    LaunchRig le = new LaunchRig(LaunchRig.config(channel, bugs));
    Rig.Process process = le.rig.process();
    le.rig.open(process);
    le.rig.block(process.task());
    le.settle();
    assertThat(le.launch(process, LaunchRig.TINY).isZero()).isTrue();
    le.closeAll(process);
    return le;
  }

  /** What INIT returns, or that it does not within half a second. */
  private static String outcome(LaunchRig le, Rig.Process process, SgxIoctl.Init init) {
    Rig.Pending<Returned> pending = le.start(process, init);
    le.settle();
    if (pending.isDone()) {
      le.rig.block(process.task());
      return pending.value().result().name();
    }
    le.rig.signal(process.task());
    CallResult result = le.rig.finish(pending).result();
    le.rig.block(process.task());
    return "hangs until a signal: " + result.name();
  }

  @ParameterizedTest
  @EnumSource(Channel.class)
  void slowItHoldsTheLockForAllThatTimeAndEverybodyIsServed(Channel channel) {
    try (LaunchRig le = warm(channel, shipped(channel))) {
      Rig.Process one = le.opened();
      assertThat(le.launch(one, LaunchRig.TINY).isZero()).isTrue();
      Rig.Process two = le.opened();
      SgxIoctl.Init first = le.ready(one, LaunchRig.TINY);
      SgxIoctl.Init second = le.ready(two, LaunchRig.OTHER);
      le.fault(LaunchFault.SLOW, 10_000_000);
      long before = le.rig.system().nowNanos();
      Rig.Pending<Returned> served = le.start(one, first);
      Rig.Pending<Returned> queued = le.start(two, second);
      le.later(9_000_000);
      assertThat(le.lock().waiters()).hasSize(1);
      assertThat(le.rig.finish(served).result().isZero()).isTrue();
      assertThat(le.rig.finish(queued).result().isZero()).isTrue();
      assertThat(le.rig.system().nowNanos() - before).isBetween(20_000_000L, 20_300_000L);
      le.fault(LaunchFault.NONE);
      before = le.rig.system().nowNanos();
      assertThat(le.launch(one, LaunchRig.TINY).isZero()).isTrue();
      assertThat(le.rig.system().nowNanos() - before).isLessThan(2_000_000L);
    }
  }

  @ParameterizedTest
  @EnumSource(Channel.class)
  void hungItKeepsWhoeverAsksUntilASignalAndAnotherProcessHealsIt(Channel channel) {
    try (LaunchRig le = warm(channel, shipped(channel))) {
      Rig.Process one = le.opened();
      assertThat(le.launch(one, LaunchRig.TINY).isZero()).isTrue();
      SgxIoctl.Init init = le.ready(one, LaunchRig.TINY);
      le.fault(LaunchFault.HUNG);
      for (int i = 0; i < 2; i++) {
        assertThat(outcome(le, one, init)).isEqualTo("hangs until a signal: -EINTR");
      }
      le.closeAll(one);
      le.rig.open(one);
      le.rig.block(one.task());
      le.settle();
      String after = outcome(le, one, init);
      assertThat(after)
          .as("in the slot the request of the second caller is still posted (B-29)")
          .isEqualTo(channel == Channel.SLOT ? "SGX_INVALID_EINITTOKEN" : "OK");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "PIPES, true, -ENOMEM, -EPIPE, 0",
    "PIPES, false, -ENOMEM, OK, 1",
    "SLOT, true, hangs until a signal: -EINTR, hangs until a signal: -EINTR, 0",
    "SLOT, false, -EIO, OK, 1",
    "IOCTLS, true, -EIO, OK, 1",
    "IOCTLS, false, -EIO, OK, 1"
  })
  void deadItFailsWhoWaitsAndTheNext(
      Channel channel, boolean asShipped, String waits, String next, int restarts) {
    try (LaunchRig le = warm(channel, asShipped ? shipped(channel) : Bugs.fixed())) {
      Rig.Process one = le.opened();
      assertThat(le.launch(one, LaunchRig.TINY).isZero()).isTrue();
      SgxIoctl.Init init = le.ready(one, LaunchRig.TINY);
      long starts = le.coldStarts();
      Rig.Pending<Returned> pending = le.duringEcall(one, init);
      le.fault(LaunchFault.DEAD);
      if (waits.startsWith("hangs")) {
        assertThat(pending.isDone()).isFalse();
        le.rig.signal(one.task());
        assertThat(waits).endsWith(le.rig.finish(pending).result().name());
      } else {
        assertThat(le.rig.finish(pending).result().name()).isEqualTo(waits);
      }
      le.rig.block(one.task());
      assertThat(outcome(le, one, init)).isEqualTo(next);
      assertThat(le.coldStarts() - starts).isEqualTo(restarts);
    }
  }

  @ParameterizedTest
  @EnumSource(Channel.class)
  void confusedItGivesEachTheTokenOfTheOneBeforeUntilAnotherProcessIsStarted(Channel channel) {
    try (LaunchRig le = warm(channel, shipped(channel))) {
      Rig.Process one = le.opened();
      assertThat(le.launch(one, LaunchRig.TINY).isZero()).isTrue();
      le.fault(LaunchFault.WRONG_ANSWER);
      assertThat(le.launch(one, LaunchRig.OTHER).name()).isEqualTo(MEASUREMENT);
      assertThat(le.launch(one, LaunchRig.TINY).name()).isEqualTo(MEASUREMENT);
      assertThat(le.launch(one, LaunchRig.TINY).name()).as("by luck").isEqualTo("OK");
      le.closeAll(one);
      le.rig.open(one);
      le.settle();
      assertThat(le.launch(one, LaunchRig.OTHER).name()).isEqualTo("OK");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "PIPES, true, hangs until a signal: -EINTR, SGX_INVALID_MEASUREMENT",
    "PIPES, false, hangs until a signal: -EINTR, hangs until a signal: -EINTR",
    "SLOT, true, hangs until a signal: -EINTR, hangs until a signal: -EINTR",
    "SLOT, false, -EIO, -EIO",
    "IOCTLS, true, -EIO, -EIO"
  })
  void outdatedItReadsAnotherLengthAndSoDoesEveryOtherProcessOfTheProgram(
      Channel channel, boolean asShipped, String first, String second) {
    try (LaunchRig le = warm(channel, asShipped ? shipped(channel) : Bugs.fixed())) {
      Rig.Process one = le.opened();
      assertThat(le.launch(one, LaunchRig.TINY).isZero()).isTrue();
      SgxIoctl.Init tiny = le.ready(one, LaunchRig.TINY);
      SgxIoctl.Init other = le.ready(one, LaunchRig.OTHER);
      le.fault(LaunchFault.OLD_LAYOUT);
      assertThat(outcome(le, one, tiny)).isEqualTo(first);
      assertThat(outcome(le, one, other))
          .as("in a pipe its first bytes complete the request before")
          .isEqualTo(second);
      le.closeAll(one);
      le.rig.open(one);
      le.rig.block(one.task());
      le.settle();
      assertThat(outcome(le, one, tiny)).as("restarted").isEqualTo(first);
    }
  }

  @ParameterizedTest
  @CsvSource({"PIPES, SGX_INVALID_EINITTOKEN", "SLOT, SGX_INVALID_PRIVILEGE", "IOCTLS, -EIO"})
  void unwillingItRefusesEachAsTheChannelLetsItSaySo(Channel channel, String result) {
    try (LaunchRig le = warm(channel, shipped(channel))) {
      Rig.Process one = le.opened();
      le.fault(LaunchFault.DENYING);
      SgxIoctl.Init init = le.ready(one, LaunchRig.TINY);
      assertThat(outcome(le, one, init)).isEqualTo(result);
      le.closeAll(one);
      le.rig.open(one);
      le.rig.block(one.task());
      le.settle();
      assertThat(outcome(le, one, init)).as("another process, the same policy").isEqualTo(result);
      le.fault(LaunchFault.NONE);
      assertThat(outcome(le, one, init)).isEqualTo("OK");
    }
  }

  /** Lower: EINIT refuses it. Higher: the key for the older CPUSVN can still be derived. */
  @ParameterizedTest
  @CsvSource({"0, 32", "255, 0"})
  void anotherCpuSvnVoidsTheTokenInFlightIfItIsNotAHigherOneAndNoLaterToken(int each, int code) {
    for (Channel channel : Channel.values()) {
      try (LaunchRig le = warm(channel, shipped(channel))) {
        Rig.Process one = le.opened();
        assertThat(le.launch(one, SampleEnclaves.pages(6)).isZero()).isTrue();
        SgxIoctl.Init init = le.ready(one, LaunchRig.TINY);
        Rig.Pending<Returned> pending = le.start(one, init);
        le.rig.runUntil(() -> le.holds(one));
        le.later(18_000);
        byte[] svn = new byte[16];
        Arrays.fill(svn, (byte) each);
        le.rig.machine.updateMicrocode(Bytes.copyOf(svn));
        assertThat(le.rig.finish(pending).result().value()).as(channel.key()).isEqualTo(code);
        assertThat(le.rig.machine.cpuSvn()).isEqualTo(Bytes.copyOf(svn));
        assertThat(le.launch(one, LaunchRig.OTHER).isZero()).isTrue();
      }
    }
  }

  @Test
  void killedInTheQueueACallerIsStuckUntilItIsItsTurnWhileItWaitsForTheReplyItIsNot() {
    for (Channel channel : Channel.values()) {
      try (LaunchRig le = warm(channel, shipped(channel))) {
        Rig.Process one = le.opened();
        assertThat(le.launch(one, LaunchRig.TINY).isZero()).isTrue();
        SgxIoctl.Init first = le.ready(one, LaunchRig.TINY);
        Rig.Process two = le.opened();
        SgxIoctl.Init second = le.ready(two, LaunchRig.OTHER);
        le.fault(LaunchFault.HUNG);
        Rig.Pending<Returned> asleep = le.duringEcall(one, first);
        Rig.Pending<Returned> queued = le.start(two, second);
        le.settle();
        Rig.Pending<Returned> killedTwo = le.rig.startKill(two);
        le.settle();
        assertThat(queued.isDone() || killedTwo.isDone()).as("uninterruptible").isFalse();
        Rig.Pending<Returned> killedOne = le.rig.startKill(one);
        assertThat(le.rig.finish(asleep).result().name()).isEqualTo("-EINTR");
        assertThat(le.rig.finish(queued).result().name()).isEqualTo("-EINTR");
        le.rig.finish(killedOne);
        le.rig.finish(killedTwo);
        le.settle();
        assertThat(le.rig.epc().frames() - le.rig.epc().free())
            .as("the enclave of the one that is left: 4 pages, SECS, VA; " + channel.key())
            .isEqualTo(6);
      }
    }
  }
}
