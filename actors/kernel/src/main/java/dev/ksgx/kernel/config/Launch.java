package dev.ksgx.kernel.config;

/** Who makes the launch token of an enclave (driver.md 4, 5). */
public enum Launch {
  /** A launch enclave of the kernel, asked by INIT itself. */
  KERNEL_LE("kernel-le"),
  /** Launch enclaves of a daemon in user space, asked by the program that then calls INIT. */
  USER_LE("user-le"),
  /** Nobody: the MSRs hold the hash of the enclave's own signer, so that no token is needed. */
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
