package dev.ksgx.hardware.epc;

import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.Tcs;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A TCS page whose STATE, CSSA, AEP and FLAGS change while the rest stays as it was stored. STATE
 * and CSSA are one word, so that of two processors that enter by the same TCS exactly one does.
 */
public final class TcsState {
  private static final long ACTIVE = 1L << 63;
  private static final long CSSA = 0xffff_ffffL;

  private final Tcs added;
  private final AtomicLong word;
  private volatile long flags;
  private volatile long aep;

  /** The thread as the page says, whether EADD or ELDB or ELDU brings it. */
  public TcsState(Tcs added) {
    this.added = added;
    this.word = new AtomicLong(wordOf(added));
    this.flags = added.flags();
    this.aep = added.aep();
  }

  /** The fields that never change. */
  public Tcs added() {
    return added;
  }

  /** FLAGS as they are now. */
  public long flags() {
    return flags;
  }

  /** EDBGWR. */
  public void writeFlags(long value) {
    flags = value;
  }

  /** Whether a thread is inside by this TCS. */
  public boolean active() {
    return (word.get() & ACTIVE) != 0;
  }

  /** Number of the SSA frame that the next exit uses. */
  public int cssa() {
    return (int) word.get();
  }

  /** Where an asynchronous exit continues. */
  public long aep() {
    return aep;
  }

  /** Goes from inactive to active with CSSA changed from {@code from} to {@code to}, or false. */
  public boolean tryActivate(int from, int to, long newAep) {
    if (!word.compareAndSet(from & CSSA, ACTIVE | to & CSSA)) {
      return false;
    }
    aep = newAep;
    return true;
  }

  /** The thread leaves with this CSSA. */
  public void deactivate(int cssa) {
    word.set(cssa & CSSA);
  }

  /** The page's bytes as they are now. */
  public Bytes image() {
    long w = word.get();
    boolean asAdded = w == wordOf(added) && aep == added.aep() && flags == added.flags();
    return asAdded
        ? added.bytes()
        : added.toBuilder().state(w >>> 63).flags(flags).cssa((int) w).aep(aep).build().bytes();
  }

  private static long wordOf(Tcs tcs) {
    return tcs.state() << 63 | tcs.cssa() & CSSA;
  }
}
