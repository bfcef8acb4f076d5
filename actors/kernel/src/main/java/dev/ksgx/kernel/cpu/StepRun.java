package dev.ksgx.kernel.cpu;

import dev.ksgx.hardware.leaf.LeafInFlight;
import dev.ksgx.protocol.message.StepResult;

/** The step that a core runs now. */
final class StepRun {
  /** When the step is over, unless it is cut or an interrupt puts it off. */
  long endNanos;

  /** What the context switch before it takes. */
  long switchNanos;

  /** A leaf in flight, or null. */
  LeafInFlight leaf;

  /** A visit to an enclave, or null. */
  EnclaveVisit visit;

  /** For EINIT: when the instruction itself begins, and how long it takes. */
  long startNanos;

  long leafNanos;

  /** For EINIT: it gets as far as to look for events. */
  boolean polls;

  /** For EINIT: it has found one. */
  boolean interrupted;

  StepResult result;
}
