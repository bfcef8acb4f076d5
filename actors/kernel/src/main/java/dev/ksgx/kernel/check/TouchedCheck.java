package dev.ksgx.kernel.check;

import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * All the rules for what was touched, at a cost that grows with that alone. It keeps books of its
 * own, brought up to date where something was touched, and believes them only after it has asked
 * the driver again: an owner that it remembers and that has moved on is no second owner.
 *
 * <p>A version array that comes or goes is announced by its frame alone. One that has come is found
 * by its frame, which is nobody's and holds a PT_VA: as long as there is one, all are asked.
 */
final class TouchedCheck {
  private final Inspection inspection;
  private final Deaths deaths;
  private final FrameLedger frames = new FrameLedger();
  private final Map<Long, EnclaveLedger> enclaves = new TreeMap<>();
  private Findings findings = new Findings();
  private EnclaveRules rules;
  private FrameRules frameRules;

  /** Begins with what there is now. */
  TouchedCheck(Inspection inspection, Deaths deaths) {
    this.inspection = inspection;
    this.deaths = deaths;
    report(findings);
    for (int frame = 0; frame < inspection.machine().epc().frames(); frame++) {
      frames.pool(frame, inspection.pool().isFree(frame));
    }
    inspection.enclaves().forEach(this::everything);
  }

  /** Where what does not balance goes from here on. */
  private void report(Findings to) {
    findings = to;
    rules = new EnclaveRules(inspection.machine(), inspection.pool(), to);
    frameRules = new FrameRules(inspection.machine(), inspection.pool(), to);
  }

  /** What was touched since the last time; an enclave on its way is looked at again. */
  void run(Findings to) {
    report(to);
    inspection.takeFrames().forEach(this::frame);
    for (Iterator<Map.Entry<Long, Set<Long>>> each = inspection.pages().entrySet().iterator();
        each.hasNext(); ) {
      Map.Entry<Long, Set<Long>> entry = each.next();
      EnclaveView enclave = inspection.enclave(entry.getKey());
      EnclaveLedger ledger = ledger(enclave);
      deaths.look(enclave, findings);
      secs(enclave, ledger);
      entry.getValue().forEach(address -> page(enclave, ledger, address));
      if (enclave.isSettled()) {
        balance(enclave, ledger);
        each.remove();
      }
    }
    strays();
    frameRules.counts(inspection.machine().epc().frames() - frames.out());
  }

  /** An enclave is released: a last look at all of it, while it is still there. */
  void closing(EnclaveView enclave, Findings to) {
    run(to);
    deaths.look(enclave, findings);
    everything(enclave);
    if (enclave.isSettled()) {
      balance(enclave, ledger(enclave));
    }
    enclaves.remove(enclave.number()).leaving = true;
  }

  private void everything(EnclaveView enclave) {
    EnclaveLedger ledger = ledger(enclave);
    secs(enclave, ledger);
    enclave.forEachPage(page -> page(enclave, ledger, page.address()));
    versionArrays(enclave, ledger);
  }

  private EnclaveLedger ledger(EnclaveView enclave) {
    return enclaves.computeIfAbsent(enclave.number(), EnclaveLedger::new);
  }

  /** A frame was allocated or freed. */
  private void frame(int frame) {
    boolean free = inspection.pool().isFree(frame);
    EnclaveLedger holder = frames.holder(frame);
    boolean wasArray = holder != null && frames.owner(frame) == Findings.VERSION_ARRAY;
    if (holder != null) {
      long owner = frames.owner(frame);
      boolean held = !holder.leaving && holds(holder, owner, frame);
      if (!held) {
        frames.release(frame, holder, owner);
      } else if (free) {
        findings.add(
            Invariant.ONE_OWNER,
            Findings.frame(frame),
            "is in the pool and holds %s",
            Findings.owner(holder.number, owner));
      }
    }
    frames.pool(frame, free);
    if (wasArray) {
      versionArraysOf(holder);
    }
    if (free) {
      frameRules.inPool(frame);
    }
  }

  /** Whether the driver says so too. */
  private boolean holds(EnclaveLedger holder, long owner, int frame) {
    EnclaveView enclave = inspection.enclave(holder.number);
    if (holder.leaving || enclave == null) {
      return holder.leaving;
    }
    if (owner == Findings.SECS) {
      return enclave.secsFrame() == frame;
    }
    if (owner == Findings.VERSION_ARRAY) {
      boolean[] found = new boolean[1];
      enclave.forEachVersionArray(array -> found[0] |= array.frame() == frame);
      return found[0];
    }
    PageView page = enclave.page(owner);
    return page != null && page.frame() == frame;
  }

