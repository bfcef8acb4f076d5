package dev.ksgx.hardware.structure;

import dev.ksgx.hardware.structure.Layout.Field;

/**
 * An SECS page with what hardware hides in it, 4096 bytes: what EWB encrypts and ELDB and ELDU
 * restore. The fields are those of isa.md 1.1; where they lie is a choice of the model, in the last
 * reserved area. CHLDCNT and VIRTCHILDCNT have no row, since an SECS leaves without pages, nor has
 * ENCLAVECONTEXT, which a reload sets.
 */
public final class EvictedSecs extends Struct {
  private static final int HIDDEN = 3584;
  private static final Layout.Builder ROWS = Layout.of("evicted SECS", 4096);

  private static final Field SECS = ROWS.field("SECS", 0, HIDDEN);
  private static final Field EID = ROWS.field("EID", HIDDEN, 8);
  private static final Field ISVFAMILYID = ROWS.reserved(3592, 24).field("ISVFAMILYID", 3616, 16);
  private static final Field ISVEXTPRODID = ROWS.field("ISVEXTPRODID", 3632, 16);
  private static final Field PADDING = ROWS.field("PADDING", 3648, 352);
  private static final Field BLOCKS = ROWS.field("measured blocks", 4000, 8);
  private static final Field MEASUREMENT = ROWS.field("measurement", 4008, 32);

  /** The layout table: the rows above. */
  public static final Layout LAYOUT = ROWS.reserved(4040, 56).build();

  private EvictedSecs(Bytes bytes) {
    super(LAYOUT, bytes);
  }

  /**
   * The structure in these bytes; only the size is checked.
   *
   * @throws IllegalArgumentException if there are not exactly 4096 bytes
   */
  public static EvictedSecs parse(Bytes bytes) {
    return new EvictedSecs(bytes);
  }

  /** A builder in which all hidden fields are zero. */
  public static Builder builder(Secs secs) {
    return new Builder(secs.bytes());
  }

  /** The SECS without its hidden fields. */
  public Secs secs() {
    return Secs.parse(bytes().with(HIDDEN, Bytes.zeros(LAYOUT.size() - HIDDEN)));
  }

  /** Unique number of the enclave. */
  public long eid() {
    return u64(EID);
  }

  /** ISVFAMILYID, 16 bytes. */
  public Bytes isvFamilyId() {
    return slice(ISVFAMILYID);
  }

  /** ISVEXTPRODID, 16 bytes. */
  public Bytes isvExtProdId() {
    return slice(ISVEXTPRODID);
  }

  /** PADDING of the verified signature, 352 bytes. */
  public Bytes padding() {
    return slice(PADDING);
  }

  /** Blocks of 64 bytes measured so far; 0 once initialised. */
  public long measuredBlocks() {
    return u64(BLOCKS);
  }

  /** What MRENCLAVE would be if EINIT came now, 32 bytes; 0 once initialised. */
  public Bytes measurement() {
    return slice(MEASUREMENT);
  }

  /** Sets hidden fields by name. */
  public static final class Builder extends StructBuilder {
    private Builder(Bytes start) {
      super(start);
    }

    /** Sets EID. */
    public Builder eid(long value) {
      set(EID, value);
      return this;
    }

    /** Sets ISVFAMILYID. */
    public Builder isvFamilyId(Bytes value) {
      set(ISVFAMILYID, value);
      return this;
    }

    /** Sets ISVEXTPRODID. */
    public Builder isvExtProdId(Bytes value) {
      set(ISVEXTPRODID, value);
      return this;
    }

    /** Sets PADDING. */
    public Builder padding(Bytes value) {
      set(PADDING, value);
      return this;
    }

    /** Sets the number of blocks measured so far. */
    public Builder measuredBlocks(long value) {
      set(BLOCKS, value);
      return this;
    }

    /** Sets the measurement so far. */
    public Builder measurement(Bytes value) {
      set(MEASUREMENT, value);
      return this;
    }

    /** The structure as set so far. */
    public EvictedSecs build() {
      return new EvictedSecs(image());
    }
  }
}
