package dev.ksgx.protocol.abi;

/**
 * A schedulable thread of the modelled system. Everything that the driver does, it does on behalf
 * of one.
 *
 * @param pid process the thread belongs to; 0 for kernel threads
 * @param tid thread, unique since boot
 * @param kind what the thread is there for
 */
public record TaskRef(int pid, int tid, Kind kind) {
  /** What a thread is there for. */
  public enum Kind {
    /** A thread of a process that builds and runs enclaves. */
    CREATOR,
    /** A thread of the launch enclave's process, in the kernel's service or a daemon's. */
    LAUNCH_ENCLAVE,
    /** The kernel worker that runs deferred EADDs. */
    ADD_WORKER,
    /** The kernel thread that evicts EPC pages (ksgxswapd). */
    SWAPPER,
    /** A virtual processor of a KVM guest, whose EINITs the host runs for it. */
    GUEST,
    /** A thread that runs the exit of a killed process. */
    REAPER,
    /** The thread that puts the machine to sleep: it runs while all others are frozen. */
    SUSPENDER
  }

  @Override
  public String toString() {
    return kind + "-" + tid;
  }
}
