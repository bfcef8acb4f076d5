package dev.ksgx.hardware.epc;

import dev.ksgx.hardware.measure.MeasurementNode;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.EvictedSecs;
import dev.ksgx.hardware.structure.PageType;
import dev.ksgx.hardware.structure.Tcs;

/**
 * What a frame holds. A slot of the EPC is null (a page of zeros), {@link Bytes} (shared with
 * whoever gave them, never written), a byte array (the frame's own copy, made by the first write),
 * a {@link TcsState}, a {@link SecsState} or a {@link VersionArray}. A thousand enclaves of one
 * image so hold its pages once.
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

  /**
   * What to store in the slot of {@code frame} for a page that comes back from outside.
   *
   * @param page the 4096 bytes that {@link #page()} gave
   * @param running the measurement that {@link SecsState#belongs} to an SECS
   * @return null for the shared page of zeros
   */
  public static Object slotFor(PageType type, int frame, Bytes page, MeasurementNode running) {
    return switch (type) {
      case SECS -> SecsState.reloaded(frame, EvictedSecs.parse(page), running);
      case TCS -> new TcsState(Tcs.parse(page));
      case VA -> new VersionArray(page);
      default -> slotFor(page);
    };
  }

  /**
   * A page's bytes as they are now, all 4096 of them, hidden fields of an SECS included; not a copy
   * where they are shared.
   */
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
    if (slot instanceof VersionArray versions) {
      return versions.image();
    }
    return slot instanceof SecsState secs ? secs.evicted().bytes() : Bytes.zeros(Epc.PAGE_BYTES);
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
