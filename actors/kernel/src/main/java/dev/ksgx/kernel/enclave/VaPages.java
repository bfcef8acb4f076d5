package dev.ksgx.kernel.enclave;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * The version-array pages of one enclave and which of their slots are taken, as v5 keeps them: a
 * page gets its slot when it is added and keeps it for life; new version arrays go to the head of
 * the list.
 */
final class VaPages {
  static final int SLOTS = 512;

  /**
   * A place for the version of one evicted page: slot {@code index} of the array in {@code frame}.
   */
  record Slot(int frame, int index) {}

  private static final class VaPage {
    final int frame;
    final BitSet taken = new BitSet(SLOTS);

    VaPage(int frame) {
      this.frame = frame;
    }
  }

  private final List<VaPage> pages = new ArrayList<>();

  /** A new version array. */
  void add(int frame) {
    pages.add(0, new VaPage(frame));
  }

  /** The first free slot, not yet taken, or null. */
  Slot find() {
    for (VaPage page : pages) {
      int slot = page.taken.nextClearBit(0);
      if (slot < SLOTS) {
        return new Slot(page.frame, slot);
      }
    }
    return null;
  }

  /** The slot has an owner. */
  void take(Slot slot) {
    page(slot).taken.set(slot.index());
  }

  /** The slot's owner has gone. */
  void giveBack(Slot slot) {
    page(slot).taken.clear(slot.index());
  }

  /** Frames of all version arrays. */
  List<Integer> frames() {
    return pages.stream().map(page -> page.frame).toList();
  }

  private VaPage page(Slot slot) {
    for (VaPage page : pages) {
      if (page.frame == slot.frame()) {
        return page;
      }
    }
    throw new IllegalStateException("no version array in frame " + slot.frame());
  }
}
