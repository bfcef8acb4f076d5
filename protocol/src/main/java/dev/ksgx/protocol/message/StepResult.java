package dev.ksgx.protocol.message;

import dev.ksgx.hardware.leaf.AccessResult;
import dev.ksgx.hardware.leaf.LeafResult;
import dev.ksgx.hardware.paging.EvictedPage;
import dev.ksgx.hardware.structure.Bytes;

/** What became of one step. */
public sealed interface StepResult {
  /** Software ran. */
  enum Done implements StepResult {
    DONE
  }

  /**
   * A leaf ended.
   *
   * @param rbx what EDBGRD read; 0 for other leaves
   * @param evicted what EWB wrote; null for other leaves
   */
  record Leaf(LeafResult result, long rbx, EvictedPage evicted) implements StepResult {}

  /** A load or store from outside enclaves ended. */
  record Accessed(AccessResult result) implements StepResult {}

  /**
   * A WRMSR ended.
   *
   * @param ok false: #GP
   */
  record Msr(boolean ok) implements StepResult {}

  /**
   * A page fault in user mode, inside an enclave or outside: the task is in the kernel now.
   *
   * @param again what the task does next once the fault is resolved: ERESUME, or the step anew
   * @param address faulting linear address
   * @param errorCode page-fault error code
   * @param check the rule that was broken, one line
   */
  record Faulted(Step again, long address, int errorCode, String check) implements StepResult {}

  /**
   * An enclave ran and left.
   *
   * @param value what the program gave at its exit; null if it faulted
   * @param fault one line about the fault; empty if there was none
   */
  record Left(Bytes value, String fault) implements StepResult {}
}
