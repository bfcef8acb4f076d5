package dev.ksgx.kernel.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ksgx.hardware.cpu.MachineConfig;
import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.protocol.abi.Errno;
import dev.ksgx.protocol.abi.LaunchFault;
import dev.ksgx.protocol.message.CoreMessage;
import dev.ksgx.protocol.message.EnclaveMessage;
import dev.ksgx.runtime.probe.Resource;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;

/** What each injected fault leads to, and that the books balance afterwards. */
class FaultInjectionTest {
  private static final KernelConfig QUIET = KernelConfig.preset(Preset.V5).withInterrupts(0, 0);
  private static final KernelConfig ONE_CORE =
      QUIET.withMachine(MachineConfig.builder().processors(1).build());
  private static final SignedEnclave TINY = SampleEnclaves.tiny();

  private static long sum(SgxKernel kernel, ToLongFunction<CoreMessage.Counters> figure) {
    return kernel.cores().stream().mapToLong(figure).sum();
  }

  private static void assertBooksBalance(SgxKernel kernel) {
    kernel.exitAll();
    assertThat(kernel.audit().violations()).isEmpty();
    assertThat(kernel.epc().free()).isEqualTo(kernel.epc().frames());
  }

  private static boolean isDone(CompletionStage<?> stage) {
    return stage.toCompletableFuture().isDone();
  }

  @Test
  void anInterruptedEinitIsTriedAgain() {
    try (SimulatedKernel kernel = SgxKernel.simulated(ONE_CORE, 1);
        SgxProcess process = kernel.process()) {
      process.launch(TINY).close();
      assertThat(sum(kernel, CoreMessage.Counters::einitRetries)).isZero();
      CompletionStage<AsyncEnclave> launch = process.async().launch(TINY);
      while (sum(kernel, CoreMessage.Counters::einitRetries) == 0) {
        kernel.faults().interruptCore(0);
        kernel.advance(Duration.ofNanos(10_000));
      }
      assertThat(isDone(launch)).isFalse();
      kernel.await(launch);
      assertThat(sum(kernel, CoreMessage.Counters::einitRetries)).isEqualTo(1);
      assertThat(sum(kernel, CoreMessage.Counters::wastedCycles)).isPositive();
      assertBooksBalance(kernel);
    }
  }

  @Test
  void aDeadLaunchEnclaveIsStartedAgainForTheNextToken() {
    try (SimulatedKernel kernel = SgxKernel.simulated(QUIET, 1);
        SgxProcess process = kernel.process()) {
      process.launch(TINY).close();
      kernel.faults().killLaunchEnclave();
      kernel.advance(Duration.ofMillis(1));
      process.launch(TINY);
      assertThat(kernel.launchEnclave().coldStarts()).isEqualTo(2);
      assertBooksBalance(kernel);
    }
  }

