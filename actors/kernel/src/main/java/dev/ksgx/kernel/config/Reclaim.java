package dev.ksgx.kernel.config;

/**
 * How victims are chosen when frames run short, and what belongs to it: the slot discipline of
 * version arrays and the eviction ladder of the generation (driver.md 3.3, 6.3).
 */
public enum Reclaim {
  /** Processes in turn, then their enclaves in turn, then the enclave's oldest pages: v5. */
  PER_PROCESS("per-process", true, false),
  /** Enclaves in turn, whosever they are: v6 to the DCAP driver with a launch enclave. */
  PER_ENCLAVE("per-enclave", false, false),
  /** One list of all pages; a batch mixes enclaves: mainline. */
  GLOBAL("global", false, true);

  private final String key;
  private final boolean slotAtAdd;
  private final boolean oneList;

  Reclaim(String key, boolean slotAtAdd, boolean oneList) {
    this.key = key;
    this.slotAtAdd = slotAtAdd;
    this.oneList = oneList;
  }

  /** The name used in configuration. */
  public String key() {
    return key;
  }

  /**
   * Whether a page gets its version-array slot when it is added and keeps it for life; otherwise it
   * gets one at each eviction.
   */
  public boolean slotAtAdd() {
    return slotAtAdd;
  }

  /** Whether all pages of the machine stand in one list. */
  public boolean oneList() {
    return oneList;
  }
}
