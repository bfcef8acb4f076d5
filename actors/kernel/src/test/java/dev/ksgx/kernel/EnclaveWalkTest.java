package dev.ksgx.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.message.KernelMessage;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The walk of the suspend callback over enclaves that come to their end (driver.md 1.7). */
class EnclaveWalkTest {
  /**
   * The last reference of one of them is that of a deferred add, so that it is gone before it can
   * say that it is suspended; whichever it is, the walk goes on to the next.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5})
  void anEnclaveThatEndsWhileTheDriverSuspendsItHoldsNobodyUp(int ends) {
    Bugs bugs = Bugs.of(List.of(Bugs.NO_LE_RESTART));
    KernelConfig config = KernelConfig.preset(Preset.V5).withBugs(bugs);
    try (Rig rig = new Rig(config)) {
      List<Rig.Process> processes = new ArrayList<>();
      List<Long> bases = new ArrayList<>();
      for (int enclave = 0; enclave < 6; enclave++) {
        processes.add(rig.process());
        rig.open(processes.get(enclave));
        bases.add(Ioctls.created(rig, processes.get(enclave)));
        rig.block(processes.get(enclave).task());
      }
      rig.system().runToQuiescence();
      for (int page = 0; page < 16; page++) {
        rig.ioctl(processes.get(0), Ioctls.page(bases.get(0) + page * 4096L));
        rig.ioctl(processes.get(ends), Ioctls.page(bases.get(ends) + page * 4096L));
      }
      rig.munmap(processes.get(ends), bases.get(ends), Ioctls.ELRANGE);
      KernelMessage.PowerChanged asleep = rig.suspend();
      assertThat(asleep.result()).isEqualTo(CallResult.OK);
      assertThat(asleep.enclaves()).as("with the launch enclave, less the one").isEqualTo(6);
      rig.resume();
      processes.forEach(rig::exit);
      AtRest.checkEmpty(rig, "after the exits");
    }
  }
}
