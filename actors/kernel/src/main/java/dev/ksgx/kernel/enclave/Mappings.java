package dev.ksgx.kernel.enclave;

import akka.actor.typed.ActorRef;
import dev.ksgx.hardware.epc.Epc;
import dev.ksgx.hardware.leaf.Translation;
import dev.ksgx.protocol.message.AddressSpaceMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Where an enclave is mapped: a page table in each process that has it. */
final class Mappings {
  /** One process that maps the enclave. */
  record Mapping(int pid, ActorRef<AddressSpaceMessage.Request> space, PageTable table) {}

  private final Epc epc;
  private final long base;
  private final long bytes;
  private final List<Mapping> all = new ArrayList<>();

  /** VMAs that a process has of the enclave, by pid. */
  private final Map<Integer, Integer> pieces = new TreeMap<>();

  Mappings(Epc epc, long base, long bytes) {
    this.epc = epc;
    this.base = base;
    this.bytes = bytes;
  }

  /** The process maps the enclave; nothing is present in its table yet. */
  void add(int pid, ActorRef<AddressSpaceMessage.Request> space) {
    all.add(new Mapping(pid, space, new PageTable(epc, base, bytes)));
    pieces.put(pid, 1);
  }

  /**
   * A process that maps the enclave has forked: the child maps it too. Entries are copied as they
   * are now, so that none leads to a page that a reclaim pass has unmapped (B-54).
   */
  void fork(int parent, int pid, ActorRef<AddressSpaceMessage.Request> child) {
    if (pieces.merge(pid, 1, Integer::sum) == 1) {
      all.add(new Mapping(pid, child, of(parent).table().copy()));
    }
  }

  /**
   * A piece of a process's mapping is unmapped. If it was the last the process maps the enclave no
   * more; other pieces stay, and their pages come back by faults.
   *
   * @param remaining pieces that the piece leaves
   */
  void cut(Mapping mapping, int remaining) {
    mapping.table().zap();
    if (pieces.merge(mapping.pid(), remaining - 1, Integer::sum) == 0) {
      pieces.remove(mapping.pid());
      all.remove(mapping);
    }
  }

  /** The mapping of a process by its pid, or null. */
  Mapping of(int pid) {
    for (Mapping mapping : all) {
      if (mapping.pid() == pid) {
        return mapping;
      }
    }
    return null;
  }

  private Mapping of(ActorRef<AddressSpaceMessage.Request> space) {
    for (Mapping mapping : all) {
      if (mapping.space().equals(space)) {
        return mapping;
      }
    }
    return null;
  }

  List<Mapping> all() {
    return all;
  }

  /** The page table of a process, or null. */
  Translation tableOf(ActorRef<AddressSpaceMessage.Request> space) {
    Mapping mapping = of(space);
    return mapping == null ? null : mapping.table();
  }

  /** Whether the process has an entry for the page. */
  boolean isMapped(ActorRef<AddressSpaceMessage.Request> space, long address) {
    for (Mapping mapping : all) {
      if (mapping.space().equals(space)) {
        return mapping.table().frameAt(address) >= 0;
      }
    }
    return false;
  }

  /** Map the page in the process that touched it. */
  void map(ActorRef<AddressSpaceMessage.Request> space, long address, int frame) {
    Mapping mapping = of(space);
    if (mapping != null) {
      mapping.table().map(address, frame);
    }
  }

  /** Clear the entries of a page everywhere. */
  void zap(long address) {
    for (Mapping mapping : all) {
      mapping.table().unmap(address);
    }
  }

  /** Clear all entries everywhere. */
  void zapAll() {
    for (Mapping mapping : all) {
      mapping.table().zap();
    }
  }

  /** Whether any process used the page since this was last asked. */
  boolean testAndClearAccessed(long address) {
    boolean accessed = false;
    for (Mapping mapping : all) {
      accessed |= mapping.table().testAndClearAccessed(address);
    }
    return accessed;
  }

  /** The processes. */
  List<Integer> pids() {
    return all.stream().map(Mapping::pid).toList();
  }
}
