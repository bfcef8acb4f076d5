package dev.ksgx.kernel.cpu;

import static dev.ksgx.kernel.cpu.Visits.AEX;
import static dev.ksgx.kernel.cpu.Visits.ERESUME;
import static dev.ksgx.kernel.cpu.Visits.INSIDE;
import static dev.ksgx.kernel.cpu.Visits.IPI_HANDLER;
import static dev.ksgx.kernel.cpu.Visits.MS;
import static dev.ksgx.kernel.cpu.Visits.OUTSIDE;
import static dev.ksgx.kernel.cpu.Visits.SWITCH;
import static dev.ksgx.kernel.cpu.Visits.enter;
import static dev.ksgx.kernel.cpu.Visits.fault;
import static dev.ksgx.kernel.cpu.Visits.faulted;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.program.EnclaveProgram;
import dev.ksgx.hardware.program.EnclaveStep;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.SgxCode;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.cost.CostModel;
import dev.ksgx.protocol.message.Burst;
import dev.ksgx.protocol.message.CoreMessage;
import dev.ksgx.protocol.message.Step;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Interrupts by other cores, so that a tracking cycle ends (driver.md 8, warning 4). */
class ShootdownTest {
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
