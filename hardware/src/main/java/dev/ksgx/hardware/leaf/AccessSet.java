package dev.ksgx.hardware.leaf;

import dev.ksgx.hardware.epc.AccessWord;
import dev.ksgx.hardware.epc.Epcm;

/** The access words that one leaf has taken. What could not be taken is a conflict. */
final class AccessSet {
  /**
   * A target, an SECS as shared user and in a group: the most that a leaf of this machine takes.
   */
  private static final int MOST = 3;

  private final LeafContext cpu;
  private final Epcm epcm;
  private final int[] frames = new int[MOST];
  private final int[] uses = new int[MOST];
  private int taken;

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

  private boolean take(int frame, int use) {
    if (cpu.takeInjectedConflict() || !epcm.tryTake(frame, use)) {
      return false;
    }
    frames[taken] = frame;
    uses[taken++] = use;
    return true;
  }

  /** Gives all of them back, the last first. */
  void release() {
    while (taken > 0) {
      taken--;
      epcm.release(frames[taken], uses[taken]);
    }
  }
}
