package dev.ksgx.kernel.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.leaf.AccessResult;
import dev.ksgx.hardware.program.EnclaveProgram;
import dev.ksgx.hardware.program.EnclaveStep;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.SgxCode;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.Scheduling;
import dev.ksgx.kernel.cost.Cost;
import dev.ksgx.kernel.cost.CostModel;
import dev.ksgx.protocol.message.Burst;
import dev.ksgx.protocol.message.CoreMessage;
import dev.ksgx.protocol.message.SchedulerMessage;
import dev.ksgx.protocol.message.Step;
import dev.ksgx.protocol.message.StepResult;
import dev.ksgx.protocol.message.Work;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Threads inside enclaves on cores: faults, interrupts, preemption, shootdowns. */
class EnclaveVisitTest {
  private static final long SWITCH = Cost.CONTEXT_SWITCH.cycles();
  private static final long GLUE = Cost.ECALL_GLUE.cycles();
  private static final long EENTER = Cost.EENTER.cycles();
  private static final long EEXIT = Cost.EEXIT.cycles();
  private static final long AEX = Cost.AEX.cycles();
  private static final long ERESUME = Cost.ERESUME.cycles();
  private static final long ACCESS = Cost.ENCLAVE_ACCESS.cycles();
  private static final long HANDLER = Cost.INTERRUPT.cycles();
  private static final long IPI_HANDLER = Cost.IPI_HANDLER.cycles();
  private static final long INSIDE = SWITCH + GLUE + EENTER;
  private static final long OUTSIDE = EEXIT + GLUE;
  private static final long MS = 1_000_000;

  private static EnclaveProgram script(EnclaveStep... steps) {
    int[] next = new int[1];
    return previous ->
        next[0] < steps.length
            ? steps[next[0]++]
            : new EnclaveStep.Exit(previous == null ? Bytes.zeros(0) : previous.value());
  }

  private static Step.Enter enter(BareEnclave enclave, EnclaveStep... steps) {
    return new Step.Enter(enclave.tcs, enclave.translation, () -> script(steps));
  }

  private static EnclaveStep touch(long linear, long cycles) {
    return new EnclaveStep.Touch(linear, false, cycles);
  }

  private static StepResult.Faulted faulted(CpuRig.Ran ran) {
    return (StepResult.Faulted) ran.executed.last();
  }

  private static String fault(CpuRig.Ran ran) {
    return ((StepResult.Left) ran.executed.last()).fault();
  }

  @Test
  void aVisitTakesItsEntryItsStepsAndItsExit() {
    try (CpuRig rig = new CpuRig(CpuRig.quiet(1))) {
      BareEnclave enclave = new BareEnclave(rig.machine);
      long data = enclave.data(0);
      CpuRig.Ran ran =
          rig.runAndBlock(
              1,
              Burst.of(
                  enter(
                      enclave,
                      new EnclaveStep.Touch(data),
                      touch(data, 5_000),
                      new EnclaveStep.Compute(700),
                      new EnclaveStep.Write(data, Bytes.fromHex("c0ffee")),
                      new EnclaveStep.Read(data, 3))));
      rig.toTheEnd();
      assertThat(ran.executed.last()).isEqualTo(new StepResult.Left(Bytes.fromHex("c0ffee"), ""));
      assertThat(ran.endNanos).isEqualTo(INSIDE + 3 * ACCESS + 5_000 + 700 + OUTSIDE);
      assertThat(rig.counters(0).exits()).isZero();
      assertThat(rig.machine.processor(0).inEnclave()).isFalse();
    }
  }

  @Test
  void aPageFaultIsAnAsynchronousExitAndTheThreadGoesOnAtTheSameStep() {
    try (CpuRig rig = new CpuRig(CpuRig.quiet(1))) {
      BareEnclave enclave = new BareEnclave(rig.machine);
      long data = enclave.data(0);
      enclave.present(data, false);
      CpuRig.Ran ran =
          rig.runAndBlock(
              1, Burst.of(enter(enclave, new EnclaveStep.Compute(100), touch(data + 8, 900))));
      rig.toTheEnd();
      StepResult.Faulted fault = faulted(ran);
      assertThat(fault.address()).isEqualTo(data + 8);
      assertThat(fault.errorCode()).isEqualTo(AccessResult.PF_USER);
      assertThat(ran.endNanos).isEqualTo(INSIDE + 100 + AEX);
      assertThat(rig.machine.processor(0).inEnclave()).isFalse();
      assertThat(rig.counters(0).exits()).isEqualTo(1);

      enclave.present(data, true);
      long before = rig.now();
      CpuRig.Ran resumed = rig.runAndBlock(1, Burst.of(fault.again()));
      rig.toTheEnd();
      assertThat(fault(resumed)).isEmpty();
      assertThat(resumed.endNanos - before).isEqualTo(SWITCH + ERESUME + 900 + OUTSIDE);
    }
  }

