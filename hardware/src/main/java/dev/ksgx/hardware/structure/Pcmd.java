package dev.ksgx.hardware.structure;

import dev.ksgx.hardware.structure.Layout.Field;

/** PCMD, 128 bytes, aligned 128 (isa.md 1.4): what EWB leaves beside an evicted page. */
public final class Pcmd extends Struct {
  private static final Layout.Builder ROWS = Layout.of("PCMD", 128);

  private static final Field SECINFO = ROWS.field("SECINFO", 0, 64);
  private static final Field ENCLAVEID = ROWS.field("ENCLAVEID", 64, 8);
  private static final int RESERVED = 72;
  private static final int RESERVED_BYTES = 40;
  private static final Field MAC = ROWS.reserved(RESERVED, RESERVED_BYTES).field("MAC", 112, 16);

  /** The layout table: the rows above. */
  public static final Layout LAYOUT = ROWS.build();

  private Pcmd(Bytes bytes) {
    super(LAYOUT, bytes);
  }

  /**
   * The structure in these bytes; only the size is checked.
   *
   * @throws IllegalArgumentException if there are not exactly 128 bytes
   */
  public static Pcmd parse(Bytes bytes) {
    return new Pcmd(bytes);
  }

  /** A builder in which everything is zero. */
  public static Builder builder() {
    return new Builder(Bytes.zeros(LAYOUT.size()));
  }

  /** A builder that starts from this structure. */
  public Builder toBuilder() {
    return new Builder(bytes());
  }

  /** SECINFO image, 64 bytes. */
  public Bytes secInfo() {
    return slice(SECINFO);
  }

  /** EID of the owner; 0 for a version array. */
  public long enclaveId() {
    return u64(ENCLAVEID);
  }

  /** MAC of page and metadata. */
  public Bytes mac() {
    return slice(MAC);
  }

  /** The reserved bytes, which EWB writes as zero and ELD* feeds into the MAC; 40 of them. */
  public Bytes reserved() {
    return bytes().slice(RESERVED, RESERVED_BYTES);
  }

  /** Whether the reserved bytes are as EWB wrote them. */
  public boolean reservedBytesAreZero() {
    return LAYOUT.reservedIsZero(bytes(), true);
  }

  /** Sets fields by name. */
  public static final class Builder extends StructBuilder {
    private Builder(Bytes start) {
      super(start);
    }

    /** Sets SECINFO. */
    public Builder secInfo(Bytes value) {
      set(SECINFO, value);
      return this;
    }

    /** Sets ENCLAVEID. */
    public Builder enclaveId(long value) {
      set(ENCLAVEID, value);
      return this;
    }

    /** Sets MAC. */
    public Builder mac(Bytes value) {
      set(MAC, value);
      return this;
    }

    /** The structure as set so far. */
    public Pcmd build() {
      return new Pcmd(image());
    }
  }
}
