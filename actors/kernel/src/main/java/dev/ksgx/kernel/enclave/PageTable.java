package dev.ksgx.kernel.enclave;

import dev.ksgx.hardware.epc.Epc;
import dev.ksgx.hardware.leaf.Translation;
import dev.ksgx.kernel.check.EnclaveView;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The page-table entries of one enclave's mapping in one process. The enclave's actor writes them,
 * cores read them and set accessed bits, as processors walk tables that the kernel changes under
 * them.
 */
final class PageTable implements Translation {
  private static final int LEAF_ENTRIES = 512;

  /** Accessed bit of an entry; below it the frame plus one, of which there are at most 2^27. */
  private static final int ACCESSED = 1 << 30;

  private final Epc epc;
  private final long base;
  private final long pages;
  private final AtomicReferenceArray<AtomicIntegerArray> leaves;

  PageTable(Epc epc, long base, long bytes) {
    this.epc = epc;
    this.base = base;
    this.pages = bytes / Epc.PAGE_BYTES;
    this.leaves = new AtomicReferenceArray<>((int) ((pages + LEAF_ENTRIES - 1) / LEAF_ENTRIES));
  }

  @Override
  public long translate(long linear) {
    long page = (linear - base) / Epc.PAGE_BYTES;
    if (linear < base || page >= pages) {
      return NOT_PRESENT;
    }
    AtomicIntegerArray leaf = leaves.get((int) (page / LEAF_ENTRIES));
    if (leaf == null) {
      return NOT_PRESENT;
    }
    int at = (int) (page % LEAF_ENTRIES);
    int entry = leaf.get(at);
    if (entry == 0) {
      return NOT_PRESENT;
    }
    if ((entry & ACCESSED) == 0) {
      leaf.compareAndSet(at, entry, entry | ACCESSED);
    }
    return epc.addressOf((entry & ~ACCESSED) - 1) + linear % Epc.PAGE_BYTES;
  }

  /** Whether the page was used since this was last asked; its accessed bit is clear afterwards. */
  boolean testAndClearAccessed(long linear) {
    long page = (linear - base) / Epc.PAGE_BYTES;
    AtomicIntegerArray leaf = leaves.get((int) (page / LEAF_ENTRIES));
    if (leaf == null) {
      return false;
    }
    int at = (int) (page % LEAF_ENTRIES);
    int entry = leaf.get(at);
    return (entry & ACCESSED) != 0 && leaf.compareAndSet(at, entry, entry & ~ACCESSED);
  }

  /** Map the page at {@code linear} to {@code frame}; it counts as not accessed. */
  void map(long linear, int frame) {
    long page = (linear - base) / Epc.PAGE_BYTES;
    int index = (int) (page / LEAF_ENTRIES);
    AtomicIntegerArray leaf = leaves.get(index);
    if (leaf == null) {
      leaf = new AtomicIntegerArray((int) Math.min(LEAF_ENTRIES, pages));
      leaves.set(index, leaf);
    }
    leaf.set((int) (page % LEAF_ENTRIES), frame + 1);
  }

  /** The frame that the page at {@code linear} is mapped to, or -1; it does not count as a use. */
  int frameAt(long linear) {
    long page = (linear - base) / Epc.PAGE_BYTES;
    AtomicIntegerArray leaf = leaves.get((int) (page / LEAF_ENTRIES));
    return leaf == null ? -1 : (leaf.get((int) (page % LEAF_ENTRIES)) & ~ACCESSED) - 1;
  }

  /** Every entry that is present. */
  void forEach(EnclaveView.EntryVisitor visit) {
    for (int i = 0; i < leaves.length(); i++) {
      AtomicIntegerArray leaf = leaves.get(i);
      for (int at = 0; leaf != null && at < leaf.length(); at++) {
        int entry = leaf.get(at) & ~ACCESSED;
        if (entry != 0) {
          visit.entry(base + ((long) i * LEAF_ENTRIES + at) * Epc.PAGE_BYTES, entry - 1);
        }
      }
    }
  }

  /** Unmap the page at {@code linear}. */
  void unmap(long linear) {
    long page = (linear - base) / Epc.PAGE_BYTES;
    AtomicIntegerArray leaf = leaves.get((int) (page / LEAF_ENTRIES));
    if (leaf != null) {
      leaf.set((int) (page % LEAF_ENTRIES), 0);
    }
  }

  /** The same entries in a table of its own; what one marks as accessed the other does not. */
  PageTable copy() {
    PageTable copy = new PageTable(epc, base, pages * Epc.PAGE_BYTES);
    for (int i = 0; i < leaves.length(); i++) {
      AtomicIntegerArray leaf = leaves.get(i);
      if (leaf != null) {
        AtomicIntegerArray same = new AtomicIntegerArray(leaf.length());
        for (int at = 0; at < leaf.length(); at++) {
          same.set(at, leaf.get(at));
        }
        copy.leaves.set(i, same);
      }
    }
    return copy;
  }

  /** Unmap everything. */
  void zap() {
    for (int i = 0; i < leaves.length(); i++) {
      leaves.set(i, null);
    }
  }
}
