package dev.ksgx.kernel.config;

/** Who makes the launch token of an enclave (driver.md 4, 5). */
public enum Launch {
  /** The kernel's launch enclave, behind pipes and one mutex: v5. */
  KERNEL_LE("kernel-le"),
  /**
   * Nobody: before each EINIT the kernel writes the hash of the enclave's signer to the MSRs, as
   * mainline does; no token is needed then.
   */
  DIRECT("direct");

  private final String key;

  Launch(String key) {
    this.key = key;
  }

  /** The name used in configuration. */
  public String key() {
    return key;
  }
}
