package dev.ksgx.kernel.enclave;

import dev.ksgx.hardware.epc.Epc;
import dev.ksgx.hardware.leaf.Translation;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The page-table entries of one enclave's mapping. The enclave's actor writes them, cores read
 * them, as processors walk tables that the kernel changes under them.
 */
final class PageTable implements Translation {
  private static final int LEAF_ENTRIES = 512;

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
    int entry = leaf == null ? 0 : leaf.get((int) (page % LEAF_ENTRIES));
    return entry == 0 ? NOT_PRESENT : epc.addressOf(entry - 1) + linear % Epc.PAGE_BYTES;
  }

  /** Map the page at {@code linear} to {@code frame}. */
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

  /** Unmap the page at {@code linear}. */
  void unmap(long linear) {
    long page = (linear - base) / Epc.PAGE_BYTES;
    AtomicIntegerArray leaf = leaves.get((int) (page / LEAF_ENTRIES));
    if (leaf != null) {
      leaf.set((int) (page % LEAF_ENTRIES), 0);
    }
  }

  /** Unmap everything. */
  void zap() {
    for (int i = 0; i < leaves.length(); i++) {
      leaves.set(i, null);
    }
  }
}
