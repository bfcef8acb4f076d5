package dev.ksgx.kernel.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.kernel.Rig;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.KernelLe.Channel;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.protocol.abi.Errno;
import dev.ksgx.protocol.abi.LaunchFault;
import dev.ksgx.protocol.abi.SgxIoctl;
import dev.ksgx.protocol.message.Returned;
import org.junit.jupiter.api.Test;

/** v11's three ioctls (driver.md 5.2), with all bugs of its forerunner switched on in vain. */
class IoctlChannelTest {
  private static KernelConfig config() {
    return LaunchRig.config(Channel.IOCTLS, Bugs.asShipped(Preset.DCAP_LE));
  }

  @Test
  void theTokenCallStartsItNotTheOpen() {
    try (LaunchRig le = new LaunchRig(config())) {
      Rig.Process one = le.opened();
      assertThat(le.coldStarts()).isZero();
      assertThat(le.launch(one, LaunchRig.TINY).isZero()).isTrue();
      assertThat(le.coldStarts()).isEqualTo(1);
      assertThat(le.launch(one, LaunchRig.OTHER).isZero()).isTrue();
      assertThat(le.coldStarts()).isEqualTo(1);
    }
  }

  @Test
  void anErrorSignalledByUserSpaceIsEioNotAHang() {
    try (LaunchRig le = new LaunchRig(config())) {
      Rig.Process one = le.opened();
      le.fault(LaunchFault.DENYING);
      assertThat(le.launch(one, LaunchRig.TINY).errno()).isEqualTo(Errno.EIO);
      le.fault(LaunchFault.NONE);
      assertThat(le.launch(one, LaunchRig.TINY).isZero()).isTrue();
      assertThat(le.coldStarts()).as("the process lives on").isEqualTo(1);
    }
  }

  @Test
  void aProcessThatDiesIsEioForWhoWaitsAndStartedAgainByTheNextWhateverTheBugs() {
    try (LaunchRig le = new LaunchRig(config())) {
      Rig.Process one = le.opened();
      assertThat(le.launch(one, LaunchRig.TINY).isZero()).isTrue();
      SgxIoctl.Init init = le.ready(one, LaunchRig.OTHER);
      Rig.Pending<Returned> pending = le.duringEcall(one, init);
      le.kill();
      assertThat(le.rig.finish(pending).result().errno()).isEqualTo(Errno.EIO);
      assertThat(le.rig.ioctl(one, init).isZero()).isTrue();
      assertThat(le.coldStarts()).isEqualTo(2);
    }
  }

  @Test
  void aSleepOfTheMachineStopsItAndTheNextTokenCallStartsItAgain() {
    try (LaunchRig le = new LaunchRig(config())) {
      Rig.Process one = le.opened();
      assertThat(le.launch(one, LaunchRig.TINY).isZero()).isTrue();
      assertThat(le.rig.suspend().result().isZero()).isTrue();
      assertThat(le.rig.machine.epc().inspect(0).valid()).isFalse();
      assertThat(le.rig.resume().isZero()).isTrue();
      assertThat(le.launch(one, LaunchRig.OTHER).isZero()).isTrue();
      assertThat(le.coldStarts()).isEqualTo(2);
    }
  }

  @Test
  void theLastCloseStopsIt() {
    try (LaunchRig le = new LaunchRig(config())) {
      Rig.Process one = le.opened();
      assertThat(le.launch(one, LaunchRig.TINY).isZero()).isTrue();
      long used = le.rig.epc().frames() - le.rig.epc().free();
      le.closeAll(one);
      long left = le.rig.epc().frames() - le.rig.epc().free();
      assertThat(used - left).as("9 pages, SECS, VA").isEqualTo(11);
    }
  }
}
