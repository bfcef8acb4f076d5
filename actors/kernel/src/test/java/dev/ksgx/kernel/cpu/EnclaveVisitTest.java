package dev.ksgx.kernel.cpu;

import static dev.ksgx.kernel.cpu.Visits.ACCESS;
import static dev.ksgx.kernel.cpu.Visits.AEX;
import static dev.ksgx.kernel.cpu.Visits.ERESUME;
import static dev.ksgx.kernel.cpu.Visits.HANDLER;
import static dev.ksgx.kernel.cpu.Visits.INSIDE;
import static dev.ksgx.kernel.cpu.Visits.MS;
import static dev.ksgx.kernel.cpu.Visits.OUTSIDE;
import static dev.ksgx.kernel.cpu.Visits.SWITCH;
import static dev.ksgx.kernel.cpu.Visits.enter;
import static dev.ksgx.kernel.cpu.Visits.fault;
import static dev.ksgx.kernel.cpu.Visits.faulted;
import static dev.ksgx.kernel.cpu.Visits.script;
import static dev.ksgx.kernel.cpu.Visits.touch;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.leaf.AccessResult;
import dev.ksgx.hardware.program.EnclaveProgram;
import dev.ksgx.hardware.program.EnclaveStep;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.SgxCode;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.protocol.message.Burst;
import dev.ksgx.protocol.message.CoreMessage;
import dev.ksgx.protocol.message.Step;
import dev.ksgx.protocol.message.StepResult;
import dev.ksgx.protocol.message.Work;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Threads inside enclaves on cores: steps at their instants, faults, interrupts. */
class EnclaveVisitTest {
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
}
