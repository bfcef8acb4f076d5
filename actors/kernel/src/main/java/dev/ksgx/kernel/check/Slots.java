package dev.ksgx.kernel.check;

import java.util.BitSet;

/** The slots of one enclave that have an owner. */
final class Slots {
  private final EnclaveView enclave;
  private final Findings findings;
  private final BitSet first = new BitSet();
  private final BitSet second = new BitSet();

  Slots(EnclaveView enclave, Findings findings) {
    this.enclave = enclave;
    this.findings = findings;
  }

  /** A page owns {@code slot}, if that is not -1. */
  void owned(long slot, long address) {
    own(first, slot, address);
  }

  void ownedBySecs() {
    own(first, enclave.secsSlot(), Findings.SECS);
  }

  /** A version array owns {@code slot} of the second level. */
  void home(long slot) {
    own(second, slot, Findings.VERSION_ARRAY);
  }

  void compareWithTaken() {
    compareWithTaken(enclave, first.cardinality(), findings);
  }

  /** A slot for life is taken before its page is there, one for an eviction is not. */
  static void compareWithTaken(EnclaveView enclave, int owned, Findings findings) {
    if (!enclave.keepsSlots() && enclave.isSettled() && enclave.taken() > owned) {
      findings.add(
          Invariant.SLOT_OWNER,
          Findings.enclave(enclave),
          "has %d slots taken, of which %d have an owner",
          enclave.taken(),
          owned);
    }
  }

  /** A slot has another owner beside this one. */
  static void shared(EnclaveView enclave, long slot, long owner, Findings findings) {
    findings.add(
        Invariant.SLOT_OWNER,
        Findings.owner(enclave, owner),
        "owns slot %d, as another does",
        slot);
  }

  private void own(BitSet level, long slot, long owner) {
    if (slot < 0) {
      return;
    }
    if (level.get((int) slot)) {
      shared(enclave, slot, owner, findings);
    }
    level.set((int) slot);
  }
}
