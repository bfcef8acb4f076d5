package dev.ksgx.hardware.epc;

import dev.ksgx.hardware.structure.PageType;

/**
 * The state bits of one EPCM entry packed into an int: the layout of SECINFO.FLAGS (isa.md 1.2) for
 * R, W, X, PENDING, MODIFIED, PR and PT, with BLOCKED and VALID in bits that SECINFO leaves free.
 * An int of 0 is an invalid entry.
 */
public final class EpcmState {
  public static final int R = 1;
  public static final int W = 1 << 1;
  public static final int X = 1 << 2;
  public static final int PENDING = 1 << 3;
  public static final int MODIFIED = 1 << 4;
  public static final int PR = 1 << 5;
  public static final int BLOCKED = 1 << 16;
  public static final int VALID = 1 << 17;

  private static final int TYPE_SHIFT = 8;
  private static final int SECINFO_FLAGS = 0xffff;

  private EpcmState() {}

  /** A valid entry of this type with these R, W, X bits and nothing else set. */
  public static int valid(PageType type, int rwx) {
    return VALID | type.number() << TYPE_SHIFT | rwx & (R | W | X);
  }

  /** A valid entry that says what these SECINFO.FLAGS say, not BLOCKED. */
  public static int ofSecInfo(long flags) {
    return VALID | (int) flags & SECINFO_FLAGS;
  }

  /** SECINFO.FLAGS of an entry: all but VALID and BLOCKED. */
  public static long toSecInfo(int state) {
    return state & SECINFO_FLAGS;
  }

  /** Whether all of {@code bits} are set. */
  public static boolean has(int state, int bits) {
    return (state & bits) == bits;
  }

  /** Whether any of {@code bits} is set. */
  public static boolean any(int state, int bits) {
    return (state & bits) != 0;
  }

  /** Page type of a valid entry. */
  public static PageType type(int state) {
    return PageType.of(state >>> TYPE_SHIFT & 0xff);
  }

  /** Whether the entry is valid and of this type. */
  public static boolean isValid(int state, PageType type) {
    return has(state, VALID) && type(state) == type;
  }
}
