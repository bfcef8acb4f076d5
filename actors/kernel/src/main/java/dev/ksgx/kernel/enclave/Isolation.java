package dev.ksgx.kernel.enclave;

import dev.ksgx.kernel.flow.Flow;
import dev.ksgx.protocol.message.Burst;
import dev.ksgx.protocol.message.EnclaveMessage;
import dev.ksgx.protocol.message.Step;
import dev.ksgx.protocol.message.Work;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The first half of a reclaim pass (driver.md 6.3): look at the accessed bits of some pages, spare
 * the young and set the old aside. v5 holds the mmap lock of the process from here to the end of
 * the pass; mainline holds that of each process only while it looks at its page table.
 */
final class Isolation {
  private final EnclaveState enclave;
  private final MmapLocks mmapLocks;

  /** What each task has set aside and not evicted yet. */
  private final Map<Integer, List<Page>> aside = new TreeMap<>();

  Isolation(EnclaveState enclave, MmapLocks mmapLocks) {
    this.enclave = enclave;
    this.mmapLocks = mmapLocks;
  }

  /** What {@code flow}'s task has set aside; it has nothing aside any more. */
  List<Page> takeAside(Flow flow) {
    List<Page> pages = aside.remove(flow.task().tid());
    return pages == null ? List.of() : pages;
  }

  /** What {@code flow}'s task has set aside. */
  List<Page> aside(Flow flow) {
    return aside.getOrDefault(flow.task().tid(), List.of());
  }

  /** Look, then go on with the answer; the reference for the pass is held already. */
  void run(EnclaveMessage.Isolate ask, Flow flow, Consumer<EnclaveMessage.Isolated> then) {
    if (enclave.reclaim().oneList()) {
      List<Page> old = new ArrayList<>();
      List<Page> candidates = named(ask.pages());
      BitSet young = new BitSet(candidates.size());
      mmapLocks.forEach(
          flow,
          mapping -> {
            for (int i = 0; i < candidates.size(); i++) {
              if (mapping.table().testAndClearAccessed(candidates.get(i).address)) {
                young.set(i);
              }
            }
          },
          () ->
              enclave.lock.acquire(
                  flow,
                  () -> {
                    List<Long> spared = new ArrayList<>();
                    for (int i = 0; i < candidates.size(); i++) {
                      Page page = candidates.get(i);
                      if (young.get(i) || !mayGo(page)) {
                        spare(page, spared);
                      } else {
                        page.reserved = true;
                        old.add(page);
                      }
                    }
                    finish(ask, flow, candidates.size(), old, spared, then);
                  }));
    } else {
      mmapLocks.take(
          enclave.addressSpace,
          flow,
          users ->
              enclave.lock.acquire(
                  flow,
                  () -> {
                    if (enclave.dead) {
                      finish(ask, flow, 0, List.of(), List.of(), then);
                    } else {
                      fromOwnList(ask, flow, then);
                    }
                  }));
    }
  }

  /** Pages that have left the EPC or the enclave since they were listed are no candidates. */
  private List<Page> named(List<Long> addresses) {
    List<Page> pages = new ArrayList<>(addresses.size());
    for (long address : addresses) {
      Page page = enclave.pages.get(address);
      if (page != null && page.isResident()) {
        pages.add(page);
      }
    }
    return pages;
  }

  private static boolean mayGo(Page page) {
    return !page.reserved && page.isResident();
  }

  /** In one list only those that are resident go back to it. */
  private static void spare(Page page, List<Long> spared) {
    if (page.isResident()) {
      spared.add(page.address);
    }
  }

  private void fromOwnList(
      EnclaveMessage.Isolate ask, Flow flow, Consumer<EnclaveMessage.Isolated> then) {
    int looks = Math.min(ask.most(), enclave.loadList.size());
    List<Page> old = new ArrayList<>();
    for (int i = 0; i < looks; i++) {
      Page page = enclave.loadList.first();
      if (page.reserved || enclave.mappings.testAndClearAccessed(page.address)) {
        enclave.loadList.moveToLast(page);
      } else {
        enclave.loadList.remove(page);
        page.reserved = true;
        old.add(page);
      }
    }
    finish(ask, flow, looks, old, List.of(), then);
  }

  private void finish(
      EnclaveMessage.Isolate ask,
      Flow flow,
      int looked,
      List<Page> old,
      List<Long> spared,
      Consumer<EnclaveMessage.Isolated> then) {
    int young = looked - old.size();
    Runnable answer =
        () -> {
          enclave.lock.release(flow);
          if (old.isEmpty()) {
            unlockMmap(flow);
          } else {
            aside.put(flow.task().tid(), old);
          }
          then.accept(new EnclaveMessage.Isolated(ask.call(), looked, old.size(), spared));
        };
    if (young == 0) {
      answer.run();
    } else {
      flow.run(Burst.of(new Step.Software(Work.AGE_PAGE, young)), ran -> answer.run());
    }
  }

  /** The end of a pass that holds the mmap lock throughout. */
  void unlockMmap(Flow flow) {
    if (!enclave.reclaim().oneList()) {
      mmapLocks.release(enclave.addressSpace, flow);
    }
  }
}
