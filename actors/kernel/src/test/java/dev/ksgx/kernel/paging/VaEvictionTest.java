package dev.ksgx.kernel.paging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ksgx.hardware.cpu.MachineConfig;
import dev.ksgx.hardware.image.EnclaveImage;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.SecInfo;
import dev.ksgx.hardware.structure.Secs;
import dev.ksgx.kernel.config.AddMode;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.LaunchDesign;
import dev.ksgx.kernel.config.MsrPolicy;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.kernel.embed.SgxEnclave;
import dev.ksgx.kernel.embed.SgxException;
import dev.ksgx.kernel.embed.SgxKernel;
import dev.ksgx.kernel.embed.SgxProcess;
import dev.ksgx.kernel.embed.SimulatedKernel;
import dev.ksgx.protocol.abi.Errno;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Version arrays that are paged, and what happens where they are not (driver.md 3.3, B-12). */
class VaEvictionTest {
  private static final int FRAMES = 32;
  private static final int SLOTS = 512;

  /** What version arrays that stay can serve: all frames but two of them. */
  private static final int FOOTPRINT = SLOTS * (FRAMES - 2);

  private static KernelConfig config(Preset preset, int frames, boolean vaEviction) {
    KernelConfig config =
        KernelConfig.preset(preset).withLaunch(LaunchDesign.direct(MsrPolicy.ALWAYS));
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
      assertThat(refused.check())
          .as("in a deferred add, which kills the enclave, or in the call itself")
          .containsAnyOf("version arrays fill the EPC", "nothing to evict", "the enclave is dead");
      assertThat(building.added).isBetween(FOOTPRINT - SLOTS, FOOTPRINT + SLOTS);
      kernel.exitAll();
      assertThat(kernel.audit().violations()).isEmpty();
      assertThat(kernel.epc().free()).isEqualTo(FRAMES);
    }
  }

  /**
   * One frame more than the limit allows is never free: two SECS and as many version arrays as may
   * be fill the EPC, and no enclave is initialised.
   */
  private static CompletionStage<Void> addBesideAnother(
      SimulatedKernel kernel, SgxProcess process) {
    new Building(process, 2);
    Building building = new Building(process, 2 * FOOTPRINT);
    CompletionStage<Void> last;
    do {
      last = building.addOne();
      kernel.advance(Duration.ofMillis(1));
    } while (last.toCompletableFuture().isDone()
        && !last.toCompletableFuture().isCompletedExceptionally()
        && building.added < 2 * FOOTPRINT);
    return last;
  }

  private static KernelConfig synchronous(Bugs bugs) {
    return config(Preset.V5, FRAMES, false).withAdd(AddMode.SYNCHRONOUS).withBugs(bugs);
  }

  @Test
  void withNothingToEvictTheAllocatorGivesUpWithEnomem() {
    try (SimulatedKernel kernel = SgxKernel.simulated(synchronous(Bugs.fixed()), 3);
        SgxProcess process = kernel.process()) {
      CompletionStage<Void> last = addBesideAnother(kernel, process);
      SgxException refused = catchThrowableOfType(SgxException.class, () -> kernel.await(last));
      assertThat(refused.errno()).isEqualTo(Errno.ENOMEM);
      assertThat(refused.check()).contains("nothing to evict");
    }
  }

  @Test
  void withB12ItLoopsUntilASignalComes() {
    Bugs shipped = Bugs.of(List.of(Bugs.ALLOCATOR_LOOPS));
    try (SimulatedKernel kernel = SgxKernel.simulated(synchronous(shipped), 3);
        SgxProcess process = kernel.process()) {
      CompletionStage<Void> last = addBesideAnother(kernel, process);
      assertThat(last.toCompletableFuture()).isNotDone();
      long before = kernel.swapper().directPasses();
      kernel.advance(Duration.ofMillis(100));
      assertThat(last.toCompletableFuture()).isNotDone();
      assertThat(kernel.swapper().directPasses()).isGreaterThan(before + 1_000);
      assertThat(kernel.epc().free()).isZero();
      assertThat(kernel.faults().signal(process)).isEqualTo(1);
      SgxException refused = catchThrowableOfType(SgxException.class, () -> kernel.await(last));
      assertThat(refused.errno()).isEqualTo(Errno.ERESTARTSYS);
    }
  }

  @ParameterizedTest
  @EnumSource(Preset.class)
  void versionArraysComeBackFirstThenTheSecsThenThePage(Preset preset) {
    int heap = 2 * SLOTS - 3;
    try (SimulatedKernel kernel = SgxKernel.simulated(config(preset, 128, true), 3)) {
      SgxEnclave out = kernel.process().launch(HeapEnclave.of(1, heap));
      int arrays = kernel.epc().vaPages();
      assertThat(arrays).as("two, and the second level").isEqualTo(3);
      SgxEnclave hot = kernel.process().launch(HeapEnclave.of(1, 400));
      for (int round = 0; kernel.epc().secsPages() > 1; round++) {
        hot.enter(HeapEnclave.write(hot.base(), 1, 0, 400, round));
      }
      assertThat(out.state().pages()).isZero();
      assertThat(kernel.epc().vaPages()).as("of both enclaves").isLessThanOrEqualTo(4);
      kernel.advance(Duration.ofMillis(1));
      assertThat(orderOfReturn(kernel, out))
          .as("that of the page, that of the SECS, then they")
          .isEqualTo("version array, version array, SECS, page");
      kernel.exitAll();
      assertThat(kernel.audit().violations()).isEmpty();
    }
  }

  private static String orderOfReturn(SimulatedKernel kernel, SgxEnclave enclave) {
    List<String> order = new ArrayList<>();
    int arrays = kernel.epc().vaPages();
    int secs = kernel.epc().secsPages();
    int pages = enclave.state().pages();
    CompletionStage<Bytes> visit =
        enclave.async().loadFromOutside(enclave.base() + HeapEnclave.heap(1, 700), 1);
    while (!visit.toCompletableFuture().isDone()) {
      kernel.advance(Duration.ofNanos(200));
      if (kernel.epc().vaPages() > arrays) {
        order.add("version array");
      }
      if (kernel.epc().secsPages() > secs) {
        order.add("SECS");
      }
      if (enclave.state().pages() > pages) {
        order.add("page");
      }
      arrays = kernel.epc().vaPages();
      secs = kernel.epc().secsPages();
      pages = enclave.state().pages();
    }
    return String.join(", ", order);
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