  @Test
  void aLaunchEnclaveThatDeniesOrIsSlowDoesSoFromNowOnUntilItIsSoundAgain() {
    try (SimulatedKernel kernel = SgxKernel.simulated(QUIET, 1);
        SgxProcess process = kernel.process()) {
      process.launch(TINY).close();
      kernel.faults().launchEnclave(LaunchFault.DENYING);
      SgxException refused = catchThrowableOfType(SgxException.class, () -> process.launch(TINY));
      assertThat(refused.code()).isEqualTo("SGX_INVALID_EINITTOKEN");
      long before = kernel.nowNanos();
      kernel.faults().slowLaunchEnclave(50_000_000);
      process.launch(TINY).close();
      assertThat(kernel.nowNanos() - before).isBetween(50_000_000L, 52_000_000L);
      kernel.faults().launchEnclave(LaunchFault.NONE);
      before = kernel.nowNanos();
      process.launch(TINY).close();
      assertThat(kernel.nowNanos() - before).isLessThan(2_000_000L);
      assertThatThrownBy(() -> kernel.faults().launchEnclave(LaunchFault.SLOW))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> kernel.faults().slowLaunchEnclave(-1))
          .isInstanceOf(IllegalArgumentException.class);
      assertBooksBalance(kernel);
    }
  }

  @Test
  void microcodeCanBeLoadedUnderARunningKernel() {
    try (SimulatedKernel kernel = SgxKernel.simulated(QUIET, 1);
        SgxProcess process = kernel.process()) {
      process.launch(TINY).close();
      kernel.faults().updateMicrocode(Bytes.zeros(16));
      process.launch(TINY).close();
      assertThatThrownBy(() -> kernel.faults().updateMicrocode(Bytes.zeros(8)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("expected 16");
    }
  }

  @Test
  void theShippedDriverNeverStartsItAgainAndInitGetsEpipe() {
    KernelConfig shipped = QUIET.withBugs(Bugs.asShipped(Preset.V5));
    try (SimulatedKernel kernel = SgxKernel.simulated(shipped, 1);
        SgxProcess process = kernel.process()) {
      process.launch(TINY).close();
      kernel.faults().killLaunchEnclave();
      kernel.advance(Duration.ofMillis(1));
      assertInitRefused(process, Errno.EPIPE);
      assertInitRefused(process, Errno.EPIPE);
      assertThat(kernel.launchEnclave().coldStarts()).isEqualTo(1);
      assertBooksBalance(kernel);
    }
  }

  private static void assertInitRefused(SgxProcess process, Errno errno) {
    SgxException refused = catchThrowableOfType(SgxException.class, () -> process.launch(TINY));
    assertThat(refused).isNotNull();
    assertThat(refused.phase()).isEqualTo(SgxException.Phase.INIT);
    assertThat(refused.errno()).isEqualTo(errno);
  }

  @Test
  void aLaunchEnclaveThatDiesWhileItIsWaitedForGivesEnomem() {
    try (SimulatedKernel kernel = SgxKernel.simulated(QUIET, 1);
        SgxProcess process = kernel.process()) {
      CompletionStage<AsyncEnclave> launch = process.async().launch(TINY);
      advanceUntilTheTokenIsWaitedFor(kernel);
      kernel.faults().killLaunchEnclave();
      SgxException refused = catchThrowableOfType(SgxException.class, () -> kernel.await(launch));
      assertThat(refused.phase()).isEqualTo(SgxException.Phase.INIT);
      assertThat(refused.errno()).isEqualTo(Errno.ENOMEM);
      assertThat(refused.check()).contains("launch enclave");
      assertBooksBalance(kernel);
    }
  }

  private static void advanceUntilTheTokenIsWaitedFor(SimulatedKernel kernel) {
    for (int i = 0; i < 100_000; i++) {
      if (launchMutexHeld(kernel)) {
        kernel.advance(Duration.ofNanos(20_000));
        return;
      }
      kernel.advance(Duration.ofNanos(1_000));
    }
    throw new AssertionError("nobody asked for a token");
  }

  /** By somebody who initialises; open() holds it too, but before anything is in the EPC. */
  private static boolean launchMutexHeld(SimulatedKernel kernel) {
    return kernel.epc().free() < kernel.epc().frames()
        && kernel.probe().resources().stream()
            .anyMatch(
                resource ->
                    resource.name().equals("launch-enclave")
                        && resource.statistics().acquisitions() > 1);
  }

  @Test
  void aSignalInterruptsTheWaitForTheTokenOnce() {
    try (SimulatedKernel kernel = SgxKernel.simulated(QUIET, 1);
        SgxProcess process = kernel.process()) {
      CompletionStage<AsyncEnclave> launch = process.async().launch(TINY);
      advanceUntilTheTokenIsWaitedFor(kernel);
      assertThat(kernel.faults().signal(process)).isEqualTo(1);
      SgxException refused = catchThrowableOfType(SgxException.class, () -> kernel.await(launch));
      assertThat(refused.phase()).isEqualTo(SgxException.Phase.INIT);
      assertThat(refused.errno()).isEqualTo(Errno.EINTR);
      assertThat(kernel.faults().signal(process)).as("no thread is in a call").isZero();
      assertThat(process.launch(TINY).state().phase())
          .as("the signal was handled at the return to user mode")
          .isEqualTo(EnclaveMessage.Phase.INITIALIZED);
      assertBooksBalance(kernel);
    }
  }

  /** B-29 in the shared slot: its flags are the driver's and outlive every process. */
  @Test
  void onlyLoadingTheModuleAnewClearsTheSlotThatAnInterruptedCallerLeft() {
    KernelConfig shipped =
        KernelConfig.preset(Preset.DCAP_LE)
            .withInterrupts(0, 0)
            .withBugs(Bugs.asShipped(Preset.DCAP_LE));
    try (SimulatedKernel kernel = SgxKernel.simulated(shipped, 1)) {
      SgxProcess process = kernel.process();
      process.launch(TINY).close();
      CompletionStage<AsyncEnclave> launch = process.async().launch(TINY);
      advanceUntilTheTokenIsWaitedFor(kernel);
      kernel.faults().signal(process);
      assertThatThrownBy(() -> kernel.await(launch)).isInstanceOf(SgxException.class);
      assertStale(process);
      SgxException busy =
          catchThrowableOfType(SgxException.class, () -> kernel.faults().reloadModule());
      assertThat(busy.errno()).isEqualTo(Errno.EBUSY);
      process.close();
      SgxProcess next = kernel.process();
      next.open();
      kernel.advance(Duration.ofMillis(100));
      assertStale(next);
      next.close();
      kernel.faults().reloadModule();
      SgxProcess last = kernel.process();
      assertThat(last.launch(TINY).state().phase()).isEqualTo(EnclaveMessage.Phase.INITIALIZED);
      assertBooksBalance(kernel);
    }
  }

  private static void assertStale(SgxProcess process) {
    for (int i = 0; i < 2; i++) {
      SgxException stale = catchThrowableOfType(SgxException.class, () -> process.launch(TINY));
      assertThat(stale.code()).isEqualTo("SGX_INVALID_EINITTOKEN");
    }
  }

  @Test
  void timeCanPassOverADeadlockAndACallUnderWayHasTheNumberOfTheProbe() {
    try (SimulatedKernel kernel = SgxKernel.simulated(QUIET, 1)) {
      SgxProcess one = kernel.process();
      SgxProcess two = kernel.process();
      one.launch(TINY).close();
      kernel.faults().launchEnclave(LaunchFault.HUNG);
      CompletionStage<AsyncEnclave> first = one.async().launch(TINY);
      kernel.advanceWhoeverWaits(Duration.ofSeconds(1));
      CompletionStage<AsyncEnclave> second = two.async().launch(TINY);
      long before = kernel.nowNanos();
      kernel.advanceWhoeverWaits(Duration.ofSeconds(1));
      assertThat(kernel.nowNanos() - before).isEqualTo(1_000_000_000L);
      assertThat(isDone(first) || isDone(second)).isFalse();
      assertThatThrownBy(() -> kernel.advance(Duration.ofSeconds(1)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("deadlock");
      Resource lock =
          kernel.probe().resources().stream()
              .filter(resource -> resource.name().equals("launch-enclave"))
              .findFirst()
              .orElseThrow();
      assertThat(kernel.await(one.async().requests()))
          .containsExactly(lock.holders().iterator().next().request());
      assertThat(kernel.await(two.async().requests()))
          .containsExactly(lock.waiters().iterator().next().request());
      kernel.faults().killLaunchEnclave();
      kernel.await(second);
      assertThat(kernel.await(two.async().requests())).isEmpty();
      kernel.advance(Duration.ofMillis(1));
      assertBooksBalance(kernel);
    }
  }

  @Test
  void aSignalThatInterruptedNothingDoesNotReachTheNextCall() {
    try (SimulatedKernel kernel = SgxKernel.simulated(QUIET, 1);
        SgxProcess process = kernel.process()) {
      process.launch(TINY);
      long before = sum(kernel, CoreMessage.Counters::einits);
      CompletionStage<AsyncEnclave> launch = process.async().launch(TINY);
      while (sum(kernel, CoreMessage.Counters::einits) == before) {
        kernel.advance(Duration.ofNanos(1_000));
      }
      assertThat(kernel.faults().signal(process)).isEqualTo(1);
      kernel.await(launch);
      process.launch(TINY);
      assertBooksBalance(kernel);
    }
  }

  @Test
  void aTableConflictFailsCreateWithEfaultAndIsCounted() {
    try (SimulatedKernel kernel = SgxKernel.simulated(ONE_CORE, 1);
        SgxProcess process = kernel.process()) {
      process.launch(TINY).close();
      kernel.faults().failNextLeaf(0);
      SgxException refused = catchThrowableOfType(SgxException.class, () -> process.launch(TINY));
      assertThat(refused.phase()).isEqualTo(SgxException.Phase.CREATE);
      assertThat(refused.errno()).isEqualTo(Errno.EFAULT);
      assertThat(refused.check()).contains("EPA");
      assertThat(sum(kernel, CoreMessage.Counters::conflicts)).isEqualTo(1);
      process.launch(TINY);
      assertBooksBalance(kernel);
    }
  }

  @Test
  void aLaunchGoesOnWhenItsCoreIsUnplugged() {
    try (SimulatedKernel kernel = SgxKernel.simulated(QUIET, 1);
        SgxProcess process = kernel.process()) {
      CompletionStage<AsyncEnclave> launch = process.async().launch(TINY);
      for (int core = 0; core < 3; core++) {
        kernel.advance(Duration.ofNanos(40_000));
        assertThat(isDone(launch)).isFalse();
        kernel.faults().unplugCore(core);
      }
      AsyncEnclave enclave = kernel.await(launch);
      assertThat(kernel.await(enclave.state()).phase()).isEqualTo(EnclaveMessage.Phase.INITIALIZED);
      assertThatThrownBy(() -> kernel.faults().unplugCore(3))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> kernel.faults().unplugCore(4))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertBooksBalance(kernel);
    }
  }

  @Test
  void aKilledProcessLeavesNothingWhereverItsLaunchWas() {
    long whole;
    try (SimulatedKernel kernel = SgxKernel.simulated(QUIET, 1);
        SgxProcess process = kernel.process()) {
      process.launch(TINY);
      whole = kernel.nowNanos();
    }
    for (long at = 0; at <= whole; at += whole / 40) {
      try (SimulatedKernel kernel = SgxKernel.simulated(QUIET, 1)) {
        SgxProcess process = kernel.process();
        CompletionStage<AsyncEnclave> launch = process.async().launch(TINY);
        kernel.advance(Duration.ofNanos(at));
        process.kill();
        assertThat(isDone(launch)).as("killed at %d ns", at).isTrue();
        if (launch.toCompletableFuture().isCompletedExceptionally()) {
          SgxException refused =
              catchThrowableOfType(SgxException.class, () -> kernel.await(launch));
          assertThat(refused.errno()).as("killed at %d ns: %s", at, refused).isEqualTo(Errno.EINTR);
        }
        assertBooksBalance(kernel);
      }
    }
  }

  @Test
  void faultsWorkInLiveTimeToo() {
    try (SgxKernel kernel = SgxKernel.start(ONE_CORE);
        SgxProcess process = kernel.process()) {
      process.launch(TINY).close();
      kernel.faults().interruptCore(0);
      kernel.faults().failNextLeaf(0);
      assertThat(catchThrowableOfType(SgxException.class, () -> process.launch(TINY))).isNotNull();
      kernel.faults().killLaunchEnclave();
      SgxProcess other = kernel.process();
      other.kill();
      assertBooksBalance(kernel);
    }
  }
}
