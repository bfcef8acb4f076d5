package dev.ksgx.hardware.program;

import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.KeyRequest;
import dev.ksgx.hardware.structure.TargetInfo;

/** One step of a program inside an enclave. Addresses are linear. */
public sealed interface EnclaveStep {
  /** Loads one byte of a page, as code that walks over its memory does. */
  record Touch(long linear) implements EnclaveStep {}

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
