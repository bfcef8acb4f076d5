package dev.ksgx.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.cpu.MachineConfig;
import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.kernel.config.Reclaim;
import dev.ksgx.kernel.paging.HeapEnclave;
import dev.ksgx.protocol.message.CoreMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A driver without bugs keeps its books when a leaf of an eviction fails, whichever it is. */
class FailedLeafTest {
  private static final SignedEnclave ENCLAVE = HeapEnclave.of(1, 90);
  private static final int[] STEPS_AFTER_THE_FIRST_EBLOCK = {0, 3, 8, 16, 40};

  static Stream<Arguments> drivers() {
    List<Arguments> all = new ArrayList<>();
    for (Preset preset : Preset.values()) {
      for (Reclaim reclaim : Reclaim.values()) {
        all.add(Arguments.of(preset, reclaim));
      }
    }
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("drivers")
  void theBooksBalanceWhicheverLeafFails(Preset preset, Reclaim reclaim) {
    KernelConfig config = KernelConfig.preset(preset).withBugs(Bugs.fixed());
    config =
        config
            .withInterrupts(0, 0)
            .withPaging(config.paging().withReclaim(reclaim))
            .withMachine(MachineConfig.builder().processors(1).epcBytes(4096L * 80).build());
    for (int wait : STEPS_AFTER_THE_FIRST_EBLOCK) {
      try (Rig rig = Rig.checked(config)) {
        Rig.Process process = rig.process();
        rig.open(process);
        rig.startLaunch(process, ENCLAVE);
        rig.runUntil(() -> Blocked.any(rig));
        run(rig, wait);
        rig.doors.cores().get(0).tell(CoreMessage.FailNextLeaf.CONFLICT);
        run(rig, 2_000);
        assertThat(rig.machine.conflicts()).as("leaves that failed").isEqualTo(1);
        rig.startKill(process);
        run(rig, 2_000);
        assertThat(rig.watch.known()).isEmpty();
      }
    }
  }

  private static void run(Rig rig, int steps) {
    int[] left = {steps};
    rig.runUntil(() -> left[0]-- == 0).orThrow();
  }
}
