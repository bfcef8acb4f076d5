package dev.ksgx.hardware.epc;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The EPCM: one entry a frame, with its access word and its contents (isa.md 1.13, 3.2). Entries
 * are read by any processor at any time; one is written only by the leaf that holds the frame's
 * access word exclusively, but for BLOCKED, which shared users may set. VALID is published last and
 * withdrawn first.
 */
public final class Epcm {
  private static final VarHandle INT = MethodHandles.arrayElementVarHandle(int[].class);
  private static final VarHandle LONG = MethodHandles.arrayElementVarHandle(long[].class);
  private static final VarHandle SLOTS;

  static {
    try {
      SLOTS =
          MethodHandles.lookup()
              .findVarHandle(EpcmChunk.class, "slots", AtomicReferenceArray.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final AtomicReferenceArray<EpcmChunk> chunks;

  Epcm(int frames) {
    chunks =
        new AtomicReferenceArray<>(
            (int) (((long) frames + EpcmChunk.FRAMES - 1) >> EpcmChunk.SHIFT));
  }

  /** Takes one use of the frame ({@link AccessWord}'s constants), or answers false: a conflict. */
  public boolean tryTake(int frame, int use) {
    return AccessWord.tryTake(touch(frame).access, index(frame), use);
  }

  /** Gives back a use that was granted. */
  public void release(int frame, int use) {
    AccessWord.release(chunk(frame).access, index(frame), use);
  }

  /** The access word as it is now. */
  public int accessWord(int frame) {
    EpcmChunk chunk = chunk(frame);
    return chunk == null ? 0 : AccessWord.get(chunk.access, index(frame));
  }

  /** State bits ({@link EpcmState}); 0 for a frame that is not valid. */
  public int state(int frame) {
    EpcmChunk chunk = chunk(frame);
    return chunk == null ? 0 : (int) INT.getAcquire(chunk.state, index(frame));
  }

  /** Frame of the owning SECS; meaningful for valid pages that have an owner. */
  public int owner(int frame) {
    return (int) INT.getOpaque(touch(frame).owner, index(frame));
  }

  /** ENCLAVEADDRESS, the page's linear address. */
  public long address(int frame) {
    return (long) LONG.getOpaque(touch(frame).address, index(frame));
  }

  /**
   * Sets BLOCKED of a valid entry, or answers false if it is set already. The caller holds the
   * frame at least shared.
   */
  public boolean tryBlock(int frame) {
    int[] states = chunk(frame).state;
    int state = (int) INT.getAcquire(states, index(frame));
    while (!EpcmState.has(state, EpcmState.BLOCKED)) {
      int seen =
          (int) INT.compareAndExchange(states, index(frame), state, state | EpcmState.BLOCKED);
      if (seen == state) {
        return true;
      }
      state = seen;
    }
    return false;
  }

  /** Notes the epoch of {@link TrackingState} in which the page came to need tracking. */
  public void stamp(int frame, long epoch) {
    INT.setOpaque(chunk(frame).epoch, index(frame), (int) epoch);
  }

  /** The epoch last stamped; {@link TrackingState#NOT_NEEDED} since the page became valid. */
  public long epoch(int frame) {
    return (int) INT.getOpaque(chunk(frame).epoch, index(frame)) & 0xffff_ffffL;
  }

  /** What the frame holds: see {@link FrameContents}; null = zeros. */
  Object slot(int frame) {
    EpcmChunk chunk = chunk(frame);
    AtomicReferenceArray<Object> slots = chunk == null ? null : chunk.slots;
    return slots == null ? null : slots.getAcquire(index(frame));
  }

  boolean replaceSlot(int frame, Object expected, Object contents) {
    return slots(touch(frame)).compareAndSet(index(frame), expected, contents);
  }

  /** The enclave of this SECS frame, or null if the frame is not a valid SECS. */
  public SecsState secs(int frame) {
    return slot(frame) instanceof SecsState secs ? secs : null;
  }

  /** The thread control structure in this frame, or null if the frame is not a valid TCS. */
  public TcsState tcs(int frame) {
    return slot(frame) instanceof TcsState tcs ? tcs : null;
  }

  /** The version array in this frame, or null if the frame is not a valid VA page. */
  public VersionArray versions(int frame) {
    return slot(frame) instanceof VersionArray versions ? versions : null;
  }

  /**
   * Makes the entry valid; it needs no tracking. The caller holds the frame exclusively.
   *
   * @param contents see {@link FrameContents}: Bytes, {@link SecsState}, {@link TcsState}, {@link
   *     VersionArray} or null
   */
  public void publish(int frame, int state, int ownerFrame, long address, Object contents) {
    EpcmChunk chunk = touch(frame);
    int i = index(frame);
    INT.setOpaque(chunk.owner, i, ownerFrame);
    LONG.setOpaque(chunk.address, i, address);
    INT.setOpaque(chunk.epoch, i, (int) TrackingState.NOT_NEEDED);
    if (contents != null || chunk.slots != null) {
      slots(chunk).setRelease(i, contents);
    }
    INT.setRelease(chunk.state, i, state);
  }

  /** Makes the entry invalid and drops the contents. The caller holds the frame exclusively. */
  public void invalidate(int frame) {
    EpcmChunk chunk = touch(frame);
    int i = index(frame);
    INT.setRelease(chunk.state, i, 0);
    AtomicReferenceArray<Object> slots = chunk.slots;
    if (slots != null) {
      slots.setRelease(i, null);
    }
  }

  /** Power was lost: no entry is valid and no frame holds anything. Nobody uses a frame. */
  public void clear() {
    for (int i = 0; i < chunks.length(); i++) {
      chunks.setRelease(i, null);
    }
  }

  /** Chunks made so far, each of {@link EpcmChunk#FRAMES} frames. */
  int touchedChunks() {
    int n = 0;
    for (int i = 0; i < chunks.length(); i++) {
      n += chunks.get(i) == null ? 0 : 1;
    }
    return n;
  }

  private static AtomicReferenceArray<Object> slots(EpcmChunk chunk) {
    AtomicReferenceArray<Object> slots = chunk.slots;
    if (slots == null) {
      SLOTS.compareAndSet(chunk, null, new AtomicReferenceArray<>(EpcmChunk.FRAMES));
      slots = chunk.slots;
    }
    return slots;
  }

  private EpcmChunk touch(int frame) {
    EpcmChunk chunk = chunk(frame);
    if (chunk == null) {
      chunks.compareAndSet(frame >> EpcmChunk.SHIFT, null, new EpcmChunk());
      chunk = chunk(frame);
    }
    return chunk;
  }

  private EpcmChunk chunk(int frame) {
    return chunks.getAcquire(frame >> EpcmChunk.SHIFT);
  }

  private static int index(int frame) {
    return frame & EpcmChunk.FRAMES - 1;
  }
}
