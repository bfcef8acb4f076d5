package dev.ksgx.kernel.process;

import akka.actor.typed.ActorRef;
import dev.ksgx.protocol.message.EnclaveMessage;
import java.util.ArrayList;
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

  /**
   * What {@link #remove} did to one mapping.
   *
   * @param enclave bound to it, or null
   * @param remaining pieces of it that stay: 0, 1, or 2 if the hole is in its middle
   */
  record Cut(ActorRef<EnclaveMessage.Request> enclave, int remaining) {}

  /** Take {@code [from, to)} out of every mapping that it touches. */
  List<Cut> remove(long from, long to) {
    List<Cut> cuts = new ArrayList<>();
    for (Vma vma : List.copyOf(byBase.values())) {
      if (vma.overlaps(from, to)) {
        byBase.remove(vma.base);
        int remaining = keep(vma, vma.base, from) + keep(vma, to, vma.end());
        cuts.add(new Cut(vma.enclave, remaining));
      }
    }
    return cuts;
  }

  private int keep(Vma whole, long from, long to) {
    if (from >= to) {
      return 0;
    }
    Vma piece = new Vma(from, to - from);
    piece.enclave = whole.enclave;
    byBase.put(from, piece);
    return 1;
  }
}
