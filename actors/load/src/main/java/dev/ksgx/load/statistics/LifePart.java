package dev.ksgx.load.statistics;

/** Parts of an enclave's life, in order. */
public enum LifePart {
  /** mmap, CREATE, and every page added. */
  CREATE("create"),
  /** INIT, with the flush of deferred adds. */
  INIT("init"),
  /** The heap zeroed from inside. */
  START("start"),
  /** From the first thread's entry to the last one's exit. */
  RUN("run"),
  /** Idle. */
  HOLD("hold"),
  /** munmap. */
  DESTROY("destroy");

  private final String label;

  LifePart(String label) {
    this.label = label;
  }

  /** Its name in reports. */
  public String label() {
    return label;
  }
}
