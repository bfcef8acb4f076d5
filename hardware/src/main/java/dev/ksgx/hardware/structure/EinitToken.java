package dev.ksgx.hardware.structure;

import dev.ksgx.hardware.structure.Layout.Field;

/** EINITTOKEN, 304 bytes, aligned 512 (isa.md 1.6): the permission of a launch enclave. */
public final class EinitToken extends Struct {
  private static final Layout.Builder ROWS = Layout.of("EINITTOKEN", 304);

  private static final Field VALID = ROWS.field("VALID", 0, 4);
  private static final Field ATTRIBUTES = ROWS.reserved(4, 44).field("ATTRIBUTES", 48, 16);
  private static final Field MRENCLAVE = ROWS.field("MRENCLAVE", 64, 32);
  private static final Field MRSIGNER = ROWS.reserved(96, 32).field("MRSIGNER", 128, 32);
  private static final Field CPUSVNLE = ROWS.reserved(160, 32).field("CPUSVNLE", 192, 16);
  private static final Field ISVPRODIDLE = ROWS.field("ISVPRODIDLE", 208, 2);
  private static final Field ISVSVNLE = ROWS.field("ISVSVNLE", 210, 2);
  private static final Field MASKEDMISCSELECTLE =
      ROWS.reserved(212, 24).field("MASKEDMISCSELECTLE", 236, 4);
  private static final Field MASKEDATTRIBUTESLE = ROWS.field("MASKEDATTRIBUTESLE", 240, 16);
  private static final Field KEYID = ROWS.field("KEYID", 256, 32);
  private static final Field MAC = ROWS.field("MAC", 288, 16);

  /** The layout table: the rows above. */
  public static final Layout LAYOUT = ROWS.build();

  private static final int MAC_INPUT_SIZE = 192;

  /** The token of a caller that has none. */
  public static final EinitToken NONE = builder().build();

  private EinitToken(Bytes bytes) {
    super(LAYOUT, bytes);
  }

  /**
   * The structure in these bytes; only the size is checked.
   *
   * @throws IllegalArgumentException if there are not exactly 304 bytes
   */
  public static EinitToken parse(Bytes bytes) {
    return new EinitToken(bytes);
  }

  /** A builder in which everything is zero. */
  public static Builder builder() {
    return new Builder(Bytes.zeros(LAYOUT.size()));
  }

  /** A builder that starts from this structure. */
  public Builder toBuilder() {
    return new Builder(bytes());
  }

  /** Bit 0: token present. */
  public int valid() {
    return u32(VALID);
  }

  /** ATTRIBUTES of the enclave to launch. */
  public Attributes attributes() {
    return attributes(ATTRIBUTES);
  }

  /** Measurement of the enclave to launch. */
  public Bytes mrenclave() {
    return slice(MRENCLAVE);
  }

  /** Signer of the enclave to launch. */
  public Bytes mrsigner() {
    return slice(MRSIGNER);
  }

  /** CPUSVN the launch key was derived with. */
  public Bytes cpuSvnLe() {
    return slice(CPUSVNLE);
  }

  /** ISVPRODID of the launch enclave. */
  public int isvProdIdLe() {
    return u16(ISVPRODIDLE);
  }

  /** ISVSVN the launch key was derived with. */
  public int isvSvnLe() {
    return u16(ISVSVNLE);
  }

  /** Masked MISCSELECT of the launch enclave. */
  public int maskedMiscSelectLe() {
    return u32(MASKEDMISCSELECTLE);
  }

  /** Masked ATTRIBUTES of the launch enclave. */
  public Attributes maskedAttributesLe() {
    return attributes(MASKEDATTRIBUTESLE);
  }

  /** Wear-out value of the launch key. */
  public Bytes keyId() {
    return slice(KEYID);
  }

  /** AES-CMAC by the launch key over {@link #macInput()}. */
  public Bytes mac() {
    return slice(MAC);
  }

  /** Whether bit 0 of VALID is set; without it nothing else in the token is looked at. */
  public boolean isPresent() {
    return (valid() & 1) != 0;
  }

  /** Whether the reserved bytes and VALID bits 1..31 are zero (isa.md 6.1, EINIT step 17). */
  public boolean reservedBytesAreZero() {
    return (valid() & ~1) == 0 && LAYOUT.reservedIsZero(bytes(), true);
  }

  /** The bytes under the MAC: 0..191. */
  public Bytes macInput() {
    return bytes().slice(0, MAC_INPUT_SIZE);
  }

  /** Sets fields by name. */
  public static final class Builder extends StructBuilder {
    private Builder(Bytes start) {
      super(start);
    }

    /** Sets VALID. */
    public Builder valid(int value) {
      set(VALID, value);
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

    /** Sets CPUSVNLE. */
    public Builder cpuSvnLe(Bytes value) {
      set(CPUSVNLE, value);
      return this;
    }

    /** Sets ISVPRODIDLE. */
    public Builder isvProdIdLe(int value) {
      set(ISVPRODIDLE, value);
      return this;
    }

    /** Sets ISVSVNLE. */
    public Builder isvSvnLe(int value) {
      set(ISVSVNLE, value);
      return this;
    }

    /** Sets MASKEDMISCSELECTLE. */
    public Builder maskedMiscSelectLe(int value) {
      set(MASKEDMISCSELECTLE, value);
      return this;
    }

    /** Sets MASKEDATTRIBUTESLE. */
    public Builder maskedAttributesLe(Attributes value) {
      set(MASKEDATTRIBUTESLE, value.bytes());
      return this;
    }

    /** Sets KEYID. */
    public Builder keyId(Bytes value) {
      set(KEYID, value);
      return this;
    }

    /** Sets MAC. */
    public Builder mac(Bytes value) {
      set(MAC, value);
      return this;
    }

    /** The structure as set so far. */
    public EinitToken build() {
      return new EinitToken(image());
    }
  }
}
