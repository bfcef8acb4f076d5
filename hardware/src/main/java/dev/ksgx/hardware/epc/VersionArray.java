package dev.ksgx.hardware.epc;

import dev.ksgx.hardware.structure.Bytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A version array page: 512 slots of 8 bytes, each 0 or the version of one page outside the EPC
 * (isa.md 1.10). Many leaves use such a page at once, but only one a slot: a leaf claims its slot
 * before it looks at it and frees it when it is over.
 */
public final class VersionArray {
  /** Slots of a page. */
  public static final int SLOTS = Epc.PAGE_BYTES / Long.BYTES;

  private final AtomicLongArray slots = new AtomicLongArray(SLOTS);
  private final AtomicLongArray claims = new AtomicLongArray(SLOTS / Long.SIZE);

  /** An array of empty slots, as EPA makes it. */
  public VersionArray() {}

  /** The array in these 4096 bytes. */
  VersionArray(Bytes page) {
    for (int slot = 0; slot < SLOTS; slot++) {
      slots.setPlain(slot, page.u64(slot * Long.BYTES));
    }
  }

  /** Number of the slot at this EPC address. */
  public static int slotAt(long address) {
    return (int) (address & Epc.PAGE_BYTES - 1) / Long.BYTES;
  }

  /** Claims a slot, or answers false if another leaf has it. */
  public boolean tryClaim(int slot) {
    long claim = 1L << slot;
    return (claims.getAndAccumulate(slot / Long.SIZE, claim, (a, b) -> a | b) & claim) == 0;
  }

  /** Frees a slot that was claimed. */
  public void free(int slot) {
    claims.getAndAccumulate(slot / Long.SIZE, ~(1L << slot), (a, b) -> a & b);
  }

  /** The version in a slot; 0 = empty. */
  public long version(int slot) {
    return slots.get(slot);
  }

  /** Stores a version, or 0. The caller has claimed the slot. */
  public void store(int slot, long version) {
    slots.set(slot, version);
  }

  /** The page's bytes as they are now. */
  Bytes image() {
    ByteBuffer page = ByteBuffer.allocate(Epc.PAGE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int slot = 0; slot < SLOTS; slot++) {
      page.putLong(slots.get(slot));
    }
    return Bytes.copyOf(page.array());
  }
}
