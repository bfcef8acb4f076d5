package dev.ksgx.kernel.config;

/** Whether the pages of the launch enclave can be evicted. */
public enum LePages {
  /** They are pages as all others are. */
  EVICTABLE("evictable"),
  /** They stay in the EPC. */
  PINNED("pinned");

  private final String key;

  LePages(String key) {
    this.key = key;
  }

  /** The name used in configuration. */
  public String key() {
    return key;
  }
}
