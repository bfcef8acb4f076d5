package dev.ksgx.kernel.cpu;

import static dev.ksgx.kernel.cpu.Visits.AEX;
import static dev.ksgx.kernel.cpu.Visits.EENTER;
import static dev.ksgx.kernel.cpu.Visits.ERESUME;
import static dev.ksgx.kernel.cpu.Visits.GLUE;
import static dev.ksgx.kernel.cpu.Visits.MS;
import static dev.ksgx.kernel.cpu.Visits.OUTSIDE;
import static dev.ksgx.kernel.cpu.Visits.SWITCH;
import static dev.ksgx.kernel.cpu.Visits.enter;
import static dev.ksgx.kernel.cpu.Visits.fault;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.program.EnclaveStep;
import dev.ksgx.kernel.config.Scheduling;
import dev.ksgx.kernel.cost.Cost;
import dev.ksgx.protocol.message.Burst;
import dev.ksgx.protocol.message.CoreMessage;
import dev.ksgx.protocol.message.SchedulerMessage;
import dev.ksgx.protocol.message.Step;
import dev.ksgx.protocol.message.Work;
import org.junit.jupiter.api.Test;

/** Threads inside enclaves that must give way, or end. */
class VisitPreemptionTest {
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
      long start = rig.tire(1);
      CpuRig.Ran visit =
          rig.runAndBlock(1, Burst.of(enter(enclave, new EnclaveStep.Compute(3 * MS))));
      rig.runAndBlock(2, Burst.of(new Step.Compute(MS)));
      rig.at(start + MS / 2);
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
      long start = rig.tire(1);
      CpuRig.Ran visit =
          rig.runAndBlock(
              1,
              Burst.of(
                  Step.software(Work.FORK_EXEC), enter(enclave, new EnclaveStep.Compute(50 * MS))));
      rig.at(start + 1_000);
      CpuRig.Ran woken = rig.runAndBlock(2, Burst.of(new Step.Compute(1_000)));
      rig.toTheEnd();
      assertThat(woken.endNanos)
          .isEqualTo(start + SWITCH + Cost.FORK_EXEC.cycles() + SWITCH + 1_000);
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
}
