package dev.ksgx.kernel.check;

import java.util.Arrays;
import java.util.BitSet;
import java.util.TreeSet;

/**
 * Where each frame was when it was last looked at: in the pool, with an owner, or on its way from
 * one to the other.
 */
final class FrameLedger {
  private final BitSet out = new BitSet();
  private final TreeSet<Integer> onTheWay = new TreeSet<>();
  private EnclaveLedger[] holders = new EnclaveLedger[1024];
  private long[] owners = new long[holders.length];
  private int countOut;

  /** A frame was found in the pool, or not there. */
  void pool(int frame, boolean free) {
    if (out.get(frame) == free) {
      countOut += free ? -1 : 1;
      out.set(frame, !free);
    }
    if (free) {
      onTheWay.remove(frame);
    } else if (holder(frame) == null) {
      onTheWay.add(frame);
    }
  }

  /** Frames that are not in the pool. */
  int out() {
    return countOut;
  }

  /** Frames that are neither in the pool nor anybody's, in ascending order. */
  Iterable<Integer> onTheWay() {
    return onTheWay;
  }

  /** Who has a frame, or null. */
  EnclaveLedger holder(int frame) {
    return frame < holders.length ? holders[frame] : null;
  }

  /** What its holder has a frame for, see {@link Findings#owner}. */
  long owner(int frame) {
    return owners[frame];
  }

  void claim(int frame, EnclaveLedger holder, long owner) {
    if (frame >= holders.length) {
      int length = Math.max(frame + 1, 2 * holders.length);
      holders = Arrays.copyOf(holders, length);
      owners = Arrays.copyOf(owners, length);
    }
    holders[frame] = holder;
    owners[frame] = owner;
    onTheWay.remove(frame);
  }

  /** It is nobody's, if it was that owner's. */
  void release(int frame, EnclaveLedger holder, long owner) {
    if (frame >= 0 && holder(frame) == holder && owners[frame] == owner) {
      holders[frame] = null;
      if (out.get(frame)) {
        onTheWay.add(frame);
      }
    }
  }
}
