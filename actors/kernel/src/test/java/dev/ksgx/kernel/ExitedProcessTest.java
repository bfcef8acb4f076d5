package dev.ksgx.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.protocol.abi.Errno;
import dev.ksgx.protocol.abi.SgxIoctl;
import org.junit.jupiter.api.Test;

/** A thread may learn of its process's end only from the answer to its next call. */
class ExitedProcessTest {
  @Test
  void callsOfAnExitedProcessAreAnsweredAndRefused() {
    try (Rig rig = new Rig(KernelConfig.preset(Preset.V5))) {
      Rig.Process process = rig.process();
      rig.open(process);
      rig.finish(rig.startExit(process));
      SgxIoctl add = new SgxIoctl.AddPage(0x4000, Bytes.zeros(4096), Bytes.zeros(64), 0);
      assertThat(rig.ioctl(process, add).errno()).isEqualTo(Errno.EINTR);
      assertThat(rig.open(process).errno()).isEqualTo(Errno.EINTR);
      assertThat(rig.close(process, 3).errno()).isEqualTo(Errno.EINTR);
    }
  }
}
