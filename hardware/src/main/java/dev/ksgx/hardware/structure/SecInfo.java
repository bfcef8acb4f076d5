package dev.ksgx.hardware.structure;

import dev.ksgx.hardware.structure.Layout.Field;

/** SECINFO, 64 bytes, aligned 64 (isa.md 1.2): type and permissions of a page. */
public final class SecInfo extends Struct {
  private static final Layout.Builder ROWS = Layout.of("SECINFO", 64);

  private static final Field FLAGS = ROWS.field("FLAGS", 0, 8);

  /** The layout table: the rows above. */
  public static final Layout LAYOUT = ROWS.reserved(8, 56).build();

  /** Readable. */
  public static final long R = 1;

  /** Writable. */
  public static final long W = 1 << 1;

  /** Executable. */
  public static final long X = 1 << 2;

  /** Added by EAUG and not yet accepted. */
  public static final long PENDING = 1 << 3;

  /** Type changed by EMODT and not yet accepted. */
  public static final long MODIFIED = 1 << 4;

  /** Permissions restricted by EMODPR and not yet accepted. */
  public static final long PR = 1 << 5;

  private static final int PT_SHIFT = 8;
  private static final long PT = 0xffL << PT_SHIFT;
  private static final long STATE = PENDING | MODIFIED | PR;
  private static final long RESERVED = ~(R | W | X | STATE | PT);
  private static final SecInfo TCS = of(PageType.TCS, 0);
  private static final SecInfo[] REG = new SecInfo[8];

  static {
    for (int rwx = 0; rwx < REG.length; rwx++) {
      REG[rwx] = of(PageType.REG, rwx);
    }
  }

  private SecInfo(Bytes bytes) {
    super(LAYOUT, bytes);
  }

  /**
   * The structure in these bytes; only the size is checked.
   *
   * @throws IllegalArgumentException if there are not exactly 64 bytes
   */
  public static SecInfo parse(Bytes bytes) {
    return new SecInfo(bytes);
  }

  /** A builder in which everything is zero. */
  public static Builder builder() {
    return new Builder(Bytes.zeros(LAYOUT.size()));
  }

  /** A builder that starts from this structure. */
  public Builder toBuilder() {
    return new Builder(bytes());
  }

  /** All FLAGS bits. */
  public long flags() {
    return u64(FLAGS);
  }

  /** A regular page with these permissions. */
  public static SecInfo reg(boolean r, boolean w, boolean x) {
    return REG[(int) ((r ? R : 0) | (w ? W : 0) | (x ? X : 0))];
  }

  /** A thread control structure; it has no permissions. */
  public static SecInfo tcs() {
    return TCS;
  }

  /** A page of {@code type} with the given low FLAGS bits (R, W, X, PENDING, MODIFIED, PR). */
  public static SecInfo of(PageType type, long bits) {
    return ofFlags((long) type.number() << PT_SHIFT | bits);
  }

  /** The structure with these FLAGS and nothing else. */
  public static SecInfo ofFlags(long flags) {
    return builder().flags(flags).build();
  }

  /** The page type, or null if the PT field holds a number that names none. */
  public PageType pageType() {
    return PageType.of((int) ((flags() & PT) >>> PT_SHIFT));
  }

  /** Whether all of {@code bit} is set in FLAGS. */
  public boolean has(long bit) {
    return (flags() & bit) == bit;
  }

  /** FLAGS bits R, W, X. */
  public int rwx() {
    return (int) (flags() & (R | W | X));
  }

  /** Whether FLAGS bits 6, 7, 16..63 and bytes 8..63 are zero, as every leaf wants them. */
  public boolean reservedBitsAreZero() {
    return (flags() & RESERVED) == 0 && LAYOUT.reservedIsZero(bytes(), true);
  }

  /** Whether PENDING, MODIFIED and PR are clear (a model choice for EADD, isa.md 1.2). */
  public boolean stateBitsAreZero() {
    return (flags() & STATE) == 0;
  }

  /** What EADD measures and stores: a TCS loses its permissions, anything else stays. */
  public SecInfo asAdded() {
    return pageType() == PageType.TCS && rwx() != 0
        ? toBuilder().flags(flags() & ~(R | W | X)).build()
        : this;
  }

  /** Sets fields by name. */
  public static final class Builder extends StructBuilder {
    private Builder(Bytes start) {
      super(start);
    }

    /** Sets FLAGS. */
    public Builder flags(long value) {
      set(FLAGS, value);
      return this;
    }

    /** The structure as set so far. */
    public SecInfo build() {
      return new SecInfo(image());
    }
  }
}
