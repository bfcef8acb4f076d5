package dev.ksgx.hardware.structure;

import dev.ksgx.hardware.structure.Layout.Field;

/**
 * SECS, 4096 bytes, aligned 4096 (isa.md 1.1): the control structure of an enclave, source operand
 * of ECREATE.
 */
public final class Secs extends Struct {
  private static final Layout.Builder ROWS = Layout.of("SECS", 4096);

  private static final Field SIZE = ROWS.field("SIZE", 0, 8);
  private static final Field BASEADDR = ROWS.field("BASEADDR", 8, 8);
  private static final Field SSAFRAMESIZE = ROWS.field("SSAFRAMESIZE", 16, 4);
  private static final Field MISCSELECT = ROWS.field("MISCSELECT", 20, 4);
  private static final Field ATTRIBUTES =
      ROWS.cet("CET_LEG_BITMAP_OFFSET", 24, 8)
          .cet("CET_ATTRIBUTES", 32, 1)
          .reserved(33, 15)
          .field("ATTRIBUTES", 48, 16);
  private static final Field MRENCLAVE = ROWS.field("MRENCLAVE", 64, 32);
  private static final Field MRSIGNER = ROWS.reserved(96, 32).field("MRSIGNER", 128, 32);
  private static final Field CONFIGID = ROWS.reserved(160, 32).kss("CONFIGID", 192, 64);
  private static final Field ISVPRODID = ROWS.field("ISVPRODID", 256, 2);
  private static final Field ISVSVN = ROWS.field("ISVSVN", 258, 2);
  private static final Field CONFIGSVN = ROWS.kss("CONFIGSVN", 260, 2);

  /** The layout table: the rows above. */
  public static final Layout LAYOUT = ROWS.reserved(262, 3834).build();

  private Secs(Bytes bytes) {
    super(LAYOUT, bytes);
  }

  /**
   * The structure in these bytes; only the size is checked.
   *
   * @throws IllegalArgumentException if there are not exactly 4096 bytes
   */
  public static Secs parse(Bytes bytes) {
    return new Secs(bytes);
  }

  /** A builder in which everything is zero. */
  public static Builder builder() {
    return new Builder(Bytes.zeros(LAYOUT.size()));
  }

  /** A builder that starts from this structure. */
  public Builder toBuilder() {
    return new Builder(bytes());
  }

  /** Bytes of ELRANGE. */
  public long sizeBytes() {
    return u64(SIZE);
  }

  /** Linear address where ELRANGE begins. */
  public long baseAddress() {
    return u64(BASEADDR);
  }

  /** Pages of 4 KiB per SSA frame. */
  public int ssaFrameSize() {
    return u32(SSAFRAMESIZE);
  }

  /** What an exit saves beside the XSAVE area. */
  public int miscSelect() {
    return u32(MISCSELECT);
  }

  /** ATTRIBUTES. */
  public Attributes attributes() {
    return attributes(ATTRIBUTES);
  }

  /** Measurement; overwritten by EINIT. */
  public Bytes mrenclave() {
    return slice(MRENCLAVE);
  }

  /** Hash of the signer's modulus; overwritten by EINIT. */
  public Bytes mrsigner() {
    return slice(MRSIGNER);
  }

  /** Configuration identity (KSS). */
  public Bytes configId() {
    return slice(CONFIGID);
  }

  /** Product number; set by EINIT. */
  public int isvProdId() {
    return u16(ISVPRODID);
  }

  /** Security version; set by EINIT. */
  public int isvSvn() {
    return u16(ISVSVN);
  }

  /** Configuration version (KSS). */
  public int configSvn() {
    return u16(CONFIGSVN);
  }

  /**
   * Whether the bytes without a meaning are zero (isa.md 3.3, ECREATE step 18). The KSS fields are
   * a step of their own: {@link #configIsZero()}.
   */
  public boolean reservedBytesAreZero() {
    return LAYOUT.reservedIsZero(bytes(), true);
  }

  /** Whether CONFIGID and CONFIGSVN are zero, as they must be without KSS (ECREATE step 19). */
  public boolean configIsZero() {
    return configSvn() == 0 && bytes().isZero(CONFIGID.offset(), CONFIGID.size());
  }

  /** Sets fields by name. */
  public static final class Builder extends StructBuilder {
    private Builder(Bytes start) {
      super(start);
    }

    /** Sets SIZE. */
    public Builder sizeBytes(long value) {
      set(SIZE, value);
      return this;
    }

    /** Sets BASEADDR. */
    public Builder baseAddress(long value) {
      set(BASEADDR, value);
      return this;
    }

    /** Sets SSAFRAMESIZE. */
    public Builder ssaFrameSize(int value) {
      set(SSAFRAMESIZE, value);
      return this;
    }

    /** Sets MISCSELECT. */
    public Builder miscSelect(int value) {
      set(MISCSELECT, value);
      return this;
    }

    /** Sets ATTRIBUTES. */
    public Builder attributes(Attributes value) {
      set(ATTRIBUTES, value.bytes());
      return this;
    }

    /** Sets MRENCLAVE. */
    public Builder mrenclave(Bytes value) {
      set(MRENCLAVE, value);
      return this;
    }

    /** Sets MRSIGNER. */
    public Builder mrsigner(Bytes value) {
      set(MRSIGNER, value);
      return this;
    }

    /** Sets CONFIGID. */
    public Builder configId(Bytes value) {
      set(CONFIGID, value);
      return this;
    }

    /** Sets ISVPRODID. */
    public Builder isvProdId(int value) {
      set(ISVPRODID, value);
      return this;
    }

    /** Sets ISVSVN. */
    public Builder isvSvn(int value) {
      set(ISVSVN, value);
      return this;
    }

    /** Sets CONFIGSVN. */
    public Builder configSvn(int value) {
      set(CONFIGSVN, value);
      return this;
    }

    /** The structure as set so far. */
    public Secs build() {
      return new Secs(image());
    }
  }
}
