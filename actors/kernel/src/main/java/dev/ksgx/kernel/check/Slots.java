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
    own(first, slot, Findings.page(enclave, address));
  }

  void ownedBySecs() {
    own(first, enclave.secsSlot(), Findings.secs(enclave));
  }

  /** A version array owns {@code slot} of the second level. */
  void home(long slot) {
    own(second, slot, Findings.versionArray(enclave));
  }

  private void own(BitSet level, long slot, String owner) {
    if (slot < 0) {
      return;
    }
    if (level.get((int) slot)) {
      findings.add(Invariant.SLOT_OWNER, owner, "owns slot %d, as another does", slot);
    }
    level.set((int) slot);
  }
}
