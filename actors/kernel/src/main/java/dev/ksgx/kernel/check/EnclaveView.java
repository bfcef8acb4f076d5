package dev.ksgx.kernel.check;

import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * What one enclave's actor knows, to be read between two messages.
 *
 * <p>Slots of version arrays are numbered through the arrays of their level, 512 to each.
 */
public interface EnclaveView {
  /** Hears of page-table entries. */
  @FunctionalInterface
  interface EntryVisitor {
    /**
     * @param address linear address
     * @param frame that the entry points to
     */
    void entry(long address, int frame);
  }

  /** Number of the enclave, unique since boot. */
  long number();

  /** DEAD. */
  boolean isDead();

  /** It is created and its lock is free: no leaf that moves a page of it is under way. */
  boolean isSettled();

  /** A page keeps its slot while it is in the EPC. */
  boolean keepsSlots();

  /** A page keeps its copy in ordinary memory while it is in the EPC. */
  boolean keepsCopies();

  /** Frame of the SECS; -1 before it has one and while it is out. */
  int secsFrame();

  /** Slot of the first level that is the SECS's own; -1 if it has none. */
  long secsSlot();

  /** Ordinary memory has a copy of the SECS. */
  boolean isSecsBacked();

  /** Pages in the EPC as the driver counts them: the children of the SECS. */
  int resident();

  /** Whether a slot of the first level is marked as taken. */
  boolean isTaken(long slot);

  /** Slots of the first level that are marked as taken. */
  int taken();

  /** The page at a linear address, or null. */
  PageView page(long address);

  /** All pages. */
  void forEachPage(Consumer<PageView> visit);

  /** All version arrays, of both levels. */
  void forEachVersionArray(Consumer<VersionArrayView> visit);

  /** All page-table entries of all processes that map the enclave. */
  void forEachEntry(EntryVisitor visit);

  /** Frames that the entries of one page point to. */
  void forEachEntryOf(long address, IntConsumer visit);
}
