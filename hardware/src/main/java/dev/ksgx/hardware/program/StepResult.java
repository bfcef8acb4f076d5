package dev.ksgx.hardware.program;

import dev.ksgx.hardware.structure.Bytes;

/** What came of a step. */
public sealed interface StepResult {
  /**
   * The step is done.
   *
   * @param value what it read, derived or made; no bytes for Touch, Write and Compute
   * @param code what EGETKEY left in RAX, 0 = success; 0 for all other steps
   */
  record Done(Bytes value, int code) implements StepResult {
    static final Done NOTHING = new Done(Bytes.zeros(0), 0);

    static Done of(Bytes value) {
      return new Done(value, 0);
    }
  }

  /** The thread left the enclave by EEXIT with this value. */
  record Exited(Bytes value) implements StepResult {}

  /**
   * The step faulted and has done nothing. The event causes an asynchronous exit; after ERESUME the
   * thread issues the same step again.
   *
   * @param vector 13 = #GP, 14 = #PF
   * @param errorCode page-fault error code, 0 for #GP
   * @param address faulting linear address, 0 for #GP
   * @param check the rule that was broken, one line
   */
  record Fault(int vector, int errorCode, long address, String check) implements StepResult {}
}
