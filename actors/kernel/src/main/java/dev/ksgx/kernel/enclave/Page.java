package dev.ksgx.kernel.enclave;

/** A page that ADD_PAGE accepted: queued, resident, set aside, blocked or out (driver.md 2.2). */
final class Page extends Chain.Link<Page> {
  /** Linear address. */
  final long address;

  final boolean tcs;

  /**
   * Where its version goes: for life where slots are given at ADD, otherwise while it is out; null
   * if it has none.
   */
  VaPages.Slot slot;

  /** Frame that holds it; -1 if none does. */
  int frame = -1;

  /** Its EADD has not run yet. */
  boolean pending = true;

  /**
   * A reclaim pass or a debugger has set it aside: nobody else may evict it, and in mainline a
   * fault on it has to come again.
   */
  boolean reserved;

  Page(long address, boolean tcs, VaPages.Slot slot) {
    this.address = address;
    this.tcs = tcs;
    this.slot = slot;
  }

  boolean isResident() {
    return frame >= 0;
  }
}
