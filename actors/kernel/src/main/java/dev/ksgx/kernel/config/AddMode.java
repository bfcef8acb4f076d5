package dev.ksgx.kernel.config;

/** When EADD runs (driver.md 3.1, 3.2). */
public enum AddMode {
  /**
   * ADD_PAGE queues a request; one worker runs EADD and EEXTEND for all enclaves, one at a time.
   */
  DEFERRED("deferred"),
  /** ADD_PAGE runs EADD and EEXTEND in the caller, under the enclave's lock. */
  SYNCHRONOUS("synchronous");

  private final String key;

  AddMode(String key) {
    this.key = key;
  }

  /** The name used in configuration. */
  public String key() {
    return key;
  }
}
