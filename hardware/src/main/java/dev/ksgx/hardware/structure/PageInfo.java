package dev.ksgx.hardware.structure;

import dev.ksgx.hardware.structure.Layout.Field;

/** PAGEINFO, 32 bytes, aligned 32 (isa.md 1.3): the operands of a leaf that moves a page. */
public final class PageInfo extends Struct {
  private static final Layout.Builder ROWS = Layout.of("PAGEINFO", 32);

  private static final Field LINADDR = ROWS.field("LINADDR", 0, 8);
  private static final Field SRCPGE = ROWS.field("SRCPGE", 8, 8);
  private static final Field SECINFO = ROWS.field("SECINFO", 16, 8);
  private static final Field SECS = ROWS.field("SECS", 24, 8);

  /** The layout table: the rows above. */
  public static final Layout LAYOUT = ROWS.build();

  private PageInfo(Bytes bytes) {
    super(LAYOUT, bytes);
  }

  /**
   * The structure in these bytes; only the size is checked.
   *
   * @throws IllegalArgumentException if there are not exactly 32 bytes
   */
  public static PageInfo parse(Bytes bytes) {
    return new PageInfo(bytes);
  }

  /** A builder in which everything is zero. */
  public static Builder builder() {
    return new Builder(Bytes.zeros(LAYOUT.size()));
  }

  /** A builder that starts from this structure. */
  public Builder toBuilder() {
    return new Builder(bytes());
  }

  /** Linear address of the page in the enclave. */
  public long linearAddress() {
    return u64(LINADDR);
  }

  /** Address of the page outside the EPC. */
  public long sourcePage() {
    return u64(SRCPGE);
  }

  /** Address of the SECINFO, or of the PCMD for EWB and ELD*. */
  public long secInfoAddress() {
    return u64(SECINFO);
  }

  /** Address of the SECS. */
  public long secsAddress() {
    return u64(SECS);
  }

  /** Sets fields by name. */
  public static final class Builder extends StructBuilder {
    private Builder(Bytes start) {
      super(start);
    }

    /** Sets LINADDR. */
    public Builder linearAddress(long value) {
      set(LINADDR, value);
      return this;
    }

    /** Sets SRCPGE. */
    public Builder sourcePage(long value) {
      set(SRCPGE, value);
      return this;
    }

    /** Sets SECINFO. */
    public Builder secInfoAddress(long value) {
      set(SECINFO, value);
      return this;
    }

    /** Sets SECS. */
    public Builder secsAddress(long value) {
      set(SECS, value);
      return this;
    }

    /** The structure as set so far. */
    public PageInfo build() {
      return new PageInfo(image());
    }
  }
}
