package dev.ksgx.kernel.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ksgx.hardware.image.EnclaveImage;
import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.hardware.program.EnclaveProgram;
import dev.ksgx.hardware.program.EnclaveStep;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.KeyRequest;
import dev.ksgx.hardware.structure.Report;
import dev.ksgx.hardware.structure.TargetInfo;
import dev.ksgx.kernel.Debuggable;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.kernel.paging.HeapEnclave;
import dev.ksgx.protocol.abi.Errno;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EnclaveAccessTest {
  private static final KernelConfig CONFIG = KernelConfig.preset(Preset.V5);
  private static final SignedEnclave TINY = SampleEnclaves.tiny();

  /** Of the tiny image: code, TCS, SSA frame, data. */
  private static final long DATA = 0x3000;

  static Stream<SgxKernel> kernels() {
    return Stream.of(SgxKernel.start(CONFIG), SgxKernel.simulated(CONFIG, 5));
  }

  private static Supplier<EnclaveProgram> only(EnclaveStep step) {
    return () -> previous -> previous == null ? step : new EnclaveStep.Exit(previous.value());
  }

  private static EnclaveImage.Page page(int index) {
    return TINY.image().pages().get(index);
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void aProgramReadsWhatTheImageHasAndKeepsWhatItWrites(SgxKernel kernel) {
    try (kernel;
        SgxProcess process = kernel.process();
        SgxEnclave enclave = process.launch(TINY)) {
      long data = enclave.base() + DATA;
      assertThat(enclave.enter(only(new EnclaveStep.Read(data, 32))))
          .isEqualTo(page(3).content().slice(0, 32));
      enclave.enter(only(new EnclaveStep.Write(data, Bytes.fromHex("c0ffee"))));
      assertThat(enclave.enter(only(new EnclaveStep.Read(data, 3))).hex()).isEqualTo("c0ffee");
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void aProgramGetsItsKeyAndItsReport(SgxKernel kernel) {
    try (kernel;
        SgxProcess process = kernel.process();
        SgxEnclave enclave = process.launch(TINY);
        SgxEnclave again = process.launch(TINY);
        SgxEnclave other = process.launch(SampleEnclaves.pages(5))) {
      Bytes key = enclave.enter(sealKey(enclave));
      assertThat(key.length()).isEqualTo(16);
      assertThat(again.enter(sealKey(again))).isEqualTo(key);
      assertThat(other.enter(sealKey(other))).isNotEqualTo(key);
      Bytes report =
          enclave.enter(
              only(
                  new EnclaveStep.MakeReport(
                      TargetInfo.builder().build(), Bytes.zeros(64), enclave.base() + DATA)));
      assertThat(Report.parse(report).mrenclave()).isEqualTo(enclave.mrenclave());
    }
  }

  private static Supplier<EnclaveProgram> sealKey(SgxEnclave enclave) {
    KeyRequest request =
        KeyRequest.builder()
            .keyName(KeyRequest.SEAL)
            .keyPolicy(KeyRequest.POLICY_MRENCLAVE)
            .build();
    return only(new EnclaveStep.GetKey(request, enclave.base() + DATA));
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void aFaultInsideIsNamedAndTheEnclaveLivesOn(SgxKernel kernel) {
    try (kernel;
        SgxProcess process = kernel.process();
        SgxEnclave enclave = process.launch(TINY)) {
      SgxException fault =
          catchThrowableOfType(
              SgxException.class,
              () ->
                  enclave.enter(only(new EnclaveStep.Write(enclave.base(), Bytes.fromHex("00")))));
      assertThat(fault.phase()).isEqualTo(SgxException.Phase.ENTER);
      assertThat(fault.errno()).isNull();
      assertThat(fault.check()).contains("permits the access");
      assertThat(enclave.enter(only(new EnclaveStep.Touch(enclave.base()))).length()).isZero();
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void anExceptionOfTheProgramReachesItsCallerAndNotTheKernel(SgxKernel kernel) {
    try (kernel;
        SgxProcess process = kernel.process();
        SgxEnclave enclave = process.launch(TINY)) {
      assertThatThrownBy(
              () ->
                  enclave.enter(
                      () ->
                          previous -> {
                            throw new ArithmeticException("the program's own");
                          }))
          .isInstanceOf(ArithmeticException.class);
      assertThatThrownBy(() -> enclave.enter(only(new EnclaveStep.Write(enclave.base(), null))))
          .isInstanceOf(NullPointerException.class);
      assertThatThrownBy(() -> enclave.enter(() -> null)).isInstanceOf(NullPointerException.class);
      assertThat(enclave.enter(() -> done -> new EnclaveStep.Exit(Bytes.fromHex("01"))).hex())
          .isEqualTo("01");
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void loadsFromOutsideGiveAllOnesAndStoresAreDropped(SgxKernel kernel) {
    try (kernel;
        SgxProcess process = kernel.process();
        SgxEnclave enclave = process.launch(TINY)) {
      long data = enclave.base() + DATA;
      assertThat(enclave.loadFromOutside(data, 4).hex()).isEqualTo("ffffffff");
      enclave.storeFromOutside(data, Bytes.zeros(4));
      assertThat(enclave.enter(only(new EnclaveStep.Read(data, 4))))
          .isEqualTo(page(3).content().slice(0, 4));
      assertThatThrownBy(() -> enclave.loadFromOutside(data + 4095, 2))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void anAccessWhereNoPageIsPresentFaults(SgxKernel kernel) {
    try (kernel;
        SgxProcess process = kernel.process();
        SgxEnclave enclave = process.launch(SampleEnclaves.pages(5))) {
      long hole = enclave.base() + 0x7000;
      SgxException fault =
          catchThrowableOfType(SgxException.class, () -> enclave.loadFromOutside(hole, 8));
      assertThat(fault.phase()).isEqualTo(SgxException.Phase.ACCESS);
      assertThat(fault.check()).contains("present").contains(Long.toHexString(hole));
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void aDebuggerReadsAndWritesADebugEnclaveAlone(SgxKernel kernel) {
    try (kernel;
        SgxProcess process = kernel.process();
        SgxEnclave closed = process.launch(TINY);
        SgxEnclave open = process.launch(Debuggable.of(TINY))) {
      SgxException refused =
          catchThrowableOfType(SgxException.class, () -> closed.debugRead(closed.base() + DATA));
      assertThat(refused.phase()).isEqualTo(SgxException.Phase.DEBUG);
      assertThat(refused.errno()).isEqualTo(Errno.EFAULT);
      assertThat(refused.check()).contains("ATTRIBUTES.DEBUG");
      assertThat(
              catchThrowableOfType(SgxException.class, () -> open.debugRead(open.base() + 0x4000))
                  .check())
          .contains("no mapping");
      long data = open.base() + DATA;
      assertThat(open.debugRead(data)).isEqualTo(page(3).content().u64(0));
      open.debugWrite(data, 0x0123456789abcdefL);
      assertThat(open.debugRead(data)).isEqualTo(0x0123456789abcdefL);
      assertThat(open.enter(only(new EnclaveStep.Read(data, 8))).u64(0))
          .isEqualTo(0x0123456789abcdefL);
      assertThatThrownBy(() -> open.debugRead(data + 1))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void exitWaitsForThreadsInsideAndTheyFinish() {
    try (SimulatedKernel kernel = SgxKernel.simulated(CONFIG, 3);
        SgxProcess process = kernel.process()) {
      SgxEnclave enclave = process.launch(TINY);
      CompletionStage<Bytes> inside =
          enclave.async().enter(only(new EnclaveStep.Compute(38_000_000)));
      kernel.advance(Duration.ofMillis(1));
      long before = kernel.nowNanos();
      process.kill();
      assertThat(inside.toCompletableFuture()).isCompleted();
      assertThat(kernel.nowNanos() - before).isGreaterThan(Duration.ofMillis(8).toNanos());
      kernel.exitAll();
      assertThat(kernel.audit().violations()).isEmpty();
    }
  }

  @Test
  void twoThreadsAreInsideByTwoTcsAndNoneByOneThatIsTaken() {
    try (SimulatedKernel kernel = SgxKernel.simulated(CONFIG, 3);
        SgxProcess process = kernel.process();
        SgxEnclave enclave = process.launch(HeapEnclave.of(2, 1))) {
      long word = enclave.base() + HeapEnclave.heap(2, 0);
      Bytes told = Bytes.fromHex("c0ffee");
      CompletionStage<Bytes> waits =
          enclave
              .async()
              .enter(
                  () ->
                      previous ->
                          previous != null && previous.value().equals(told)
                              ? new EnclaveStep.Exit(previous.value())
                              : new EnclaveStep.Read(word, 3));
      kernel.advance(Duration.ofMillis(1));
      long first = enclave.base() + HeapEnclave.tcs(0);
      assertThatThrownBy(() -> enclave.enter(first, only(new EnclaveStep.Touch(word))))
          .isInstanceOf(SgxException.class)
          .hasMessageContaining("EENTER");
      assertThat(waits.toCompletableFuture()).isNotDone();
      enclave.enter(enclave.base() + HeapEnclave.tcs(1), only(new EnclaveStep.Write(word, told)));
      assertThat(kernel.await(waits)).isEqualTo(told);
    }
  }
}
