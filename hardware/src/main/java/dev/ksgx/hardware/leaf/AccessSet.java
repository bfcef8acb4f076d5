package dev.ksgx.hardware.leaf;

import dev.ksgx.hardware.epc.AccessWord;
import dev.ksgx.hardware.epc.Epcm;
import dev.ksgx.hardware.epc.VersionArray;

/** The access words that one leaf has taken. What could not be taken is a conflict. */
final class AccessSet {
  /** A target, an SECS and a third: its group, or a version array. No leaf takes more. */
  private static final int MOST = 3;

  private final LeafContext cpu;
  private final Epcm epcm;
  private final int[] frames = new int[MOST];
  private final int[] uses = new int[MOST];
  private int taken;
  private VersionArray versions;
  private int slot;
  private boolean injected;

  AccessSet(LeafContext cpu) {
    this.cpu = cpu;
    this.epcm = cpu.epc().epcm();
  }

  boolean exclusive(int frame) {
    return take(frame, AccessWord.EXCLUSIVE);
  }

  boolean shared(int frame) {
    return take(frame, AccessWord.SHARED);
  }

  boolean groupB(int secsFrame) {
    return take(secsFrame, AccessWord.GROUP_B);
  }

  boolean groupC(int secsFrame) {
    return take(secsFrame, AccessWord.GROUP_C);
  }

  /** Whether a leaf is just starting a tracking cycle of this SECS. */
  boolean groupCIsTaken(int secsFrame) {
    return (epcm.accessWord(secsFrame) & AccessWord.GROUP_C) != 0;
  }

  /** Claims a slot of a version array that is held shared. */
  boolean slot(VersionArray array, int index) {
    if (cpu.takeInjectedConflict() || !array.tryClaim(index)) {
      return false;
    }
    versions = array;
    slot = index;
    return true;
  }

  /** Whether the last page was refused by a test's wish, and not because another leaf has it. */
  boolean refusalWasInjected() {
    return injected;
  }

  private boolean take(int frame, int use) {
    injected = cpu.takeInjectedConflict();
    if (injected || !epcm.tryTake(frame, use)) {
      return false;
    }
    frames[taken] = frame;
    uses[taken++] = use;
    return true;
  }

  /** Gives all of them back, the last first. */
  void release() {
    if (versions != null) {
      versions.free(slot);
      versions = null;
    }
    while (taken > 0) {
      taken--;
      epcm.release(frames[taken], uses[taken]);
    }
  }
}
