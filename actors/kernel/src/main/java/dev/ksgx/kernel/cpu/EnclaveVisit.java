package dev.ksgx.kernel.cpu;

import dev.ksgx.hardware.cpu.LogicalProcessor;
import dev.ksgx.hardware.leaf.LeafResult;
import dev.ksgx.hardware.program.EnclaveStep;
import dev.ksgx.hardware.program.EnclaveThread;
import dev.ksgx.hardware.program.StepResult.Fault;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.kernel.cost.Cost;
import dev.ksgx.protocol.message.Step;
import dev.ksgx.protocol.message.StepResult;

/**
 * One ecall on a core: EENTER, the steps of a program, EEXIT. The steps are issued when the visit
 * begins; the thread counts as inside until its time is over.
 */
final class EnclaveVisit {
  private static final long AEP = 0x40_0000;

  private final LogicalProcessor processor;
  private long nanos;
  private StepResult.Left result;

  private EnclaveVisit(LogicalProcessor processor) {
    this.processor = processor;
  }

  static EnclaveVisit begin(LogicalProcessor processor, Step.Enter enter, Durations durations) {
    EnclaveVisit visit = new EnclaveVisit(processor);
    visit.nanos = 2 * durations.of(Cost.ECALL_GLUE) + durations.of(Cost.EENTER);
    LeafResult entered = processor.eenter(enter.tcs(), AEP, enter.translation());
    if (entered.isOk()) {
      visit.nanos += durations.of(Cost.EEXIT);
      visit.run(new EnclaveThread(enter.program().get()), durations);
    } else {
      visit.result = new StepResult.Left(Bytes.zeros(0), entered.describe());
    }
    return visit;
  }

  private void run(EnclaveThread thread, Durations durations) {
    while (!(thread.pending() instanceof EnclaveStep.Exit exit)) {
      nanos += nanosOf(thread.pending(), durations);
      if (thread.step(processor) instanceof Fault fault) {
        result = new StepResult.Left(Bytes.zeros(0), fault.check());
        return;
      }
    }
    result = new StepResult.Left(exit.value(), "");
  }

  private static long nanosOf(EnclaveStep step, Durations durations) {
    if (step instanceof EnclaveStep.GetKey) {
      return durations.of(Cost.EGETKEY);
    }
    if (step instanceof EnclaveStep.MakeReport) {
      return durations.of(Cost.EREPORT);
    }
    if (step instanceof EnclaveStep.Compute compute) {
      return durations.compute(compute.cycles());
    }
    return durations.of(Cost.ENCLAVE_ACCESS);
  }

  /** Nanoseconds from before EENTER to after EEXIT. */
  long nanos() {
    return nanos;
  }

  StepResult.Left result() {
    return result;
  }

  /** The time is over: the thread is outside again. */
  void leave() {
    if (processor.inEnclave()) {
      processor.eexit();
    }
  }
}
