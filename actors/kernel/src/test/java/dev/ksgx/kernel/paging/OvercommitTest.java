package dev.ksgx.kernel.paging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.cpu.MachineConfig;
import dev.ksgx.hardware.structure.Secs;
import dev.ksgx.kernel.Ioctls;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.kernel.config.Reclaim;
import dev.ksgx.kernel.embed.AsyncProcess;
import dev.ksgx.kernel.embed.SgxEnclave;
import dev.ksgx.kernel.embed.SgxKernel;
import dev.ksgx.kernel.embed.SgxProcess;
import dev.ksgx.kernel.embed.SimulatedKernel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Enclaves that do not fit into the EPC together, or not even alone, keep what they hold. */
class OvercommitTest {
  private static final int FRAMES = 256;
  private static final long BYTES = 8 * 4096L;

  static Stream<Arguments> drivers() {
    List<Arguments> all = new ArrayList<>();
    for (Preset preset : Preset.values()) {
      for (Reclaim reclaim : Reclaim.values()) {
        all.add(Arguments.of(preset, reclaim));
      }
    }
    return all.stream();
  }

  static KernelConfig config(Preset preset, Reclaim reclaim) {
    KernelConfig config = KernelConfig.preset(preset);
    return config
        .withMachine(MachineConfig.builder().processors(2).epcBytes(4096L * FRAMES).build())
        .withPaging(config.paging().withReclaim(reclaim));
  }

  @ParameterizedTest
  @MethodSource("drivers")
  void anEnclaveLargerThanTheEpcKeepsWhatItWrote(Preset preset, Reclaim reclaim) {
    try (SimulatedKernel kernel = SgxKernel.simulated(config(preset, reclaim), 3)) {
      try (SgxProcess process = kernel.process();
          SgxEnclave enclave = process.launch(HeapEnclave.of(1, 600))) {
        enclave.enter(HeapEnclave.write(enclave.base(), 1, 0, 600, 7));
        assertThat(enclave.enter(HeapEnclave.verify(enclave.base(), 1, 0, 600, 7)).hex())
            .isEqualTo("00000000");
        assertThat(kernel.swapper().evicted()).isGreaterThan(600);
      }
      kernel.exitAll();
      assertThat(kernel.audit().violations()).isEmpty();
      assertThat(kernel.epc().free()).isEqualTo(FRAMES);
    }
  }

  @ParameterizedTest
  @MethodSource("drivers")
  void moreReclaimersThanCoresAreRefusedOnceNothingIsLeftToEvict(Preset preset, Reclaim reclaim) {
    try (SimulatedKernel kernel = SgxKernel.simulated(config(preset, reclaim), 3)) {
      int[] made = new int[1];
      int[] refused = new int[1];
      for (int i = 0; i < 160; i++) {
        AsyncProcess process = kernel.process().async();
        process
            .mmap(BYTES)
            .thenCompose(base -> process.create(Secs.parse(Ioctls.secs(base, BYTES))))
            .whenComplete(
                (done, why) -> {
                  made[0] += why == null ? 1 : 0;
                  refused[0] += why == null ? 0 : 1;
                });
      }
      kernel.advance(Duration.ofMillis(300));
      assertThat(made[0] + refused[0]).isEqualTo(160);
      assertThat(refused[0]).as("two frames of each never go out: 160 do not fit").isPositive();
      kernel.exitAll();
      assertThat(kernel.audit().violations()).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("drivers")
  void enclavesThatFitOnlyOneByOneKeepWhatTheyWrote(Preset preset, Reclaim reclaim) {
    try (SimulatedKernel kernel = SgxKernel.simulated(config(preset, reclaim), 3)) {
      List<SgxEnclave> enclaves = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        enclaves.add(kernel.process().launch(HeapEnclave.of(1, 150)));
      }
      for (int round = 0; round < 3; round++) {
        for (SgxEnclave enclave : enclaves) {
          enclave.enter(HeapEnclave.write(enclave.base(), 1, 0, 150, round));
        }
        for (SgxEnclave enclave : enclaves) {
          assertThat(enclave.enter(HeapEnclave.verify(enclave.base(), 1, 0, 150, round)).hex())
              .isEqualTo("00000000");
        }
      }
      kernel.exitAll();
      assertThat(kernel.audit().violations()).isEmpty();
      assertThat(kernel.epc().free()).isEqualTo(FRAMES);
    }
  }
}