  @Test
  void anEntryThatFaultsIsTriedAgainAndTheProgramIsAskedForOnce() {
    try (CpuRig rig = new CpuRig(CpuRig.quiet(1))) {
      BareEnclave enclave = new BareEnclave(rig.machine);
      int[] asked = new int[1];
      Supplier<EnclaveProgram> program =
          () -> {
            asked[0]++;
            return script(new EnclaveStep.Compute(10));
          };
      Step.Enter enter = new Step.Enter(enclave.tcs, enclave.translation, program);
      enclave.present(enclave.tcs, false);
      CpuRig.Ran ran = rig.run(1, Burst.of(enter));
      rig.toTheEnd();
      assertThat(faulted(ran).again()).isSameAs(enter);
      assertThat(faulted(ran).address()).isEqualTo(enclave.tcs);
      assertThat(asked[0]).isZero();
      assertThat(rig.counters(0).exits()).as("it was not inside").isZero();
      enclave.present(enclave.tcs, true);
      CpuRig.Ran again = rig.run(1, Burst.of(faulted(ran).again()));
      rig.toTheEnd();
      assertThat(fault(again)).isEmpty();
      assertThat(asked[0]).isEqualTo(1);
    }
  }

  @Test
  void whatChangesHalfwayIsSeenByTheTouchesAfterIt() {
    try (CpuRig rig = new CpuRig(CpuRig.quiet(1))) {
      BareEnclave enclave = new BareEnclave(rig.machine);
      long data = enclave.data(0);
      List<EnclaveStep> touches = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        touches.add(touch(data, 1_000));
      }
      int[] issued = new int[1];
      Supplier<EnclaveProgram> program =
          () ->
              previous -> {
                issued[0]++;
                return issued[0] <= 10
                    ? touches.get(issued[0] - 1)
                    : new EnclaveStep.Exit(Bytes.zeros(0));
              };
      CpuRig.Ran ran =
          rig.run(1, Burst.of(new Step.Enter(enclave.tcs, enclave.translation, program)));
      rig.at(INSIDE + 4_500);
      enclave.present(data, false);
      rig.toTheEnd();
      assertThat(faulted(ran).address()).isEqualTo(data);
      assertThat(issued[0]).as("five were through, the sixth faults").isEqualTo(6);
      assertThat(ran.endNanos).isEqualTo(INSIDE + 5_000 + AEX);
    }
  }

  @Test
  void anAccessFromOutsideThatFaultsIsTriedAgain() {
    try (CpuRig rig = new CpuRig(CpuRig.quiet(1))) {
      BareEnclave enclave = new BareEnclave(rig.machine);
      long data = enclave.data(0);
      enclave.present(data, false);
      Step access = new Step.Access(enclave.translation, data, 4, null);
      CpuRig.Ran ran = rig.run(1, Burst.of(access, Step.software(Work.SYSCALL)));
      rig.toTheEnd();
      assertThat(faulted(ran).again()).isSameAs(access);
      assertThat(ran.executed.results()).hasSize(1);
      enclave.present(data, true);
      CpuRig.Ran again = rig.run(1, Burst.of(access));
      rig.toTheEnd();
      AccessResult result = ((StepResult.Accessed) again.executed.last()).result();
      assertThat(result.data().hex()).isEqualTo("ffffffff");
    }
  }

  @Test
  void aGeneralProtectionFaultUnwindsTheThreadWhichCanBeEnteredAgain() {
    try (CpuRig rig = new CpuRig(CpuRig.quiet(1))) {
      BareEnclave enclave = new BareEnclave(rig.machine);
      EnclaveStep misaligned =
          new EnclaveStep.GetKey(
              dev.ksgx.hardware.structure.KeyRequest.builder().build(), enclave.data(0) + 8);
      CpuRig.Ran ran = rig.run(1, Burst.of(enter(enclave, misaligned)));
      rig.toTheEnd();
      assertThat(fault(ran)).contains("aligned");
      assertThat(ran.endNanos).isEqualTo(INSIDE + AEX + ERESUME + OUTSIDE);
      assertThat(rig.counters(0).exits()).isEqualTo(1);
      CpuRig.Ran again = rig.run(1, Burst.of(enter(enclave)));
      rig.toTheEnd();
      assertThat(fault(again)).isEmpty();
    }
  }

  @Test
  void interruptsInsideCostAnExitTheHandlerAndAResume() {
    KernelConfig config = CpuRig.quiet(1).withInterrupts(1_000, 0);
    try (CpuRig rig = new CpuRig(config)) {
      BareEnclave enclave = new BareEnclave(rig.machine);
      CpuRig.Ran ran =
          rig.runAndBlock(1, Burst.of(enter(enclave, new EnclaveStep.Compute(100 * MS))));
      rig.toTheEnd();
      long interrupts = rig.counters(0).interrupts();
      assertThat(interrupts).isBetween(100L, 102L);
      assertThat(rig.counters(0).exits()).isEqualTo(interrupts);
      assertThat(ran.endNanos)
          .isEqualTo(INSIDE + 100 * MS + OUTSIDE + interrupts * (AEX + HANDLER + ERESUME));
    }
  }

  @Test
  void anInterruptInsideLetsATrackingCycleEnd() {
    try (CpuRig rig = new CpuRig(CpuRig.quiet(2))) {
      BareEnclave enclave = new BareEnclave(rig.machine);
      CpuRig.Ran ran = rig.run(1, Burst.of(enter(enclave, new EnclaveStep.Compute(MS))));
      rig.at(MS / 2);
      enclave.block(enclave.data(0));
      assertThat(enclave.track().isOk()).isTrue();
      assertThat(enclave.evict(enclave.data(0)).code()).isEqualTo(SgxCode.NOT_TRACKED);
      rig.tellCore(0, CoreMessage.Interrupt.NOW);
      rig.at(rig.now() + 1);
      assertThat(enclave.evict(enclave.data(0)).isOk()).isTrue();
      rig.toTheEnd();
      assertThat(fault(ran)).isEmpty();
      assertThat(ran.endNanos).isEqualTo(INSIDE + MS + OUTSIDE + AEX + HANDLER + ERESUME);
    }
  }

  @Test
  void aShootdownThrowsTheThreadOutIsAcknowledgedAtOnceAndTheThreadGoesOn() {
    try (CpuRig rig = new CpuRig(CpuRig.quiet(3))) {
      BareEnclave enclave = new BareEnclave(rig.machine);
      CpuRig.Ran ran = rig.run(1, Burst.of(enter(enclave, new EnclaveStep.Compute(MS))));
      CpuRig.Ran beside = rig.run(2, Burst.of(new Step.Compute(MS)));
      rig.at(MS / 2);
      long data = enclave.data(0);
      enclave.present(data, false);
      enclave.block(data);
      enclave.track();
      assertThat(enclave.evict(data).code()).isEqualTo(SgxCode.NOT_TRACKED);
      long[] acknowledged = {-1};
      int[] cores = new int[1];
      rig.shootdown(
          List.of(1),
          answer -> {
            acknowledged[0] = rig.now();
            cores[0] = answer.cores();
          });
      rig.at(MS / 2 + 1);
      assertThat(acknowledged[0]).isEqualTo(MS / 2);
      assertThat(cores[0]).isEqualTo(2);
      assertThat(enclave.evict(data).isOk()).isTrue();
      assertThat(ran.isDone()).isFalse();
      rig.toTheEnd();
      assertThat(fault(ran)).isEmpty();
      assertThat(ran.endNanos).isEqualTo(INSIDE + MS + OUTSIDE + AEX + IPI_HANDLER + ERESUME);
      assertThat(beside.endNanos).isEqualTo(SWITCH + MS + IPI_HANDLER);
      assertThat(rig.counters(0).shootdowns()).isEqualTo(1);
      assertThat(rig.counters(0).exits()).isEqualTo(1);
      assertThat(rig.counters(1).shootdowns()).isEqualTo(1);
      assertThat(rig.counters(1).exits()).isZero();
      assertThat(rig.counters(2).shootdowns()).isZero();
    }
  }

  @Test
  void aThreadMayComeInWhileAnotherIsStillInterrupted() {
    try (CpuRig rig = new CpuRig(CpuRig.quiet(2))) {
      BareEnclave enclave = new BareEnclave(rig.machine);
      CpuRig.Ran ran = rig.run(1, Burst.of(enter(enclave, new EnclaveStep.Compute(MS))));
      rig.at(MS / 2);
      rig.shootdown(List.of(1), answer -> {});
      rig.at(MS / 2 + AEX + IPI_HANDLER + ERESUME + 1);
      assertThat(rig.machine.processor(0).inEnclave()).as("back before any EWB").isTrue();
      enclave.block(enclave.data(0));
      enclave.track();
      assertThat(enclave.evict(enclave.data(0)).code())
          .as("the cycle began after it came back")
          .isEqualTo(SgxCode.NOT_TRACKED);
      rig.toTheEnd();
      assertThat(fault(ran)).isEmpty();
    }
  }

  @Test
  void aThreadThatCannotComeBackAfterAShootdownFaultsAndKeepsWhatIsLeft() {
    try (CpuRig rig = new CpuRig(CpuRig.quiet(1))) {
      BareEnclave enclave = new BareEnclave(rig.machine);
      CpuRig.Ran ran = rig.run(1, Burst.of(enter(enclave, new EnclaveStep.Compute(MS))));
      rig.at(INSIDE + MS / 4);
      enclave.present(enclave.tcs, false);
      rig.shootdown(List.of(1), answer -> {});
      rig.toTheEnd();
      assertThat(faulted(ran).address()).isEqualTo(enclave.tcs);
      assertThat(ran.endNanos).isEqualTo(INSIDE + MS / 4 + AEX + IPI_HANDLER + ERESUME);
      enclave.present(enclave.tcs, true);
      long before = rig.now();
      CpuRig.Ran resumed = rig.run(1, Burst.of(faulted(ran).again()));
      rig.toTheEnd();
      assertThat(fault(resumed)).isEmpty();
      assertThat(resumed.endNanos - before).isEqualTo(ERESUME + MS * 3 / 4 + OUTSIDE);
    }
  }

  @Test
  void aShootdownOfProcessesThatRunNowhereIsAcknowledgedAtOnce() {
    try (CpuRig rig = new CpuRig(CpuRig.quiet(1))) {
      CpuRig.Ran ran = rig.run(1, Burst.of(new Step.Compute(MS)));
      int[] cores = {-1};
      rig.at(MS / 2);
      rig.shootdown(List.of(2, 3), answer -> cores[0] = answer.cores());
      rig.at(MS / 2 + 1);
      assertThat(cores[0]).isZero();
      rig.toTheEnd();
      assertThat(ran.endNanos).isEqualTo(SWITCH + MS);
    }
  }

  @Test
  void aCoreThatIsUnpluggedCountsAsShotDownAndItsVisitGoesOnElsewhere() {
    try (CpuRig rig = new CpuRig(CpuRig.quiet(2))) {
      BareEnclave enclave = new BareEnclave(rig.machine);
      CpuRig.Ran ran = rig.run(1, Burst.of(enter(enclave, new EnclaveStep.Compute(MS))));
      rig.at(INSIDE + MS / 2);
      int[] cores = {-1};
      rig.tellCore(0, CoreMessage.Unplug.NOW);
      rig.shootdown(List.of(1), answer -> cores[0] = answer.cores());
      rig.at(INSIDE + MS / 2 + 1);
      assertThat(cores[0]).isNotNegative();
      assertThat(rig.machine.processor(0).inEnclave()).isFalse();
      rig.toTheEnd();
      assertThat(fault(ran)).isEmpty();
      assertThat(ran.core()).isEqualTo(1);
      assertThat(ran.endNanos).isGreaterThanOrEqualTo(INSIDE + MS + SWITCH + ERESUME + OUTSIDE);
    }
  }

  @Test
  void aVisitWhoseSliceIsOverGoesOnWhenItsTurnComes() {
    try (CpuRig rig = new CpuRig(1, Scheduling.FIFO_QUANTUM, MS)) {
      BareEnclave enclave = new BareEnclave(rig.machine);
      CpuRig.Ran visit =
          rig.runAndBlock(
              1,
              Burst.of(
                  enter(enclave, new EnclaveStep.Compute(2 * MS)), Step.software(Work.SYSCALL)));
      CpuRig.Ran other = rig.runAndBlock(2, Burst.of(new Step.Compute(10_000)));
      rig.toTheEnd();
      assertThat(other.endNanos).isEqualTo(MS + AEX + SWITCH + 10_000);
      assertThat(visit.executed.results()).hasSize(2);
      long entered = SWITCH + GLUE + EENTER;
      assertThat(visit.endNanos)
          .isEqualTo(
              entered
                  + 2 * MS
                  + AEX
                  + SWITCH
                  + 10_000
                  + SWITCH
                  + ERESUME
                  + OUTSIDE
                  + Cost.SYSCALL.cycles());
      assertThat(rig.counters(0).exits()).isEqualTo(1);
    }
  }

  @Test
  void aPreemptedVisitGoesOnOnAnotherCore() {
    try (CpuRig rig = new CpuRig(2, Scheduling.WAKEUP_PREEMPT, 100 * MS)) {
      BareEnclave enclave = new BareEnclave(rig.machine);
      CpuRig.Ran visit =
          rig.runAndBlock(1, Burst.of(enter(enclave, new EnclaveStep.Compute(3 * MS))));
      rig.runAndBlock(2, Burst.of(new Step.Compute(MS)));
      rig.at(MS / 2);
      CpuRig.Ran woken = rig.runAndBlock(3, Burst.of(new Step.Compute(2 * MS)));
      rig.toTheEnd();
      assertThat(woken.core()).isZero();
      assertThat(visit.core()).isEqualTo(1);
      assertThat(fault(visit)).isEmpty();
      assertThat(rig.counters(0).exits()).isEqualTo(1);
    }
  }

  @Test
  void aPreemptionDuringKernelCodeWaitsForTheEdgeOfUserMode() {
    try (CpuRig rig = new CpuRig(1, Scheduling.WAKEUP_PREEMPT, 100 * MS)) {
      BareEnclave enclave = new BareEnclave(rig.machine);
      CpuRig.Ran visit =
          rig.runAndBlock(
              1,
              Burst.of(
                  Step.software(Work.FORK_EXEC), enter(enclave, new EnclaveStep.Compute(50 * MS))));
      rig.at(1_000);
      CpuRig.Ran woken = rig.runAndBlock(2, Burst.of(new Step.Compute(1_000)));
      rig.toTheEnd();
      assertThat(woken.endNanos).isEqualTo(SWITCH + Cost.FORK_EXEC.cycles() + SWITCH + 1_000);
      assertThat(fault(visit)).isEmpty();
    }
  }

  @Test
  void aVisitThatMustEndLeavesByAnAsynchronousExit() {
    try (CpuRig rig = new CpuRig(CpuRig.quiet(1))) {
      BareEnclave enclave = new BareEnclave(rig.machine);
      CpuRig.Ran visit = rig.run(1, Burst.of(enter(enclave, new EnclaveStep.Compute(MS))));
      rig.at(MS / 2);
      rig.tellCore(0, new CoreMessage.Leave(CpuRig.task(1), enclave.translation));
      rig.toTheEnd();
      assertThat(fault(visit)).contains("unmapped");
      assertThat(visit.endNanos).isEqualTo(MS / 2);
      assertThat(rig.counters(0).exits()).isEqualTo(1);
      assertThat(rig.machine.processor(0).inEnclave()).isFalse();
    }
  }

  @Test
  void aKilledThreadDoesNotGoFromKernelCodeToUserMode() {
    try (CpuRig rig = new CpuRig(CpuRig.quiet(1))) {
      BareEnclave enclave = new BareEnclave(rig.machine);
      CpuRig.Ran visit =
          rig.run(
              1,
              Burst.of(Step.software(Work.FORK_EXEC), enter(enclave, new EnclaveStep.Compute(MS))));
      rig.at(1_000);
      rig.tell(new SchedulerMessage.Exit(CpuRig.task(1)));
      rig.toTheEnd();
      assertThat(fault(visit)).contains("fatal signal");
      assertThat(visit.endNanos).isEqualTo(SWITCH + Cost.FORK_EXEC.cycles());
    }
  }

  @Test
  void whereNothingTakesTimeTheCoreLooksAtItsMessagesDuringALongProgram() {
    KernelConfig free = CpuRig.quiet(1).withCosts(CostModel.zero());
    try (CpuRig rig = new CpuRig(free)) {
      BareEnclave enclave = new BareEnclave(rig.machine);
      int[] touched = new int[1];
      int[] heard = {-1};
      Supplier<EnclaveProgram> program =
          () ->
              previous -> {
                if (touched[0] == 0) {
                  rig.shootdown(List.of(1), answer -> heard[0] = touched[0]);
                }
                return touched[0]++ < 10_000
                    ? new EnclaveStep.Touch(enclave.data(0))
                    : new EnclaveStep.Exit(Bytes.zeros(0));
              };
      CpuRig.Ran ran =
          rig.run(1, Burst.of(new Step.Enter(enclave.tcs, enclave.translation, program)));
      rig.toTheEnd();
      assertThat(fault(ran)).isEmpty();
      assertThat(touched[0]).isEqualTo(10_001);
      assertThat(heard[0]).isBetween(64, 64 * 8);
      assertThat(rig.counters(0).exits()).isEqualTo(1);
    }
  }
}
