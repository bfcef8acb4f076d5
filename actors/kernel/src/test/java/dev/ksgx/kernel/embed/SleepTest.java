package dev.ksgx.kernel.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ksgx.hardware.cpu.MachineConfig;
import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.hardware.program.EnclaveProgram;
import dev.ksgx.hardware.program.EnclaveStep;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.kernel.paging.HeapEnclave;
import dev.ksgx.protocol.abi.Errno;
import dev.ksgx.protocol.message.CoreMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The machine sleeps under threads that run enclaves (driver.md 1.7). */
class SleepTest {
  private static final long CYCLES = 380_000_000;

  private static Supplier<EnclaveProgram> compute(long cycles) {
    return () ->
        previous ->
            previous == null
                ? new EnclaveStep.Compute(cycles)
                : new EnclaveStep.Exit(Bytes.zeros(0));
  }

  private static SgxException failure(CompletionStage<?> stage) {
    CompletionException thrown =
        catchThrowableOfType(CompletionException.class, () -> stage.toCompletableFuture().join());
    return (SgxException) thrown.getCause();
  }

  @ParameterizedTest
  @EnumSource(Preset.class)
  void theBooksOfAnEnclaveThatLostItsPowerAreNotHeldAgainstTheDriver(Preset preset) {
    try (SimulatedKernel kernel = SgxKernel.checked(KernelConfig.preset(preset), 3)) {
      kernel.process().launch(SampleEnclaves.tiny());
      kernel.suspend();
      kernel.resume();
      kernel.advance(Duration.ofMillis(1));
      kernel.process().launch(SampleEnclaves.tiny());
      kernel.exitAll();
      assertThat(kernel.watch().orElseThrow().known()).isEmpty();
    }
  }

  @Test
  void aThreadInsideLeavesByAexBeforeThePowerGoesAndGetsSigbusAfterwards() {
    try (SimulatedKernel kernel = SgxKernel.simulated(KernelConfig.preset(Preset.V5), 3)) {
      SgxProcess process = kernel.process();
      SgxEnclave enclave = process.launch(SampleEnclaves.tiny());
      long exits = exits(kernel);
      CompletionStage<Bytes> inside = enclave.async().enter(compute(CYCLES));
      kernel.advance(Duration.ofMillis(1));
      long start = kernel.nowNanos();
      assertThat(kernel.suspend()).isEqualTo(1);
      assertThat(kernel.nowNanos() - start)
          .as("nobody waits for the next interrupt, let alone the end of the visit")
          .isLessThan(Duration.ofMillis(1).toNanos());
      assertThat(exits(kernel)).isGreaterThan(exits);
      kernel.advance(Duration.ofHours(8));
      assertThat(inside.toCompletableFuture()).isNotDone();
      kernel.resume();
      kernel.advance(Duration.ofMillis(1));
      SgxException fault = failure(inside);
      assertThat(fault.phase()).isEqualTo(SgxException.Phase.ENTER);
      assertThat(fault.check()).contains("SIGBUS").contains("the enclave is dead");
      kernel.exitAll();
      assertThat(kernel.audit().violations()).isEmpty();
    }
  }

  private static long exits(SgxKernel kernel) {
    return kernel.cores().stream().mapToLong(CoreMessage.Counters::exits).sum();
  }

  @Test
  void nobodyEntersALostEnclave() {
    try (SimulatedKernel kernel = SgxKernel.simulated(KernelConfig.preset(Preset.V5), 3)) {
      SgxEnclave enclave = kernel.process().launch(SampleEnclaves.tiny());
      kernel.suspend();
      kernel.resume();
      SgxException fault =
          catchThrowableOfType(SgxException.class, () -> enclave.enter(compute(1)));
      assertThat(fault.check()).contains("SIGBUS").contains("the enclave is dead");
    }
  }

  /** mainline: bit 15 of the error code says that a present page broke a rule: SIGSEGV. */
  @Test
  void withoutAHandlerAPresentPageGivesSigsegvAndOneThatIsOutSigbus() {
    KernelConfig config = KernelConfig.preset(Preset.MAINLINE);
    int frames = 128;
    config =
        config.withMachine(MachineConfig.builder().processors(2).epcBytes(4096L * frames).build());
    try (SimulatedKernel kernel = SgxKernel.simulated(config, 3)) {
      SgxEnclave small = kernel.process().launch(HeapEnclave.of(1, 4));
      small.enter(HeapEnclave.write(small.base(), 1, 0, 4, 1));
      SgxEnclave large = kernel.process().launch(HeapEnclave.of(1, 400));
      large.enter(HeapEnclave.write(large.base(), 1, 0, 400, 1));
      assertThat(small.state().pages()).as("it is out").isZero();
      assertThat(kernel.suspend()).isZero();
      kernel.resume();
      SgxException out =
          catchThrowableOfType(
              SgxException.class, () -> small.enter(HeapEnclave.write(small.base(), 1, 0, 4, 2)));
      assertThat(out.check()).contains("SIGBUS").contains("ELDU");
      SgxException present =
          catchThrowableOfType(
              SgxException.class, () -> large.enter(HeapEnclave.write(large.base(), 1, 399, 1, 2)));
      assertThat(present.check()).startsWith("SIG");
      kernel.exitAll();
      assertThat(kernel.audit().violations()).isEmpty();
      assertThat(kernel.epc().free()).isEqualTo(frames);
    }
  }

