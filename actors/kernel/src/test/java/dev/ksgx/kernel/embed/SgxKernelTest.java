package dev.ksgx.kernel.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ksgx.hardware.image.EnclaveImage;
import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.PageType;
import dev.ksgx.hardware.structure.SecInfo;
import dev.ksgx.hardware.structure.Secs;
import dev.ksgx.hardware.structure.SgxCode;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.protocol.abi.Errno;
import dev.ksgx.protocol.message.EnclaveMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(120)
class SgxKernelTest {
  private static final KernelConfig CONFIG = KernelConfig.preset(Preset.V5);
  private static final SignedEnclave TINY = SampleEnclaves.tiny();

  /** Each rule below holds in live and in virtual time. */
  static Stream<SgxKernel> kernels() {
    return Stream.of(SgxKernel.start(CONFIG), SgxKernel.simulated(CONFIG, 5));
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void aProcessLaunchesAnEnclaveAndEachLevelGivesItsFramesBack(SgxKernel kernel) {
    try (kernel) {
      SgxProcess process = kernel.process();
      SgxEnclave enclave = process.launch(TINY.image(), TINY.sigStruct());
      assertThat(enclave.mrenclave()).isEqualTo(TINY.image().mrenclave());
      assertThat(enclave.state().phase()).isEqualTo(EnclaveMessage.Phase.INITIALIZED);
      assertThat(enclave.state().pages()).isEqualTo(TINY.image().pages().size());
      int withEnclave = kernel.epc().free();
      enclave.close();
      assertThat(enclave.state().phase()).isEqualTo(EnclaveMessage.Phase.RELEASED);
      // pages, SECS, one version array
      assertThat(kernel.epc().free()).isEqualTo(withEnclave + TINY.image().pages().size() + 2);
      process.close();
      kernel.exitAll();
      assertThat(kernel.epc().free()).isEqualTo(kernel.epc().frames());
      assertThat(kernel.epc().peakUsed()).isGreaterThan(TINY.image().pages().size());
      assertThat(kernel.audit().violations()).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void theSingleCallsOfALaunchMakeTheSameEnclave(SgxKernel kernel) {
    EnclaveImage image = TINY.image();
    try (kernel;
        SgxProcess process = kernel.process()) {
      int descriptor = process.open();
      long base = process.mmap(image.sizeBytes());
      process.create(
          Secs.builder()
              .sizeBytes(image.sizeBytes())
              .baseAddress(base)
              .ssaFrameSize(image.ssaFrameSize())
              .attributes(image.attributes())
              .build());
      for (EnclaveImage.Page page : image.pages()) {
        process.addPage(base + page.offset(), page.content(), page.secInfo(), page.mrmask());
      }
      process.init(base, TINY.sigStruct());
      assertThat(process.state(base).phase()).isEqualTo(EnclaveMessage.Phase.INITIALIZED);
      process.munmap(base, image.sizeBytes());
      assertThat(process.state(base).phase()).isEqualTo(EnclaveMessage.Phase.RELEASED);
      process.closeDescriptor(descriptor);
      SgxException refused =
          catchThrowableOfType(SgxException.class, () -> process.closeDescriptor(descriptor));
      assertThat(refused.errno()).isEqualTo(Errno.EBADF);
      assertThat(refused.phase()).isEqualTo(SgxException.Phase.CLOSE);
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void aRefusedInitNamesItsCodeItsCheckAndItsPhaseAndLeavesNothingBehind(SgxKernel kernel) {
    try (kernel;
        SgxProcess process = kernel.process()) {
      SignedEnclave other = SampleEnclaves.pages(5);
      int before = launchedAndClosed(kernel, process);
      SgxException refused =
          catchThrowableOfType(
              SgxException.class, () -> process.launch(TINY.image(), other.sigStruct()));
      assertThat(refused.phase()).isEqualTo(SgxException.Phase.INIT);
      assertThat(refused.sgxCode()).isEqualTo(SgxCode.INVALID_MEASUREMENT);
      assertThat(refused.errno()).isNull();
      assertThat(refused.check()).contains("EINIT").contains("step 11");
      assertThat(refused.getMessage())
          .contains("INIT")
          .contains("SGX_INVALID_MEASUREMENT")
          .contains(refused.check());
      assertThat(refused.getStackTrace()[1].getClassName() + refused.getCause())
          .as("thrown where the caller waits, the gateway's as its cause")
          .contains("SgxException");
      assertThat(kernel.epc().free()).isEqualTo(before);
    }
  }

  private static int launchedAndClosed(SgxKernel kernel, SgxProcess process) {
    process.launch(TINY).close();
    return kernel.epc().free();
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void theErrnoOfEachPhaseComesOut(SgxKernel kernel) {
    try (kernel;
        SgxProcess process = kernel.process()) {
      assertRefused(() -> process.mmap(12345), SgxException.Phase.MMAP, Errno.EINVAL);
      long base = process.mmap(0x4000);
      SecInfo code = SecInfo.reg(true, false, true);
      Bytes page = Bytes.zeros(4096);
      assertRefused(
          () -> process.addPage(base, page, code, 0), SgxException.Phase.ADD, Errno.ENOENT);
      assertRefused(
          () -> process.init(base + 1, TINY.sigStruct()), SgxException.Phase.INIT, Errno.EINVAL);
      assertRefused(
          () -> process.create(Secs.builder().sizeBytes(0x4000).baseAddress(base).build()),
          SgxException.Phase.CREATE,
          Errno.EINVAL);
      assertThatThrownBy(() -> process.addPage(base, Bytes.zeros(1), code, 0))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void initWithoutAnOpenDeviceMeetsNoLaunchEnclave() {
    try (SgxKernel kernel = SgxKernel.simulated(CONFIG, 1);
        SgxProcess process = kernel.process()) {
      EnclaveImage image = TINY.image();
      long base = process.mmap(image.sizeBytes());
      process.create(
          Secs.builder()
              .sizeBytes(image.sizeBytes())
              .baseAddress(base)
              .ssaFrameSize(1)
              .attributes(image.attributes())
              .build());
      assertRefused(() -> process.init(base, TINY.sigStruct()), SgxException.Phase.INIT, Errno.EIO);
    }
  }

  private static void assertRefused(Runnable call, SgxException.Phase phase, Errno errno) {
    SgxException refused = catchThrowableOfType(SgxException.class, call::run);
    assertThat(refused).isNotNull();
    assertThat(refused.phase()).isEqualTo(phase);
    assertThat(refused.errno()).isEqualTo(errno);
    assertThat(refused.sgxCode()).isZero();
    assertThat(refused.check()).isNotEmpty();
    assertThat(refused.getMessage()).contains(phase.name(), errno.name(), refused.check());
  }

  @Test
  @SuppressWarnings("try") // closed twice, which is allowed
  void manyThreadsLaunchInOneProcessEachAsATaskOfItsOwn() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try (SgxKernel kernel = SgxKernel.start(CONFIG);
        SgxProcess process = kernel.process()) {
      List<Callable<Long>> launches = new ArrayList<>();
      for (int i = 0; i < 32; i++) {
        launches.add(
            () -> {
              SgxEnclave enclave = process.launch(TINY);
              assertThat(enclave.state().phase()).isEqualTo(EnclaveMessage.Phase.INITIALIZED);
              return enclave.base();
            });
      }
      List<Long> bases = new ArrayList<>();
      for (Future<Long> base : threads.invokeAll(launches)) {
        bases.add(base.get());
      }
      assertThat(bases).doesNotHaveDuplicates();
      process.close();
      kernel.exitAll();
      assertThat(kernel.audit().violations()).isEmpty();
    } finally {
      threads.shutdownNow();
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void stagesGiveTheSameWithoutWaiting(SgxKernel kernel) {
    try (kernel) {
      CompletionStage<Bytes> measured =
          kernel
              .async()
              .process()
              .thenCompose(process -> process.launch(TINY))
              .thenCompose(enclave -> enclave.unmap().thenApply(gone -> enclave.mrenclave()));
      assertThat(kernel.async().await(measured)).isEqualTo(TINY.image().mrenclave());
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void aStageFailsWithTheRefusal(SgxKernel kernel) {
    try (kernel;
        SgxProcess process = kernel.process()) {
      CompletableFuture<Throwable> failure = new CompletableFuture<>();
      process.async().mmap(1).whenComplete((address, why) -> failure.complete(why));
      assertThat(kernel.async().await(failure))
          .hasCauseInstanceOf(SgxException.class)
          .hasMessageContaining("EINVAL");
    }
  }

  @Test
  void aCallbackThatWouldWaitForItselfIsToldSo() {
    try (SimulatedKernel kernel = SgxKernel.simulated(CONFIG, 1)) {
      CompletionStage<Void> waiting = kernel.async().process().thenAccept(process -> kernel.epc());
      assertThatThrownBy(() -> kernel.await(waiting))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("callback");
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void aClosedEnclaveDoesNotSpeakForTheNextOneAtItsAddress(SgxKernel kernel) {
    try (kernel;
        SgxProcess process = kernel.process()) {
      SgxEnclave first = process.launch(TINY);
      first.close();
      SgxEnclave next = process.launch(TINY);
      assertThat(next.base()).isEqualTo(first.base());
      first.close();
      assertThat(next.state().phase()).isEqualTo(EnclaveMessage.Phase.INITIALIZED);
      assertThat(first.state().phase()).isEqualTo(EnclaveMessage.Phase.RELEASED);
      assertThatThrownBy(() -> first.loadFromOutside(first.base(), 1))
          .isInstanceOf(SgxException.class)
          .hasMessageContaining("no enclave covers");
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void callsOfAProcessThatIsGoneAreRefusedAndClosingAgainIsNothing(SgxKernel kernel) {
    try (kernel) {
      SgxProcess process = kernel.process();
      SgxEnclave enclave = process.launch(TINY);
      process.close();
      process.close();
      process.kill();
      enclave.close();
      assertRefused(() -> process.launch(TINY), SgxException.Phase.MMAP, Errno.EINTR);
      assertRefused(() -> process.mmap(0x4000), SgxException.Phase.MMAP, Errno.EINTR);
      assertThat(process.state(enclave.base()).phase()).isEqualTo(EnclaveMessage.Phase.RELEASED);
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void aClosedKernelAnswersNothingMore(SgxKernel kernel) {
    SgxProcess process = kernel.process();
    kernel.close();
    kernel.close();
    assertThatThrownBy(kernel::epc).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> process.launch(TINY)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void anInterruptedCallerStopsWaiting() {
    try (SgxKernel kernel = SgxKernel.start(CONFIG)) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> kernel.async().await(kernel.async().submit((gateway, call) -> {})))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("interrupted");
      assertThat(Thread.interrupted()).as("the flag stays for who called").isTrue();
      assertThat(kernel.audit().openCalls()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  @SuppressWarnings("try") // the enclave is there to be found
  void theEpcmAndTheCoresCanBeInspected(SgxKernel kernel) {
    try (kernel;
        SgxProcess process = kernel.process();
        SgxEnclave enclave = process.launch(TINY)) {
      long found =
          java.util.stream.IntStream.range(0, kernel.epc().frames())
              .mapToObj(kernel::inspectFrame)
              .filter(frame -> frame.valid() && frame.type() == PageType.TCS)
              .count();
      assertThat(found).as("one of the enclave, one of the launch enclave").isEqualTo(2);
      assertThat(kernel.cores()).hasSize(CONFIG.cores());
      assertThat(kernel.cores().stream().mapToLong(core -> core.einits()).sum())
          .isGreaterThanOrEqualTo(2);
      assertThat(kernel.cores().stream().mapToLong(core -> core.msrWrites()).sum()).isPositive();
      assertThat(kernel.launchEnclave().requests()).isEqualTo(1);
      assertThat(kernel.launchEnclave().coldStarts()).isEqualTo(1);
    }
  }
}
