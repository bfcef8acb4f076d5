package dev.ksgx.hardware.program;

/** The code of one enclave thread, as a sequence of steps. */
@FunctionalInterface
public interface EnclaveProgram {
  /**
   * The next step.
   *
   * @param previous what the step before gave; null at the start. Never a fault: a step that
   *     faulted is issued again without asking
   */
  EnclaveStep next(StepResult.Done previous);
}
