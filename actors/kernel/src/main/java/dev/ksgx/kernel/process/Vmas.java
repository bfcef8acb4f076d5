package dev.ksgx.kernel.process;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The mappings of one process, by address. */
final class Vmas {
  /** Where the search for a free range starts: well above what a program maps itself. */
  private static final long LOWEST = 0x7000_0000_0000L;

  private final TreeMap<Long, Vma> byBase = new TreeMap<>();

  /** Map {@code bytes} (a power of two) at the lowest free address that is a multiple of it. */
  Vma map(long bytes) {
    long base = LOWEST & -bytes;
    for (Vma vma : byBase.values()) {
      if (vma.overlaps(base, base + bytes)) {
        base = (vma.end() + bytes - 1) & -bytes;
      }
    }
    Vma vma = new Vma(base, bytes);
    byBase.put(base, vma);
    return vma;
  }

  /** The mapping that covers {@code address}, or null. */
  Vma at(long address) {
    Map.Entry<Long, Vma> below = byBase.floorEntry(address);
    return below == null || address >= below.getValue().end() ? null : below.getValue();
  }

  /** Take out every mapping that {@code [from, to)} touches. */
  List<Vma> remove(long from, long to) {
    List<Vma> removed = new ArrayList<>();
    for (Vma vma : List.copyOf(byBase.values())) {
      if (vma.overlaps(from, to)) {
        removed.add(byBase.remove(vma.base));
      }
    }
    return removed;
  }

  Collection<Vma> all() {
    return byBase.values();
  }
}
