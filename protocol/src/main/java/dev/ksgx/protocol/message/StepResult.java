package dev.ksgx.protocol.message;

import dev.ksgx.hardware.leaf.AccessResult;
import dev.ksgx.hardware.leaf.LeafResult;
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
   */
  record Leaf(LeafResult result, long rbx) implements StepResult {}

  /** A load or store from outside enclaves ended. */
  record Accessed(AccessResult result) implements StepResult {}

  /**
   * A WRMSR ended.
   *
   * @param ok false: #GP
   */
  record Msr(boolean ok) implements StepResult {}

  /**
   * An enclave ran and left.
   *
   * @param value what the program gave at its exit; null if it faulted
   * @param fault one line about the fault; empty if there was none
   */
  record Left(Bytes value, String fault) implements StepResult {}
}
