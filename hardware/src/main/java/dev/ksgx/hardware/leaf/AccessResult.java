package dev.ksgx.hardware.leaf;

import dev.ksgx.hardware.structure.Bytes;

/**
 * What came of a load, a store or an instruction fetch.
 *
 * @param data what a load or fetch read; all ones from the abort page; null for a store, a fault
 *     and ordinary memory, whose contents the machine does not have
 * @param address the faulting address, else 0
 * @param errorCode page-fault error code, bit 15 = SGX; else 0
 * @param check the rule that was broken, null for ENCLAVE and ORDINARY_MEMORY
 */
public record AccessResult(Outcome outcome, Bytes data, long address, int errorCode, String check) {
  /** The kinds of outcome. */
  public enum Outcome {
    /** A page of the enclave that the processor is in. */
    ENCLAVE,
    /** Memory outside the EPC. */
    ORDINARY_MEMORY,
    /** EPC seen from outside its enclave: reads give all ones, writes are dropped. */
    ABORT_PAGE,
    /** #PF. */
    PF,
    /** #GP(0). */
    GP
  }

  /** Page-fault error code bit: a write. */
  public static final int PF_WRITE = 1 << 1;

  /** Page-fault error code bit: from user mode. */
  public static final int PF_USER = 1 << 2;

  /** Page-fault error code bit: an instruction fetch. */
  public static final int PF_FETCH = 1 << 4;

  /** Page-fault error code bit: the page was present. */
  public static final int PF_PRESENT = 1;

  /** Whether the access faulted. */
  public boolean isFault() {
    return outcome == Outcome.PF || outcome == Outcome.GP;
  }
}
