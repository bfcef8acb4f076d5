package dev.ksgx.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.hardware.program.EnclaveStep;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.protocol.abi.Errno;
import dev.ksgx.protocol.abi.SgxIoctl;
import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.Burst;
import dev.ksgx.protocol.message.Executed;
import dev.ksgx.protocol.message.Returned;
import dev.ksgx.protocol.message.SchedulerMessage;
import dev.ksgx.protocol.message.Step;
import dev.ksgx.protocol.message.StepResult;
import org.junit.jupiter.api.Test;

/** Threads in user mode, inside an enclave or not, when their process or their enclave goes. */
class ThreadsInsideTest {
  private static final SignedEnclave TINY = SampleEnclaves.tiny();
  private static final long LONG = 38_000_000;

  private static KernelConfig config() {
    return KernelConfig.preset(Preset.V5);
  }

  private static Rig.Pending<Executed> run(Rig rig, TaskRef task, Step step) {
    return rig.ask(
        call ->
            rig.doors
                .scheduler()
                .tell(
                    new SchedulerMessage.Run(
                        task, rig.newRequest(), Burst.of(step), call, rig.self())));
  }

  private static Step visit(Rig rig, Rig.Process process, long base) {
    return new Step.Enter(
        base + 0x1000,
        rig.state(process, base).translation(),
        () ->
            previous ->
                previous == null
                    ? new EnclaveStep.Compute(LONG)
                    : new EnclaveStep.Exit(Bytes.zeros(0)));
  }

  private static String faultOf(Rig.Pending<Executed> ran) {
    return ((StepResult.Left) ran.value().last()).fault();
  }

  @Test
  void aKilledProcessLeavesItsEnclaveBeforeItsPagesGo() {
    try (Rig rig = new Rig(config())) {
      Rig.Process process = rig.process();
      rig.open(process);
      long base = rig.launch(process, TINY).address();
      TaskRef thread = rig.thread(process);
      Rig.Pending<Executed> inside = run(rig, thread, visit(rig, process, base));
      rig.system().runUntil(rig.system().nowNanos() + 1_000_000);
      assertThat(inside.isDone()).isFalse();
      rig.finish(rig.startKill(process));
      assertThat(inside.isDone()).as("the thread's burst is answered").isTrue();
      assertThat(faultOf(inside)).contains("fatal signal");
      rig.system().runToQuiescence().orThrow();
      AtRest.checkEmpty(rig, "after the kill");
    }
  }

  @Test
  void munmapUnderAThreadInsideMakesItLeaveAndFreesEveryFrame() {
    try (Rig rig = new Rig(config())) {
      Rig.Process process = rig.process();
      rig.open(process);
      long base = rig.launch(process, TINY).address();
      long other = rig.launch(process, SampleEnclaves.pages(8)).address();
      Rig.Pending<Executed> inside = run(rig, rig.thread(process), visit(rig, process, base));
      Step otherVisit =
          new Step.Enter(
              other
                  + SampleEnclaves.pages(8).image().pages().stream()
                      .filter(
                          page -> page.secInfo().equals(dev.ksgx.hardware.structure.SecInfo.tcs()))
                      .findFirst()
                      .orElseThrow()
                      .offset(),
              rig.state(process, other).translation(),
              () ->
                  previous ->
                      previous == null
                          ? new EnclaveStep.Compute(LONG)
                          : new EnclaveStep.Exit(Bytes.zeros(0)));
      Rig.Pending<Executed> elsewhere = run(rig, rig.thread(process), otherVisit);
      rig.system().runUntil(rig.system().nowNanos() + 1_000_000);
      int before = rig.epc().free();
      assertThat(rig.munmap(process, base, TINY.image().sizeBytes()).isZero()).isTrue();
      assertThat(faultOf(inside)).contains("unmapped");
      assertThat(elsewhere.isDone()).as("a visit of another enclave goes on").isFalse();
      assertThat(rig.epc().free() - before).isEqualTo(TINY.image().pages().size() + 2);
      rig.finish(elsewhere);
      assertThat(faultOf(elsewhere)).isEmpty();
    }
  }

  @Test
  void aThreadThatComputesKeepsItsCoreForNobodyOnceItsProcessIsKilled() {
    try (Rig rig = new Rig(config())) {
      Rig.Process process = rig.process();
      TaskRef thread = rig.thread(process);
      Rig.Pending<Executed> computing = run(rig, thread, new Step.Compute(LONG));
      rig.system().runUntil(rig.system().nowNanos() + 1_000_000);
      rig.finish(rig.startKill(process));
      assertThat(computing.isDone()).isTrue();
      rig.system().runToQuiescence().orThrow();
      assertThat(
              rig.system().probe().resources().stream()
                  .filter(resource -> resource.name().equals("cores"))
                  .findFirst()
                  .orElseThrow()
                  .holders()
                  .size())
          .isZero();
    }
  }

  @Test
  void aProcessThatIsGoneRefusesEveryCallInsteadOfLeavingItUnanswered() {
    try (Rig rig = new Rig(config())) {
      Rig.Process process = rig.process();
      long base = rig.mmap(process, 1 << 16).value();
      Rig.Pending<Returned> first = rig.startExit(process);
      Rig.Pending<Returned> second = rig.startKill(process);
      assertThat(rig.finish(first).result().isZero()).isTrue();
      assertThat(rig.finish(second).result().isZero()).isTrue();
      rig.system().runToQuiescence().orThrow();
      assertThat(rig.mmap(process, 1 << 16).errno()).isEqualTo(Errno.EINTR);
      assertThat(rig.munmap(process, base, 1 << 16).errno()).isEqualTo(Errno.EINTR);
      assertThat(rig.finish(rig.startKill(process)).result().isZero()).isTrue();
      assertThat(rig.state(process, base).translation()).isNull();
    }
  }

  @Test
  void aSignalToAThreadThatHasNotRunYetWaitsForIt() {
    try (Rig rig = new Rig(config())) {
      Rig.Process process = rig.process();
      rig.open(process);
      long base = Ioctls.added(rig, process, TINY);
      TaskRef fresh = rig.thread(process);
      rig.signal(fresh);
      SgxIoctl init = new SgxIoctl.Init(base, TINY.sigStruct(), false);
      assertThat(rig.finish(rig.startIoctl(process, fresh, init)).result().errno())
          .isEqualTo(Errno.EINTR);
    }
  }
}
