package dev.ksgx.kernel.cpu;

import dev.ksgx.hardware.program.EnclaveProgram;
import dev.ksgx.hardware.program.EnclaveStep;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.kernel.cost.Cost;
import dev.ksgx.protocol.message.Step;
import dev.ksgx.protocol.message.StepResult;

/** What tests of visits share: how long their parts take at 1 GHz, and how to ask for them. */
final class Visits {
  static final long SWITCH = Cost.CONTEXT_SWITCH.cycles();
  static final long GLUE = Cost.ECALL_GLUE.cycles();
  static final long EENTER = Cost.EENTER.cycles();
  static final long EEXIT = Cost.EEXIT.cycles();
  static final long AEX = Cost.AEX.cycles();
  static final long ERESUME = Cost.ERESUME.cycles();
  static final long ACCESS = Cost.ENCLAVE_ACCESS.cycles();
  static final long HANDLER = Cost.INTERRUPT.cycles();
  static final long IPI_HANDLER = Cost.IPI_HANDLER.cycles();
  static final long INSIDE = SWITCH + GLUE + EENTER;
  static final long OUTSIDE = EEXIT + GLUE;
  static final long MS = 1_000_000;

  private Visits() {}

  static EnclaveProgram script(EnclaveStep... steps) {
    int[] next = new int[1];
    return previous ->
        next[0] < steps.length
            ? steps[next[0]++]
            : new EnclaveStep.Exit(previous == null ? Bytes.zeros(0) : previous.value());
  }

  static Step.Enter enter(BareEnclave enclave, EnclaveStep... steps) {
    return new Step.Enter(enclave.tcs, enclave.translation, () -> script(steps));
  }

  static EnclaveStep touch(long linear, long cycles) {
    return new EnclaveStep.Touch(linear, false, cycles);
  }

  static StepResult.Faulted faulted(CpuRig.Ran ran) {
    return (StepResult.Faulted) ran.executed.last();
  }

  static String fault(CpuRig.Ran ran) {
    return ((StepResult.Left) ran.executed.last()).fault();
  }
}
