package dev.ksgx.hardware.epc;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Who is inside an enclave, by epochs (isa.md 8.3, model A), in one packed word so that each
 * decision is one compare-and-set: bits 63..32 the epoch, 31..21 {@code cur} = threads inside that
 * entered in this epoch, 20..10 {@code prev} = threads inside that entered in the one before, 9..0
 * the removals of pages now in flight, during which nobody may enter (isa.md 3.2).
 */
public final class TrackingState {
  /** Most threads that can be inside, and so most logical processors of a machine. */
  public static final int MAX_THREADS = 1023;

  /** Stamp of a page that has never needed tracking: tracked in every epoch. */
  public static final long NOT_NEEDED = 0;

  private static final long FIRST_EPOCH = NOT_NEEDED + 2;
  private static final long REMOVAL = 1;
  private static final long REMOVALS = (1 << 10) - 1;
  private static final int PREV_SHIFT = 10;
  private static final int CUR_SHIFT = 21;
  private static final long THREADS = (1 << 11) - 1;
  private static final int EPOCH_SHIFT = 32;

  private final AtomicLong word = new AtomicLong(FIRST_EPOCH << EPOCH_SHIFT);

  /** A thread enters; its entry epoch, or -1 if a page of the enclave is being removed. */
  public long tryEnter() {
    while (true) {
      long w = word.get();
      if ((w & REMOVALS) != 0) {
        return -1;
      }
      if (word.compareAndSet(w, w + (1L << CUR_SHIFT))) {
        return w >>> EPOCH_SHIFT;
      }
    }
  }

  /** A thread leaves that entered in {@code entryEpoch}. */
  public void leave(long entryEpoch) {
    while (true) {
      long w = word.get();
      long thread = w >>> EPOCH_SHIFT == entryEpoch ? 1L << CUR_SHIFT : 1L << PREV_SHIFT;
      if (word.compareAndSet(w, w - thread)) {
        return;
      }
    }
  }

  /** Starts a tracking cycle, or answers false if the one before still has threads to wait for. */
  public boolean tryStartCycle() {
    while (true) {
      long w = word.get();
      if (prev(w) != 0) {
        return false;
      }
      long next = (w >>> EPOCH_SHIFT) + 1 << EPOCH_SHIFT | cur(w) << PREV_SHIFT | w & REMOVALS;
      if (word.compareAndSet(w, next)) {
        return true;
      }
    }
  }

  /** Whether the cycle before still has threads to wait for. */
  public boolean cycleUnfinished() {
    return prev(word.get()) != 0;
  }

  /** Whether a page that needed tracking in {@code pageEpoch} has been tracked. */
  public boolean tracked(long pageEpoch) {
    long w = word.get();
    long epoch = w >>> EPOCH_SHIFT;
    return pageEpoch < epoch && (pageEpoch + 1 < epoch || prev(w) == 0);
  }

  /** Current epoch: what a page is stamped with when it comes to need tracking. */
  public long epoch() {
    return word.get() >>> EPOCH_SHIFT;
  }

  /** Threads inside now. */
  public int threadsInside() {
    long w = word.get();
    return (int) (cur(w) + prev(w));
  }

  /** Begins to remove a page, or answers false if a thread is inside. */
  public boolean tryBeginRemoval() {
    while (true) {
      long w = word.get();
      if (cur(w) + prev(w) != 0) {
        return false;
      }
      if (word.compareAndSet(w, w + REMOVAL)) {
        return true;
      }
    }
  }

  /** The removal has ended, one way or the other. */
  public void endRemoval() {
    word.addAndGet(-REMOVAL);
  }

  private static long cur(long w) {
    return w >>> CUR_SHIFT & THREADS;
  }

  private static long prev(long w) {
    return w >>> PREV_SHIFT & THREADS;
  }
}
