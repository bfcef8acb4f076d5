package dev.ksgx.kernel.check;

import dev.ksgx.hardware.cpu.Machine;
import dev.ksgx.hardware.epc.Epcm;
import dev.ksgx.hardware.epc.EpcmState;
import dev.ksgx.hardware.epc.SecsState;
import dev.ksgx.hardware.structure.PageType;

/**
 * The rules about one enclave and about one page of it. While the lock of the enclave is held a
 * leaf may have moved a page of which the driver has not heard yet: what the EPCM says is then
 * compared only where it says something else than "not valid".
 */
final class EnclaveRules {
  private final Epcm epcm;
  private final PoolView pool;
  private final Findings findings;
  private final FrameRules frames;

  EnclaveRules(Machine machine, PoolView pool, Findings findings) {
    this.epcm = machine.epc().epcm();
    this.frames = new FrameRules(machine, pool, findings);
    this.pool = pool;
    this.findings = findings;
  }

  /** The SECS, and the child count against that of the SECS. */
  void secs(EnclaveView enclave) {
    int frame = enclave.secsFrame();
    if (frame < 0) {
      secsOut(enclave);
      return;
    }
    if (holds(enclave, frame, Findings.SECS)
        && !EpcmState.isValid(epcm.state(frame), PageType.SECS)) {
      other(enclave, frame, Findings.SECS);
    }
    SecsState secs = epcm.secs(frame);
    if (enclave.isSettled() && secs != null && secs.children() != enclave.resident()) {
      findings.add(
          Invariant.CHILDREN,
          Findings.enclave(enclave),
          "counts %d resident pages, its SECS has %d children",
          enclave.resident(),
          secs.children());
    }
  }

  private void secsOut(EnclaveView enclave) {
    if (enclave.resident() > 0) {
      findings.add(
          Invariant.SECS_STAYS,
          Findings.enclave(enclave),
          "has %d pages in the EPC and no SECS",
          enclave.resident());
    }
    if (enclave.isSettled() && (enclave.secsSlot() < 0 || !enclave.isSecsBacked())) {
      findings.add(
          Invariant.PAGE_SOMEWHERE,
          Findings.owner(enclave, Findings.SECS),
          "is neither in the EPC nor out with a copy and a slot");
    }
  }

  /** Where a page is, and what its frame, its slot and its page-table entries say. */
  void page(EnclaveView enclave, PageView page) {
    if (page.isResident()) {
      resident(enclave, page);
    } else if (page.pending() == (page.backed() && page.slot() >= 0)) {
      findings.add(
          Invariant.PAGE_SOMEWHERE,
          Findings.owner(enclave, page.address()),
          page.pending()
              ? "is still to be added and out at once"
              : "is neither in the EPC nor out with a copy and a slot");
    }
    if (page.slot() >= 0 && !enclave.isTaken(page.slot())) {
      findings.add(
          Invariant.SLOT_OWNER,
          Findings.owner(enclave, page.address()),
          "owns slot %d, which is free",
          page.slot());
    }
  }

  private void resident(EnclaveView enclave, PageView page) {
    boolean ownsSlot = page.slot() >= 0 && !enclave.keepsSlots();
    boolean backed = page.backed() && !enclave.keepsCopies();
    if (page.pending() || enclave.isSettled() && (ownsSlot || backed)) {
      findings.add(
          Invariant.PAGE_SOMEWHERE,
          Findings.owner(enclave, page.address()),
          "is in frame %d and %s at once",
          page.frame(),
          page.pending() ? "still to be added" : "out");
    }
    if (holds(enclave, page.frame(), page.address())
        && !isPageOf(enclave, page.frame(), page.address())) {
      other(enclave, page.frame(), page.address());
    }
  }

  /** Whether the frame is VALID; a free one is a violation, one not VALID is if nothing moves. */
  private boolean holds(EnclaveView enclave, int frame, long owner) {
    if (pool.isFree(frame)) {
      findings.add(
          Invariant.ONE_OWNER,
          Findings.frame(frame),
          "is in the pool and holds %s",
          Findings.owner(enclave, owner));
      return false;
    }
    boolean valid = EpcmState.has(epcm.state(frame), EpcmState.VALID);
    if (!valid && enclave.isSettled()) {
      findings.add(
          Invariant.OWNER_AS_IN_EPCM,
          Findings.frame(frame),
          "should hold %s and is not VALID",
          Findings.owner(enclave, owner));
    }
    return valid;
  }

  private boolean isPageOf(EnclaveView enclave, int frame, long address) {
    return frames.isChild(frame)
        && epcm.owner(frame) == enclave.secsFrame()
        && epcm.address(frame) == address;
  }

  private void other(EnclaveView enclave, int frame, long owner) {
    findings.add(
        Invariant.OWNER_AS_IN_EPCM,
        Findings.frame(frame),
        "should hold %s and holds %s",
        Findings.owner(enclave, owner),
        frames.describe(frame));
  }

  /** The child count against the pages that are in. */
  void resident(EnclaveView enclave, int pages) {
    if (pages != enclave.resident()) {
      findings.add(
          Invariant.CHILDREN,
          Findings.enclave(enclave),
          "counts %d resident pages and has %d",
          enclave.resident(),
          pages);
    }
  }

  /** The child count against what the EPCM has, frame by frame. */
  void children(EnclaveView enclave, int found) {
    if (enclave.isSettled() && enclave.secsFrame() >= 0 && found != enclave.resident()) {
      findings.add(
          Invariant.CHILDREN,
          Findings.enclave(enclave),
          "counts %d resident pages, the EPCM has %d",
          enclave.resident(),
          found);
    }
  }

  /** A version array of either level. */
  void versionArray(EnclaveView enclave, VersionArrayView array) {
    boolean out = array.backed() && array.home() >= 0;
    if (array.frame() < 0 && !out || array.frame() >= 0 && array.backed()) {
      findings.add(
          Invariant.PAGE_SOMEWHERE,
          Findings.owner(enclave, Findings.VERSION_ARRAY),
          "is %s",
          array.backed() ? "in and out at once" : "neither in the EPC nor out");
    }
    if (array.frame() >= 0
        && holds(enclave, array.frame(), Findings.VERSION_ARRAY)
        && !EpcmState.isValid(epcm.state(array.frame()), PageType.VA)) {
      other(enclave, array.frame(), Findings.VERSION_ARRAY);
    }
  }

  /** A page-table entry: v5 makes it before EADD, so that its page may not be there yet. */
  void entry(EnclaveView enclave, long address, int frame) {
    PageView page = enclave.page(address);
    boolean right;
    if (page == null || pool.isFree(frame)) {
      right = false;
    } else if (page.isResident() || enclave.isSettled()) {
      right = page.frame() == frame;
    } else {
      right =
          page.pending()
              && (!EpcmState.has(epcm.state(frame), EpcmState.VALID)
                  || isPageOf(enclave, frame, address));
    }
    if (!right) {
      findings.add(
          Invariant.ENTRY,
          Findings.owner(enclave, address),
          "is mapped to frame %d, %s",
          frame,
          page == null
              ? "but there is no such page"
              : page.isResident() ? "but is in frame " + page.frame() : "but is in none");
    }
  }
}
