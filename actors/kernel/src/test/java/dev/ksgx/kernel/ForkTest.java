package dev.ksgx.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ksgx.hardware.cpu.MachineConfig;
import dev.ksgx.hardware.epc.EpcInspection;
import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.hardware.leaf.Translation;
import dev.ksgx.hardware.program.EnclaveProgram;
import dev.ksgx.hardware.program.EnclaveStep;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.kernel.config.PteTiming;
import dev.ksgx.kernel.embed.SgxEnclave;
import dev.ksgx.kernel.embed.SgxException;
import dev.ksgx.kernel.embed.SgxKernel;
import dev.ksgx.kernel.embed.SgxProcess;
import dev.ksgx.kernel.embed.SimulatedKernel;
import dev.ksgx.kernel.paging.HeapEnclave;
import dev.ksgx.protocol.message.CoreMessage;
import dev.ksgx.protocol.message.EnclaveMessage;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** fork under each generation: driver.md 1.4, 1.7, B-54. */
class ForkTest {
  private static final int FRAMES = 192;
  private static final int HEAP = 60;
  private static final SignedEnclave SHARED = HeapEnclave.of(2, HEAP);
  private static final SignedEnclave OTHER = HeapEnclave.of(2, 400);

  private static KernelConfig config(Preset preset) {
    return KernelConfig.preset(preset)
        .withMachine(MachineConfig.builder().processors(4).epcBytes(4096L * FRAMES).build());
  }

  private static SimulatedKernel kernel(Preset preset) {
    return SgxKernel.simulated(config(preset), 7);
  }

  private static SgxEnclave launch(SgxProcess process) {
    SgxEnclave enclave = process.launch(SHARED);
    write(enclave, 1);
    return enclave;
  }

  private static void write(SgxEnclave enclave, int round) {
    enclave.enter(HeapEnclave.write(enclave.base(), 2, 0, HEAP, round));
  }

  private static void verify(SgxEnclave enclave, int round) {
    assertThat(enclave.enter(HeapEnclave.verify(enclave.base(), 2, 0, HEAP, round)).hex())
        .isEqualTo("00000000");
  }

  private static void checkEmpty(SimulatedKernel kernel) {
    kernel.exitAll();
    assertThat(kernel.audit().violations()).isEmpty();
    assertThat(kernel.epc().free()).isEqualTo(FRAMES);
  }

  @Test
  void upToDcapTheChildHasNoMapping() {
    try (SimulatedKernel kernel = kernel(Preset.V5)) {
      SgxProcess parent = kernel.process();
      SgxEnclave enclave = launch(parent);
      SgxProcess child = parent.fork();
      assertThat(child.pid()).isNotEqualTo(parent.pid());
      assertThat(child.state(enclave.base()).phase()).isEqualTo(EnclaveMessage.Phase.RELEASED);
      SgxException refused =
          catchThrowableOfType(SgxException.class, () -> verify(enclave.in(child), 1));
      assertThat(refused.check()).contains("no enclave covers");
      child.close();
      verify(enclave, 1);
      assertThat(parent.fork().launch(SampleEnclaves.tiny()).state().phase())
          .isEqualTo(EnclaveMessage.Phase.INITIALIZED);
      checkEmpty(kernel);
    }
  }

  @Test
  void inMainlineParentAndChildRunTheSameEnclave() {
    try (SimulatedKernel kernel = kernel(Preset.MAINLINE)) {
      SgxProcess parent = kernel.process();
      SgxEnclave enclave = launch(parent);
      SgxEnclave inChild = enclave.in(parent.fork());
      verify(inChild, 1);
      write(inChild, 2);
      verify(enclave, 2);
      write(enclave, 3);
      verify(inChild, 3);
      checkEmpty(kernel);
    }
  }

  @Test
  void exitOfTheParentLeavesTheChildRunning() {
    try (SimulatedKernel kernel = kernel(Preset.MAINLINE)) {
      SgxProcess parent = kernel.process();
      SgxEnclave enclave = launch(parent);
      SgxProcess child = parent.fork();
      parent.close();
      verify(enclave.in(child), 1);
      write(enclave.in(child), 2);
      SgxProcess grandchild = child.fork();
      child.close();
      verify(enclave.in(grandchild), 2);
      int held = FRAMES - kernel.epc().free();
      assertThat(held).isGreaterThan(HEAP);
      grandchild.close();
      assertThat(kernel.epc().free()).as("the last one takes it along").isEqualTo(FRAMES);
      checkEmpty(kernel);
    }
  }

  @Test
  void exitAndMunmapOfTheChildLeaveTheParentRunning() {
    try (SimulatedKernel kernel = kernel(Preset.MAINLINE)) {
      SgxProcess parent = kernel.process();
      SgxEnclave enclave = launch(parent);
      SgxProcess first = parent.fork();
      SgxProcess second = parent.fork();
      first.munmap(enclave.base(), SHARED.image().sizeBytes());
      assertThat(first.state(enclave.base()).phase()).isEqualTo(EnclaveMessage.Phase.RELEASED);
      verify(enclave, 1);
      second.kill();
      verify(enclave, 1);
      checkEmpty(kernel);
    }
  }

