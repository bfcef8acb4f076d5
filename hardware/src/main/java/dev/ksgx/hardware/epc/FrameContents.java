package dev.ksgx.hardware.epc;

import dev.ksgx.hardware.structure.Bytes;

/**
 * What a frame holds. A slot of the EPC is null (a page of zeros), {@link Bytes} (shared with
 * whoever gave them, never written), a byte array (the frame's own copy, made by the first write),
 * a {@link TcsState} or a {@link SecsState}. A thousand enclaves of one image so hold its pages
 * once.
 */
public final class FrameContents {
  private final Epcm epcm;
  private final int frame;

  private FrameContents(Epcm epcm, int frame) {
    this.epcm = epcm;
    this.frame = frame;
  }

  /** The contents of one frame. */
  public static FrameContents of(Epcm epcm, int frame) {
    return new FrameContents(epcm, frame);
  }

  /** What to store in a slot for these 4096 bytes: nothing at all for the shared page of zeros. */
  public static Object slotFor(Bytes page) {
    return page == Bytes.zeros(Epc.PAGE_BYTES) ? null : page;
  }

  /** A page's bytes as they are now, all 4096 of them; not a copy where they are shared. */
  public Bytes page() {
    Object slot = epcm.slot(frame);
    if (slot instanceof Bytes shared) {
      return shared;
    }
    if (slot instanceof byte[] own) {
      return Bytes.copyOf(own);
    }
    if (slot instanceof TcsState tcs) {
      return tcs.image();
    }
    return slot instanceof SecsState secs ? secs.image().bytes() : Bytes.zeros(Epc.PAGE_BYTES);
  }

  /** {@code length} bytes from {@code offset}. */
  public Bytes read(int offset, int length) {
    return epcm.slot(frame) instanceof byte[] own
        ? Bytes.copyOf(own, offset, length)
        : page().slice(offset, length);
  }

  /** Writes {@code data} at {@code offset} of a REG page; the first write gives it its own copy. */
  public void write(int offset, Bytes data) {
    data.copyTo(0, own(), offset, data.length());
  }

  private byte[] own() {
    while (true) {
      Object slot = epcm.slot(frame);
      if (slot instanceof byte[] own) {
        return own;
      }
      byte[] copy = slot == null ? new byte[Epc.PAGE_BYTES] : ((Bytes) slot).toByteArray();
      if (epcm.replaceSlot(frame, slot, copy)) {
        return copy;
      }
    }
  }
}
