package dev.ksgx.kernel.config;

/** When the page-table entry of an added page is made (design.md 9). */
public enum PteTiming {
  /** Before EADD: the first touch does not fault. v5 and the out-of-tree drivers. */
  AT_ADD("at-add"),
  /** By the fault of the first touch. Mainline and the late DCAP drivers. */
  AT_FAULT("at-fault");

  private final String key;

  PteTiming(String key) {
    this.key = key;
  }

  /** The name used in configuration. */
  public String key() {
    return key;
  }
}
