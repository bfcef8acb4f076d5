package dev.ksgx.kernel.cpu;

/**
 * What the time of a request on a core is spent on: the labels of {@link
 * dev.ksgx.runtime.probe.Probe#spent}.
 */
enum CoreWork {
  /** EINIT that initialised the enclave. */
  EINIT("einit"),
  /** EINIT that was refused, or aborted with its core. */
  EINIT_WASTED("einit-wasted"),
  /** EINIT that an interrupt ended. */
  EINIT_RETRY("einit-retry"),
  /** Writes to the hash MSRs. */
  WRMSR("wrmsr"),
  ECREATE("ecreate"),
  EADD("eadd"),
  EEXTEND("eextend"),
  EREMOVE("eremove"),
  /** Leaves that page, version arrays and debugger accesses included. */
  PAGING("paging"),
  /** The caller's own part of a token: the hash of the modulus, the channel to who makes it. */
  TOKEN("token"),
  /** Handlers of interrupts. */
  INTERRUPT("interrupt"),
  /** Context switches. */
  SWITCH("switch"),
  /** Inside enclaves, entry and exit included. */
  ENCLAVE("enclave"),
  /** Computing in user mode outside enclaves. */
  USER("user"),
  /** All other software of the kernel. */
  SOFTWARE("software");

  private final String label;

  CoreWork(String label) {
    this.label = label;
  }

  String label() {
    return label;
  }
}
