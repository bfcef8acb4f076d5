package dev.ksgx.kernel.embed;

import dev.ksgx.hardware.program.EnclaveProgram;
import dev.ksgx.hardware.program.EnclaveStep;
import dev.ksgx.hardware.program.StepResult;
import dev.ksgx.hardware.structure.Bytes;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * Keeps an exception of an embedder's program away from the core that runs it: the program exits,
 * and the exception goes to who entered.
 */
final class GuardedProgram implements Supplier<EnclaveProgram> {
  private static final EnclaveStep LEAVE = new EnclaveStep.Exit(Bytes.zeros(0));

  private final Supplier<? extends EnclaveProgram> made;
  private volatile RuntimeException thrown;

  GuardedProgram(Supplier<? extends EnclaveProgram> made) {
    this.made = made;
  }

  /** What the program threw, or null. */
  RuntimeException thrown() {
    return thrown;
  }

  @Override
  public EnclaveProgram get() {
    thrown = null;
    try {
      EnclaveProgram program = Objects.requireNonNull(made.get(), "no program");
      return previous -> next(program, previous);
    } catch (RuntimeException e) {
      thrown = e;
      return previous -> LEAVE;
    }
  }

  private EnclaveStep next(EnclaveProgram program, StepResult.Done previous) {
    try {
      return checked(Objects.requireNonNull(program.next(previous), "no step"));
    } catch (RuntimeException e) {
      thrown = e;
      return LEAVE;
    }
  }

  /** Operands that are no operands at all, and would be an exception in the core. */
  private static EnclaveStep checked(EnclaveStep step) {
    if (step instanceof EnclaveStep.Read read && read.length() < 0) {
      throw new IllegalArgumentException("a read of " + read.length() + " bytes");
    }
    if (step instanceof EnclaveStep.Write write) {
      Objects.requireNonNull(write.data(), "no data to write");
    }
    if (step instanceof EnclaveStep.GetKey getKey) {
      Objects.requireNonNull(getKey.request(), "no key request");
    }
    if (step instanceof EnclaveStep.MakeReport makeReport) {
      Objects.requireNonNull(makeReport.target(), "no target");
      Objects.requireNonNull(makeReport.reportData(), "no report data");
    }
    return step;
  }
}
