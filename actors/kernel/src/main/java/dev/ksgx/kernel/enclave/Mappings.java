package dev.ksgx.kernel.enclave;

import akka.actor.typed.ActorRef;
import dev.ksgx.hardware.epc.Epc;
import dev.ksgx.hardware.leaf.Translation;
import dev.ksgx.protocol.message.AddressSpaceMessage;
import java.util.ArrayList;
import java.util.List;

/** Where an enclave is mapped: a page table in each process that has it. */
final class Mappings {
  /** One process that maps the enclave. */
  record Mapping(int pid, ActorRef<AddressSpaceMessage.Request> space, PageTable table) {}

  private final Epc epc;
  private final long base;
  private final long bytes;
  private final List<Mapping> all = new ArrayList<>();

  Mappings(Epc epc, long base, long bytes) {
    this.epc = epc;
    this.base = base;
    this.bytes = bytes;
  }

  /** The process maps the enclave; nothing is present in its table yet. */
  void add(int pid, ActorRef<AddressSpaceMessage.Request> space) {
    all.add(new Mapping(pid, space, new PageTable(epc, base, bytes)));
  }

  List<Mapping> all() {
    return all;
  }

  /** The page table of a process, or null. */
  Translation tableOf(ActorRef<AddressSpaceMessage.Request> space) {
    for (Mapping mapping : all) {
      if (mapping.space().equals(space)) {
        return mapping.table();
      }
    }
    return null;
  }

  /** Map the page in the process that touched it. */
  void map(ActorRef<AddressSpaceMessage.Request> space, long address, int frame) {
    for (Mapping mapping : all) {
      if (mapping.space().equals(space)) {
        mapping.table().map(address, frame);
      }
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