  @Test
  void pagesOfASharedEnclaveAreEvictedFromBothAndComeBackToBoth() {
    try (SimulatedKernel kernel = kernel(Preset.MAINLINE)) {
      SgxProcess parent = kernel.process();
      SgxEnclave enclave = launch(parent);
      SgxProcess child = parent.fork();
      SgxEnclave inChild = enclave.in(child);
      verify(inChild, 1);
      SgxEnclave other = kernel.process().launch(OTHER);
      for (int round = 2; round < 6; round++) {
        other.enter(HeapEnclave.write(other.base(), 2, 0, 400, round));
        assertThat(enclave.state().pages()).as("most of it is out").isLessThan(HEAP);
        entriesLeadToTheirOwnPages(kernel, parent, enclave.base());
        entriesLeadToTheirOwnPages(kernel, child, enclave.base());
        verify(round % 2 == 0 ? inChild : enclave, round - 1);
        write(round % 2 == 0 ? enclave : inChild, round);
      }
      checkEmpty(kernel);
    }
  }

  /** B-54: no entry leads to a frame that holds something else. */
  @Test
  void aPageThatTheParentBroughtBackIsMappedByTheFaultOfTheChild() {
    KernelConfig atAdd = config(Preset.MAINLINE);
    atAdd = atAdd.withPaging(atAdd.paging().withPte(PteTiming.AT_ADD));
    try (SimulatedKernel kernel = SgxKernel.simulated(atAdd, 7)) {
      SgxProcess parent = kernel.process();
      SgxEnclave enclave = launch(parent);
      SgxEnclave inChild = enclave.in(parent.fork());
      SgxEnclave other = kernel.process().launch(OTHER);
      other.enter(HeapEnclave.write(other.base(), 2, 0, 400, 3));
      verify(enclave, 1);
      verify(inChild, 1);
      checkEmpty(kernel);
    }
  }

  @Test
  void inMainlineAnEnclaveLivesOnWithoutAPartOfItsMapping() {
    try (SimulatedKernel kernel = kernel(Preset.MAINLINE)) {
      SgxProcess process = kernel.process();
      SgxEnclave enclave = launch(process);
      process.munmap(enclave.base() + HeapEnclave.heap(2, HEAP - 1), 4096);
      assertThat(enclave.state().phase()).isEqualTo(EnclaveMessage.Phase.INITIALIZED);
      assertThat(enclave.enter(HeapEnclave.verify(enclave.base(), 2, 0, HEAP - 1, 1)).hex())
          .isEqualTo("00000000");
      SgxException gone = catchThrowableOfType(SgxException.class, () -> verify(enclave, 1));
      assertThat(gone.check()).contains("no SGX mapping covers the address");
      checkEmpty(kernel);
    }
  }

  private static void entriesLeadToTheirOwnPages(
      SimulatedKernel kernel, SgxProcess process, long base) {
    Translation table = process.state(base).translation();
    long first = config(Preset.MAINLINE).machine().sections().get(0).baseAddress();
    for (int page = 0; page < HEAP + 4; page++) {
      long physical = table.translate(base + 4096L * page);
      if (physical != Translation.NOT_PRESENT) {
        EpcInspection frame = kernel.inspectFrame((int) ((physical - first) / 4096));
        assertThat(frame.valid()).as("page %d", page).isTrue();
        assertThat(frame.address()).isEqualTo(base + 4096L * page);
      }
    }
  }

  /** A fork at many instants of a reclaim storm. */
  @Test
  void aForkDuringReclaimCopiesNoEntryOfAPageThatGoes() {
    for (int delay = 0; delay < 20; delay++) {
      try (SimulatedKernel kernel = kernel(Preset.MAINLINE)) {
        SgxProcess parent = kernel.process();
        SgxEnclave enclave = launch(parent);
        SgxEnclave other = kernel.process().launch(OTHER);
        CompletionStage<Bytes> storm =
            other.async().enter(HeapEnclave.write(other.base(), 2, 0, 200, 9));
        kernel.advance(Duration.ofNanos(200_000 + 46_912L * delay));
        SgxProcess child = parent.fork();
        entriesLeadToTheirOwnPages(kernel, child, enclave.base());
        kernel.await(storm);
        entriesLeadToTheirOwnPages(kernel, child, enclave.base());
        entriesLeadToTheirOwnPages(kernel, parent, enclave.base());
        verify(enclave.in(child), 1);
        verify(enclave, 1);
        checkEmpty(kernel);
      }
    }
  }

  /** Only the child is inside; without an interrupt to its core EWB would find old translations. */
  @Test
  void evictionInterruptsTheCoresOfBoth() {
    try (SimulatedKernel kernel = kernel(Preset.MAINLINE)) {
      SgxProcess parent = kernel.process();
      SgxEnclave enclave = launch(parent);
      SgxEnclave inChild = enclave.in(parent.fork());
      CompletionStage<Bytes> inside = inChild.async().enter(compute(400_000_000));
      kernel.advance(Duration.ofMillis(1));
      long before = shootdowns(kernel);
      SgxEnclave other = kernel.process().launch(OTHER);
      other.enter(HeapEnclave.write(other.base(), 2, 0, 400, 1));
      assertThat(inside.toCompletableFuture()).isNotDone();
      assertThat(enclave.state().pages()).isLessThan(HEAP / 2);
      assertThat(shootdowns(kernel)).isGreaterThan(before);
      kernel.await(inside);
      verify(inChild, 1);
      checkEmpty(kernel);
    }
  }

  private static long shootdowns(SgxKernel kernel) {
    return kernel.cores().stream().mapToLong(CoreMessage.Counters::shootdowns).sum();
  }

  private static Supplier<EnclaveProgram> compute(long cycles) {
    return () ->
        previous ->
            previous == null
                ? new EnclaveStep.Compute(cycles)
                : new EnclaveStep.Exit(Bytes.zeros(0));
  }
}