  /** With pages outside and version arrays in the EPC, on each generation: all frames return. */
  @ParameterizedTest
  @EnumSource(Preset.class)
  void aMachineUnderPressureComesBackWithAllItsFrames(Preset preset) {
    int frames = 128;
    for (Bugs bugs : List.of(Bugs.fixed(), Bugs.asShipped(preset))) {
      KernelConfig config =
          KernelConfig.preset(preset)
              .withBugs(bugs)
              .withMachine(MachineConfig.builder().processors(2).epcBytes(4096L * frames).build());
      try (SimulatedKernel kernel = SgxKernel.simulated(config, 5)) {
        List<CompletionStage<Bytes>> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          SgxEnclave enclave = kernel.process().launch(HeapEnclave.of(1, 60));
          threads.add(enclave.async().enter(HeapEnclave.write(enclave.base(), 1, 0, 60, i)));
        }
        kernel.advance(Duration.ofNanos(300_000));
        kernel.suspend();
        kernel.resume();
        kernel.advance(Duration.ofSeconds(1));
        assertThat(threads).allMatch(thread -> thread.toCompletableFuture().isDone());
        kernel.exitAll();
        assertThat(kernel.epc().free()).as("%s, %s", preset, bugs).isEqualTo(frames);
        assertThat(kernel.audit().violations()).isEmpty();
        if (bugs.has(Bugs.HASH_WRITTEN_AT_LOAD_ONLY)) {
          SgxException lost =
              catchThrowableOfType(
                  SgxException.class, () -> kernel.process().launch(HeapEnclave.of(1, 60)));
          assertThat(lost.check()).as("B-53").contains("the daemon has no launch enclave");
          continue;
        }
        SgxEnclave next = kernel.process().launch(HeapEnclave.of(1, 60));
        next.enter(HeapEnclave.write(next.base(), 1, 0, 60, 9));
      }
    }
  }

  @Test
  void refusalsAreExceptionsWithTheirErrno() {
    try (SgxKernel kernel = SgxKernel.start(KernelConfig.preset(Preset.V5))) {
      SgxException awake = catchThrowableOfType(SgxException.class, kernel::resume);
      assertThat(awake.phase()).isEqualTo(SgxException.Phase.RESUME);
      assertThat(awake.errno()).isEqualTo(Errno.EINVAL);
      kernel.suspend();
      SgxException asleep = catchThrowableOfType(SgxException.class, kernel::suspend);
      assertThat(asleep.phase()).isEqualTo(SgxException.Phase.SUSPEND);
      assertThat(asleep.errno()).isEqualTo(Errno.EBUSY);
      kernel.resume();
      SgxException lost =
          catchThrowableOfType(
              SgxException.class,
              () -> {
                try (SgxProcess process = kernel.process()) {
                  SgxEnclave enclave = process.launch(SampleEnclaves.tiny());
                  kernel.suspend();
                  kernel.resume();
                  process.init(enclave.base(), SampleEnclaves.tiny().sigStruct());
                }
              });
      assertThat(lost.sgxCode()).isEqualTo(0x40000000);
      assertThat(lost.code()).isEqualTo("SGX_POWER_LOST_ENCLAVE");
    }
  }

  /** In live mode, with real threads that launch, enter and unmap all the time. */
  @ParameterizedTest
  @EnumSource(Preset.class)
  void sleepsUnderLoadLoseNoCallAndNoFrame(Preset preset) throws Exception {
    KernelConfig config =
        KernelConfig.preset(preset)
            .withMachine(MachineConfig.builder().processors(4).epcBytes(4096L * 256).build());
    ExecutorService users = Executors.newFixedThreadPool(4);
    try (SgxKernel kernel = SgxKernel.start(config)) {
      List<Future<?>> ends = new ArrayList<>();
      for (int user = 0; user < 4; user++) {
        ends.add(users.submit(() -> launchAndRun(kernel, 25)));
      }
      int sleeps = 0;
      while (!ends.stream().allMatch(Future::isDone)) {
        kernel.suspend();
        kernel.resume();
        sleeps++;
        kernel.process().close();
      }
      for (Future<?> end : ends) {
        end.get();
      }
      assertThat(sleeps).isPositive();
      kernel.exitAll();
      assertThat(kernel.epc().free()).isEqualTo(256);
      assertThat(kernel.audit().violations()).isEmpty();
    } finally {
      users.shutdownNow();
    }
  }

  /** What the sleep takes away shows as an exception of the driver, never of the kernel. */
  private static void launchAndRun(SgxKernel kernel, int times) {
    for (int i = 0; i < times; i++) {
      try (SgxProcess process = kernel.process()) {
        SgxEnclave enclave = process.launch(HeapEnclave.of(1, 40));
        enclave.enter(HeapEnclave.write(enclave.base(), 1, 0, 40, i));
      } catch (SgxException lost) {
        assertThat(lost.check()).isNotBlank();
      }
    }
  }
}
