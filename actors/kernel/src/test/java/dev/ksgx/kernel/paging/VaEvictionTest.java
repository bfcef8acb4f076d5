package dev.ksgx.kernel.paging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ksgx.hardware.cpu.MachineConfig;
import dev.ksgx.hardware.image.EnclaveImage;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.SecInfo;
import dev.ksgx.hardware.structure.Secs;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.Launch;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.kernel.embed.SgxEnclave;
import dev.ksgx.kernel.embed.SgxException;
import dev.ksgx.kernel.embed.SgxKernel;
import dev.ksgx.kernel.embed.SgxProcess;
import dev.ksgx.kernel.embed.SimulatedKernel;
import dev.ksgx.protocol.abi.Errno;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Version arrays that are paged, and what happens where they are not (driver.md 3.3, B-12). */
class VaEvictionTest {
  private static final int FRAMES = 32;
  private static final int SLOTS = 512;

  /** What version arrays that stay can serve: all frames but two of them. */
  private static final int FOOTPRINT = SLOTS * (FRAMES - 2);

  private static KernelConfig config(Preset preset, int frames, boolean vaEviction) {
    KernelConfig config = KernelConfig.preset(preset).withLaunch(Launch.DIRECT);
    return config
        .withMachine(MachineConfig.builder().processors(2).epcBytes(4096L * frames).build())
        .withPaging(config.paging().withVaEviction(vaEviction));
  }

  @ParameterizedTest
  @EnumSource(Preset.class)
  void aFootprintBeyondAllVersionArraysKeepsEveryByte(Preset preset) {
    int heap = FOOTPRINT + 2 * SLOTS;
    try (SimulatedKernel kernel = SgxKernel.simulated(config(preset, FRAMES, true), 3)) {
      try (SgxProcess process = kernel.process();
          SgxEnclave enclave = process.launch(HeapEnclave.of(1, heap))) {
        enclave.enter(HeapEnclave.write(enclave.base(), 1, 0, heap, 7));
        assertThat(enclave.enter(HeapEnclave.verify(enclave.base(), 1, 0, heap, 7)).hex())
            .isEqualTo("00000000");
        assertThat(kernel.epc().vaPages()).as("most of them are out").isLessThan(FRAMES - 2);
      }
      kernel.exitAll();
      assertThat(kernel.audit().violations()).isEmpty();
      assertThat(kernel.epc().free()).isEqualTo(FRAMES);
    }
  }

  @ParameterizedTest
  @EnumSource(Preset.class)
  void withoutItThatFootprintIsRefusedInBoundedSteps(Preset preset) {
    try (SimulatedKernel kernel = SgxKernel.simulated(config(preset, FRAMES, false), 3);
        SgxProcess process = kernel.process()) {
      Building building = new Building(process, 2 * FOOTPRINT);
      SgxException refused =
          catchThrowableOfType(
              SgxException.class, () -> building.addUntil(FOOTPRINT + 2 * SLOTS, kernel));
      assertThat(refused).as("the footprint is refused").isNotNull();
      assertThat(refused.errno()).isEqualTo(Errno.ENOMEM);
      assertThat(building.added).isBetween(FOOTPRINT - SLOTS, FOOTPRINT + SLOTS);
      kernel.exitAll();
      assertThat(kernel.audit().violations()).isEmpty();
      assertThat(kernel.epc().free()).isEqualTo(FRAMES);
    }
  }

  /** An enclave that grows page by page. */
  private static final class Building {
    private final SgxProcess process;
    private final long base;
    private int added;

    Building(SgxProcess process, int pages) {
      this.process = process;
      process.open();
      long bytes = Long.highestOneBit(pages * 4096L - 1) << 1;
      this.base = process.mmap(bytes);
      EnclaveImage image = EnclaveImage.builder("growing").sizeBytes(bytes).build();
      process.create(
          Secs.builder()
              .baseAddress(base)
              .sizeBytes(bytes)
              .ssaFrameSize(1)
              .attributes(image.attributes())
              .build());
    }

    CompletionStage<Void> addOne() {
      SecInfo heap = SecInfo.reg(true, true, false);
      return process.async().addPage(base + 4096L * added++, Bytes.zeros(4096), heap, 0);
    }

    /** Every add has a simulated second; more steps than that would be a loop. */
    void addUntil(int pages, SimulatedKernel kernel) {
      while (added < pages) {
        long begin = kernel.nowNanos();
        kernel.await(addOne());
        assertThat(kernel.nowNanos() - begin).isLessThan(1_000_000_000L);
      }
    }
  }
}