  private void move(EnclaveLedger ledger, long owner, int had, int has) {
    if (had != has) {
      frames.release(had, ledger, owner);
    }
    if (has >= 0) {
      EnclaveLedger before = frames.holder(has);
      boolean another = before != null && (before != ledger || frames.owner(has) != owner);
      if (another && holds(before, frames.owner(has), has)) {
        findings.add(
            Invariant.ONE_OWNER,
            Findings.frame(has),
            "holds %s and %s",
            Findings.owner(before.number, frames.owner(has)),
            Findings.owner(ledger.number, owner));
      }
      frames.claim(has, ledger, owner);
    }
  }

  private void moveSlot(EnclaveView enclave, EnclaveLedger ledger, long owner, long had, long has) {
    Long before = ledger.move(had, has, owner);
    if (before != null && before != owner && slotOf(enclave, before) == has) {
      Slots.shared(enclave, has, owner, findings);
    }
  }

  private static long slotOf(EnclaveView enclave, long owner) {
    if (owner == Findings.SECS) {
      return enclave.secsSlot();
    }
    PageView page = enclave.page(owner);
    return page == null ? -1 : page.slot();
  }

  private void secs(EnclaveView enclave, EnclaveLedger ledger) {
    rules.secs(enclave);
    move(ledger, Findings.SECS, ledger.secsFrame, enclave.secsFrame());
    ledger.secsFrame = enclave.secsFrame();
    moveSlot(enclave, ledger, Findings.SECS, ledger.secsSlot, enclave.secsSlot());
    ledger.secsSlot = enclave.secsSlot();
  }

  private void page(EnclaveView enclave, EnclaveLedger ledger, long address) {
    PageView now = enclave.page(address);
    PageView before = ledger.note(address, now);
    move(ledger, address, before == null ? -1 : before.frame(), now == null ? -1 : now.frame());
    moveSlot(
        enclave,
        ledger,
        address,
        before == null ? -1 : before.slot(),
        now == null ? -1 : now.slot());
    if (now != null) {
      rules.page(enclave, now);
      enclave.forEachEntryOf(address, frame -> rules.entry(enclave, address, frame));
    }
  }

  private void versionArraysOf(EnclaveLedger ledger) {
    EnclaveView enclave = inspection.enclave(ledger.number);
    if (enclave != null && !ledger.leaving) {
      versionArrays(enclave, ledger);
    }
  }

  private void versionArrays(EnclaveView enclave, EnclaveLedger ledger) {
    Set<Integer> now = new TreeSet<>();
    Slots slots = new Slots(enclave, findings);
    enclave.forEachVersionArray(
        array -> {
          rules.versionArray(enclave, array);
          slots.home(array.home());
          if (array.frame() < 0) {
            return;
          }
          if (!now.add(array.frame())) {
            findings.add(
                Invariant.ONE_OWNER,
                Findings.frame(array.frame()),
                "holds two version arrays of enclave %d",
                enclave.number());
          }
          move(ledger, Findings.VERSION_ARRAY, array.frame(), array.frame());
        });
    for (int frame : ledger.arrays) {
      if (!now.contains(frame)) {
        frames.release(frame, ledger, Findings.VERSION_ARRAY);
      }
    }
    ledger.arrays = now;
  }

  /**
   * Nothing of the enclave is under way: its counts are those of its pages. Its children are its
   * pages, each of which was compared with the EPCM, and what is in frames that are nobody's.
   */
  private void balance(EnclaveView enclave, EnclaveLedger ledger) {
    rules.resident(enclave, ledger.resident());
    Slots.compareWithTaken(enclave, ledger.slots(), findings);
    int children = ledger.resident();
    for (int frame : frames.onTheWay()) {
      boolean child = frameRules.isChild(frame);
      children += child && frameRules.secsOf(frame) == enclave.secsFrame() ? 1 : 0;
    }
    rules.children(enclave, children);
  }

  /** Frames that are nobody's. */
  private void strays() {
    boolean versionArray = false;
    for (int frame : frames.onTheWay()) {
      versionArray |= frameRules.isVersionArray(frame);
      if (frameRules.isChild(frame)) {
        frameRules.hasChildren(frameRules.secsOf(frame));
      }
    }
    if (versionArray) {
      inspection.enclaves().forEach(enclave -> versionArrays(enclave, ledger(enclave)));
    }
  }
}
