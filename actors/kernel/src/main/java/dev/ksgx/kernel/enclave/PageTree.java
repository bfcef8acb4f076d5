package dev.ksgx.kernel.enclave;

import java.util.function.Consumer;

/** The pages of an enclave by address: the radix tree of the driver, in two levels. */
final class PageTree {
  private static final int NODE = 512;
  private static final long PAGE_BYTES = 4096;

  private final long base;
  private final Page[][] nodes;
  private int size;

  PageTree(long base, long bytes) {
    this.base = base;
    this.nodes = new Page[(int) ((bytes / PAGE_BYTES + NODE - 1) / NODE)][];
  }

  /** The page at {@code address}, or null. */
  Page get(long address) {
    long index = index(address);
    if (index < 0 || index / NODE >= nodes.length) {
      return null;
    }
    Page[] node = nodes[(int) (index / NODE)];
    return node == null ? null : node[(int) (index % NODE)];
  }

  void put(Page page) {
    long index = index(page.address);
    int at = (int) (index / NODE);
    if (nodes[at] == null) {
      nodes[at] = new Page[NODE];
    }
    size += nodes[at][(int) (index % NODE)] == null ? 1 : 0;
    nodes[at][(int) (index % NODE)] = page;
  }

  void remove(Page page) {
    long index = index(page.address);
    Page[] node = nodes[(int) (index / NODE)];
    if (node != null && node[(int) (index % NODE)] == page) {
      node[(int) (index % NODE)] = null;
      size--;
    }
  }

  int size() {
    return size;
  }

  /** Every page, by ascending address. */
  void forEach(Consumer<Page> visit) {
    for (Page[] node : nodes) {
      if (node != null) {
        for (Page page : node) {
          if (page != null) {
            visit.accept(page);
          }
        }
      }
    }
  }

  /** The index of the page in the enclave's range. */
  long index(long address) {
    return address < base ? -1 : (address - base) / PAGE_BYTES;
  }
}
