package dev.ksgx.kernel.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.cpu.MachineConfig;
import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.kernel.config.Reclaim;
import dev.ksgx.kernel.embed.SgxEnclave;
import dev.ksgx.kernel.embed.SgxKernel;
import dev.ksgx.kernel.embed.SimulatedKernel;
import dev.ksgx.kernel.paging.HeapEnclave;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A driver without bugs keeps its books, whatever it evicts. */
class CleanRunTest {
  static Stream<Arguments> drivers() {
    List<Arguments> all = new ArrayList<>();
    for (Preset preset : Preset.values()) {
      for (Reclaim reclaim : Reclaim.values()) {
        for (boolean vaEviction : new boolean[] {false, true}) {
          all.add(Arguments.of(preset, reclaim, vaEviction));
        }
      }
    }
    return all.stream();
  }

  private static KernelConfig config(Preset preset, Reclaim reclaim, boolean vaEviction, int mib) {
    KernelConfig config = KernelConfig.preset(preset);
    return config
        .withBugs(Bugs.fixed())
        .withMachine(MachineConfig.builder().processors(2).epcBytes((long) mib << 20).build())
        .withPaging(config.paging().withReclaim(reclaim).withVaEviction(vaEviction));
  }

  @ParameterizedTest
  @MethodSource("drivers")
  void theBooksBalanceAfterEveryMessageWhenEnclavesOutgrowTheEpc(
      Preset preset, Reclaim reclaim, boolean vaEviction) {
    run(config(preset, reclaim, vaEviction, 1), HeapEnclave.of(1, 120), 4);
  }

  @ParameterizedTest
  @MethodSource("drivers")
  void theTouchedFramesOfALargerMachineBalanceAfterEveryMessage(
      Preset preset, Reclaim reclaim, boolean vaEviction) {
    run(config(preset, reclaim, vaEviction, 2), HeapEnclave.of(1, 220), 4);
  }

  private static void run(KernelConfig config, SignedEnclave image, int count) {
    int pages = image.image().pages().size() - 2;
    try (SimulatedKernel kernel = SgxKernel.checked(config, 3)) {
      List<SgxEnclave> enclaves = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        enclaves.add(kernel.process().launch(image));
      }
      for (int round = 0; round < 2; round++) {
        for (SgxEnclave enclave : enclaves) {
          enclave.enter(HeapEnclave.write(enclave.base(), 1, 0, pages, round));
        }
      }
      assertThat(kernel.swapper().evicted()).isGreaterThan(pages);
      enclaves.get(0).close();
      kernel.watch().orElseThrow().atEnd(kernel.nowNanos(), false);
      kernel.exitAll();
      kernel.watch().orElseThrow().atEnd(kernel.nowNanos(), true);
      assertThat(kernel.watch().orElseThrow().known()).isEmpty();
      assertThat(kernel.audit().violations()).isEmpty();
    }
  }
}
