package dev.ksgx.hardware.program;

import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.KeyRequest;
import dev.ksgx.hardware.structure.TargetInfo;

/** One step of a program inside an enclave. Addresses are linear. */
public sealed interface EnclaveStep {
  /**
   * Loads from a page or stores to it, as code that walks over its memory does, and works on it for
   * a while. A store needs permission to write, but what is stored stays unsaid: the page keeps the
   * contents it has, shared or none at all, so that zeroing a heap of 10 GB takes no 10 GB. Use
   * {@link Write} for bytes that are to be read again.
   *
   * @param write a store instead of a load
   * @param cycles how long the work takes, the access included; 0: the access alone
   */
  record Touch(long linear, boolean write, long cycles) implements EnclaveStep {
    public Touch {
      if (cycles < 0) {
        throw new IllegalArgumentException("a touch that takes " + cycles + " cycles");
      }
    }

    /** A load and nothing more. */
    public Touch(long linear) {
      this(linear, false, 0);
    }
  }

  /** Loads bytes; the value is what was read. */
  record Read(long linear, int length) implements EnclaveStep {}

  /** Stores bytes. */
  record Write(long linear, Bytes data) implements EnclaveStep {}

  /**
   * EGETKEY; the value is the key, 16 bytes.
   *
   * @param operandPage a page that the enclave can read and write: holds KEYREQUEST and key
   */
  record GetKey(KeyRequest request, long operandPage) implements EnclaveStep {}

  /**
   * EREPORT; the value is the REPORT, 432 bytes.
   *
   * @param reportData 64 bytes
   * @param operandPage a page that the enclave can read and write: holds all three operands
   */
  record MakeReport(TargetInfo target, Bytes reportData, long operandPage) implements EnclaveStep {}

  /** Computes; the machine has no clock, so whoever runs the thread accounts for the cycles. */
  record Compute(long cycles) implements EnclaveStep {}

  /** EEXIT; the value is handed to the code outside. */
  record Exit(Bytes value) implements EnclaveStep {}
}
