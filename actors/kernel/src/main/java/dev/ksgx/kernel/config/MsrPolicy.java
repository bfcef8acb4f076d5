package dev.ksgx.kernel.config;

/** When the kernel writes the four hash MSRs of the core that runs EINIT (driver.md 4). */
public enum MsrPolicy {
  /** Not at EINIT; whatever they hold must do. */
  NEVER("never"),
  /** After an EINIT that failed for want of the right hash: v5. */
  LAZY("lazy"),
  /**
   * Those that differ from what the kernel last wrote on that core, and all four after an EINIT
   * that failed all the same: v11 and the DCAP drivers without a launch enclave.
   */
  CACHED("cached"),
  /** Before every EINIT: mainline. */
  ALWAYS("always");

  private final String key;

  MsrPolicy(String key) {
    this.key = key;
  }

  /** The name used in configuration. */
  public String key() {
    return key;
  }
}
