package dev.ksgx.kernel.check;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** One enclave as it was when its touched pages were last looked at. */
final class EnclaveLedger {
  final long number;

  /** Pages by linear address. */
  private final Map<Long, PageView> pages = new LinkedHashMap<>();

  /** Slots of the first level, and whose they are: an address or {@link Findings#SECS}. */
  private final Map<Long, Long> slots = new LinkedHashMap<>();

  private int resident;

  /** Frame of the SECS, or -1. */
  int secsFrame = -1;

  /** Slot of the SECS, or -1. */
  long secsSlot = -1;

  /** Frames of version arrays. */
  Set<Integer> arrays = Collections.emptySet();

  /** It is being released: its frames are its own until they are in the pool. */
  boolean leaving;

  EnclaveLedger(long number) {
    this.number = number;
  }

  /**
   * A page as it is now; the books are brought up to it.
   *
   * @param now null if there is no such page any more
   * @return the page as it was, or null
   */
  PageView note(long address, PageView now) {
    PageView before = now == null ? pages.remove(address) : pages.put(address, now);
    resident += isIn(now) - isIn(before);
    return before;
  }

  private static int isIn(PageView page) {
    return page != null && page.isResident() ? 1 : 0;
  }

  /** Pages that are in, of those that were ever touched. */
  int resident() {
    return resident;
  }

  /** Slots of the first level that have an owner. */
  int slots() {
    return slots.size();
  }

  /**
   * An owner leaves a slot for another.
   *
   * @param had slot that {@code owner} had, or -1
   * @param has slot that it has now, or -1
   * @return whose {@code has} was before, or null
   */
  Long move(long had, long has, long owner) {
    if (had >= 0 && had != has) {
      slots.remove(had, owner);
    }
    return has < 0 ? null : slots.put(has, owner);
  }
}
