package dev.ksgx.kernel.check;

import java.util.function.IntConsumer;

/** What the manager of the EPC knows, to be read between two messages. */
public interface PoolView {
  /** Free frames as they are counted. */
  int free();

  /** Frames that are out of the pool as they are counted, by what they are for. */
  int inUse();

  /** Whether a frame is in the pool. */
  boolean isFree(int frame);

  /** The frames in the pool. */
  void forEachFree(IntConsumer visit);
}
