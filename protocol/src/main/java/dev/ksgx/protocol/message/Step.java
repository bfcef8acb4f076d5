package dev.ksgx.protocol.message;

import dev.ksgx.hardware.leaf.EnclsRequest;
import dev.ksgx.hardware.leaf.Translation;
import dev.ksgx.hardware.program.EnclaveProgram;
import dev.ksgx.hardware.program.EnclaveThread;
import dev.ksgx.hardware.structure.Bytes;
import java.util.function.Supplier;

/**
 * One thing a core does. What it costs is the core's business (its cost model), not the sender's.
 */
public sealed interface Step {
  /**
   * Kernel software.
   *
   * @param work what is done
   * @param times how often
   */
  record Software(Work work, int times) implements Step {}

  /**
   * User-mode computing, preemptible at any cycle.
   *
   * @param cycles length
   */
  record Compute(long cycles) implements Step {}

  /** An ENCLS leaf. */
  record Encls(EnclsRequest request) implements Step {}

  /**
   * A write to a model-specific register.
   *
   * @param msr register number
   * @param value 64-bit value
   */
  record Wrmsr(int msr, long value) implements Step {}

  /**
   * A write to a hash MSR by a driver that keeps per core what it last wrote there: nothing if that
   * is the value.
   *
   * @param msr IA32_SGXLEPUBKEYHASH0 to 3
   * @param value 64-bit value
   * @param force write it whatever was written last
   */
  record CachedWrmsr(int msr, long value, boolean force) implements Step {}

  /**
   * EENTER, the steps of a program until its exit, EEXIT.
   *
   * @param tcs linear address of the TCS
   * @param translation page tables of the process
   * @param program makes what the enclave does; asked once, when EENTER has succeeded
   */
  record Enter(long tcs, Translation translation, Supplier<? extends EnclaveProgram> program)
      implements Step {}

  /**
   * ERESUME of a thread that an asynchronous exit interrupted, then the rest of its program.
   *
   * @param tcs linear address of the TCS
   * @param translation page tables of the process
   * @param thread what the state save area stands for; only the core that runs it touches it
   */
  record Resume(long tcs, Translation translation, EnclaveThread thread) implements Step {}

  /**
   * A load or a store by code outside enclaves, within one page.
   *
   * @param translation page tables of the process
   * @param linear where
   * @param length bytes, at least 1
   * @param data what to store, {@code length} bytes; null for a load
   */
  record Access(Translation translation, long linear, int length, Bytes data) implements Step {}

  /** Kernel software {@code work}, once. */
  static Step software(Work work) {
    return new Software(work, 1);
  }
}
