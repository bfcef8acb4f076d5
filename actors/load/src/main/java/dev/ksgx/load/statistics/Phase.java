package dev.ksgx.load.statistics;

/** Parts of a launch, in order; the driver marks the end of each under the name given here. */
public enum Phase {
  /** mmap and CREATE. */
  CREATE("create"),
  /** Every ADD_PAGE call, and the flush of deferred adds in INIT. */
  ADD("add"),
  /** From INIT's entry to the token of the launch enclave. */
  TOKEN("token"),
  /** The enclave's lock, EINIT and its retries, the return. */
  EINIT("einit");

  private final String label;

  Phase(String label) {
    this.label = label;
  }

  /** The name of the mark. */
  public String label() {
    return label;
  }

  /** The phase that ends at a mark of that name, or null if the mark ends none. */
  static Phase of(String label) {
    for (Phase phase : values()) {
      if (phase.label.equals(label)) {
        return phase;
      }
    }
    return null;
  }
}
