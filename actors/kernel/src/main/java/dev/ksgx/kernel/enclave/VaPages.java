package dev.ksgx.kernel.enclave;

import dev.ksgx.hardware.paging.EvictedPage;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;

/**
 * The version-array pages of one enclave and which of their slots are taken (driver.md 3.3). In v5
 * a page gets its slot when it is added and keeps it for life; later drivers take one from the
 * first open version array at each eviction. In both there are as many slots as pages may ever be
 * out, so a slot is always there.
 *
 * <p>If version arrays are paged too, a full one may be out: nobody needs a slot of it, and a page
 * whose version it holds brings it in first. Its own version lies in a slot of the second level,
 * whose pages stay.
 */
final class VaPages {
  static final int SLOTS = 512;

  /** A place for the version of one evicted page. */
  record Slot(VaPage page, int index) {
    /** Bytes from the start of the version array. */
    int offset() {
      return 8 * index;
    }

    /** Number of the slot among all of its level. */
    long number() {
      return (long) SLOTS * page.number + index;
    }
  }

  /** One version array. */
  static final class VaPage extends Chain.Link<VaPage> {
    private final BitSet taken = new BitSet(SLOTS);

    /** Number of the array in its level. */
    private final int number;

    /** Slot of the second level for its own version, or null if it cannot go out. */
    final Slot home;

    /** Frame that holds it; -1 while it is out. */
    int frame;

    /** What is left of it while it is out. */
    EvictedPage out;

    private VaPage(int number, int frame, Slot home) {
      this.number = number;
      this.frame = frame;
      this.home = home;
    }

    boolean isResident() {
      return frame >= 0;
    }

    private Slot firstFree() {
      return new Slot(this, taken.nextClearBit(0));
    }

    private boolean isFull() {
      return taken.cardinality() == SLOTS;
    }
  }

  /** Those with a free slot, all of them resident; the next slot comes from the first. */
  private final Chain<VaPage> open = new Chain<>();

  /** Those without, and the residents among them in the order in which they filled up. */
  private final Chain<VaPage> full = new Chain<>();

  private final List<VaPage> all = new ArrayList<>();
  private final List<VaPage> secondLevel = new ArrayList<>();
  private long reserved;
  private int out;

  /** A new version array, at the head of the list. */
  void add(int frame, Slot home) {
    VaPage page = new VaPage(all.size(), frame, home);
    all.add(page);
    open.addFirst(page);
  }

  /** A new page of the second level. */
  void addSecondLevel(int frame) {
    secondLevel.add(new VaPage(secondLevel.size(), frame, null));
  }

  /** Whether a further page can be added without a new version array. */
  boolean hasRoom() {
    return reserved < (long) SLOTS * all.size();
  }

  /** One more page may need a slot some day. */
  void reserve() {
    reserved++;
  }

  /** A page that might have needed one is not added after all. */
  void unreserve() {
    reserved--;
  }

  /** The first free slot, not yet taken, or null. */
  Slot find() {
    return open.isEmpty() ? null : open.first().firstFree();
  }

  /** The slot has an owner. */
  void take(Slot slot) {
    slot.page().taken.set(slot.index());
    if (slot.page().isFull() && slot.page().isIn(open)) {
      open.remove(slot.page());
      full.addLast(slot.page());
    }
  }

  /** The first free slot, taken. */
  Slot takeFirst() {
    Slot slot = find();
    if (slot == null) {
      throw new IllegalStateException("no version-array slot is free");
    }
    take(slot);
    return slot;
  }

  /** The slot's owner has gone; the page has room again. */
  void giveBack(Slot slot) {
    VaPage page = slot.page();
    page.taken.clear(slot.index());
    if (page.isIn(full)) {
      full.remove(page);
      open.addFirst(page);
    }
  }

  /** Whether the next version array needs a new page of the second level first. */
  boolean needsSecondLevel() {
    return all.size() == SLOTS * secondLevel.size();
  }

  /** The slot of the second level that the next version array will own. */
  Slot nextHome() {
    VaPage page = secondLevel.get(all.size() / SLOTS);
    return new Slot(page, all.size() % SLOTS);
  }

  /** The version array that may go out next: the one that has been full longest; null if none. */
  VaPage victim() {
    VaPage page = full.first();
    return page == null || page.home == null ? null : page;
  }

  /** A full version array has been written out. */
  void wentOut(VaPage page, EvictedPage written) {
    full.remove(page);
    page.out = written;
    page.frame = -1;
    out++;
  }

  /** It is back. */
  void cameBack(VaPage page, int frame) {
    page.out = null;
    page.frame = frame;
    full.addLast(page);
    out--;
  }

  /** How many version arrays of the first level are in the EPC. */
  int resident() {
    return all.size() - out;
  }

  /** Whether a slot of the first level, by its number, has an owner. */
  boolean isTaken(long slot) {
    return all.get((int) (slot / SLOTS)).taken.get((int) (slot % SLOTS));
  }

  /** How many slots of the first level have an owner. */
  int taken() {
    int sum = 0;
    for (VaPage page : all) {
      sum += page.taken.cardinality();
    }
    return sum;
  }

  /** Every version array, both levels. */
  void forEach(Consumer<VaPage> visit) {
    all.forEach(visit);
    secondLevel.forEach(visit);
  }

  /** Frames of all version arrays that are in the EPC, both levels. */
  List<Integer> frames() {
    List<Integer> frames = new ArrayList<>();
    for (VaPage page : all) {
      if (page.isResident()) {
        frames.add(page.frame);
      }
    }
    for (VaPage page : secondLevel) {
      frames.add(page.frame);
    }
    return frames;
  }
}
