package dev.ksgx.hardware.structure;

import dev.ksgx.hardware.structure.Layout.Field;
import java.util.function.Function;

/** SIGSTRUCT, 1808 bytes, aligned 4096 (isa.md 1.5): the signed certificate of an enclave. */
public final class SigStruct extends Struct {
  private static final Layout.Builder ROWS = Layout.of("SIGSTRUCT", 1808);

  private static final Field HEADER = ROWS.field("HEADER", 0, 16);
  private static final Field VENDOR = ROWS.field("VENDOR", 16, 4);
  private static final Field DATE = ROWS.field("DATE", 20, 4);
  private static final Field HEADER2 = ROWS.field("HEADER2", 24, 16);
  private static final Field SWDEFINED = ROWS.field("SWDEFINED", 40, 4);
  private static final Field MODULUS = ROWS.reserved(44, 84).field("MODULUS", 128, 384);
  private static final Field EXPONENT = ROWS.field("EXPONENT", 512, 4);
  private static final Field SIGNATURE = ROWS.field("SIGNATURE", 516, 384);
  private static final Field MISCSELECT = ROWS.field("MISCSELECT", 900, 4);
  private static final Field MISCMASK = ROWS.field("MISCMASK", 904, 4);
  private static final Field ISVFAMILYID =
      ROWS.cet("CET_ATTRIBUTES", 908, 1)
          .cet("CET_ATTRIBUTES_MASK", 909, 1)
          .reserved(910, 2)
          .kss("ISVFAMILYID", 912, 16);
  private static final Field ATTRIBUTES = ROWS.field("ATTRIBUTES", 928, 16);
  private static final Field ATTRIBUTEMASK = ROWS.field("ATTRIBUTEMASK", 944, 16);
  private static final Field ENCLAVEHASH = ROWS.field("ENCLAVEHASH", 960, 32);
  private static final Field ISVEXTPRODID = ROWS.reserved(992, 16).kss("ISVEXTPRODID", 1008, 16);
  private static final Field ISVPRODID = ROWS.field("ISVPRODID", 1024, 2);
  private static final Field ISVSVN = ROWS.field("ISVSVN", 1026, 2);
  private static final Field Q1 = ROWS.reserved(1028, 12).field("Q1", 1040, 384);
  private static final Field Q2 = ROWS.field("Q2", 1424, 384);

  /** The layout table: the rows above. */
  public static final Layout LAYOUT = ROWS.build();

  /** The only legal HEADER. */
  public static final Bytes LEGAL_HEADER = Bytes.fromHex("06000000e10000000000010000000000");

  /** The only legal HEADER2. */
  public static final Bytes LEGAL_HEADER2 = Bytes.fromHex("01010000600000006000000001000000");

  /** VENDOR of enclaves made by Intel. */
  public static final int VENDOR_INTEL = 0x8086;

  /** The only legal EXPONENT. */
  public static final int LEGAL_EXPONENT = 3;

  private static final Bytes PRESET =
      new Builder(Bytes.zeros(LAYOUT.size()))
          .header(LEGAL_HEADER)
          .header2(LEGAL_HEADER2)
          .exponent(LEGAL_EXPONENT)
          .build()
          .bytes();

  /** First answer of the signature check; the race to store it only stores the same again. */
  private SignatureVerdict verdict;

  /** Cached {@link #mrsigner()}. */
  private Bytes mrsigner;

  private SigStruct(Bytes bytes) {
    super(LAYOUT, bytes);
  }

  /**
   * The structure in these bytes; only the size is checked.
   *
   * @throws IllegalArgumentException if there are not exactly 1808 bytes
   */
  public static SigStruct parse(Bytes bytes) {
    return new SigStruct(bytes);
  }

  /** A builder in which all but the fixed values is zero. */
  public static Builder builder() {
    return new Builder(PRESET);
  }

  /** A builder that starts from this structure. */
  public Builder toBuilder() {
    return new Builder(bytes());
  }

  /** First fixed value. */
  public Bytes header() {
    return slice(HEADER);
  }

  /** 0, or 8086h for Intel. */
  public int vendor() {
    return u32(VENDOR);
  }

  /** Number whose hex digits are yyyymmdd; nobody checks it. */
  public int date() {
    return u32(DATE);
  }

  /** Second fixed value. */
  public Bytes header2() {
    return slice(HEADER2);
  }

  /** Free for the signer. */
  public int swDefined() {
    return u32(SWDEFINED);
  }

  /** RSA modulus, little-endian; not signed. */
  public Bytes modulus() {
    return slice(MODULUS);
  }

  /** RSA exponent, always 3; not signed. */
  public int exponent() {
    return u32(EXPONENT);
  }

  /** RSA signature, little-endian. */
  public Bytes signature() {
    return slice(SIGNATURE);
  }

  /** MISCSELECT the enclave must have. */
  public int miscSelect() {
    return u32(MISCSELECT);
  }

  /** Bits of MISCSELECT that count. */
  public int miscMask() {
    return u32(MISCMASK);
  }

  /** Product family (KSS). */
  public Bytes isvFamilyId() {
    return slice(ISVFAMILYID);
  }

  /** ATTRIBUTES the enclave must have. */
  public Attributes attributes() {
    return attributes(ATTRIBUTES);
  }

  /** Bits of ATTRIBUTES that count. */
  public Attributes attributeMask() {
    return attributes(ATTRIBUTEMASK);
  }

  /** MRENCLAVE the enclave must have. */
  public Bytes enclaveHash() {
    return slice(ENCLAVEHASH);
  }

  /** Extended product number (KSS). */
  public Bytes isvExtProdId() {
    return slice(ISVEXTPRODID);
  }

  /** Product number. */
  public int isvProdId() {
    return u16(ISVPRODID);
  }

  /** Security version. */
  public int isvSvn() {
    return u16(ISVSVN);
  }

  /** First quotient, little-endian (isa.md 5.4). */
  public Bytes q1() {
    return slice(Q1);
  }

  /** Second quotient, little-endian (isa.md 5.4). */
  public Bytes q2() {
    return slice(Q2);
  }

  /** Whether HEADER, VENDOR, HEADER2 and EXPONENT are legal (isa.md 6.1, EINIT step 4). */
  public boolean headerIsLegal() {
    return header().equals(LEGAL_HEADER)
        && (vendor() == 0 || vendor() == VENDOR_INTEL)
        && header2().equals(LEGAL_HEADER2)
        && exponent() == LEGAL_EXPONENT;
  }

  /**
   * Whether the bytes without a meaning are zero (isa.md 6.1, EINIT step 4).
   *
   * @param kss whether the processor supports KSS; without, its fields are reserved too
   */
  public boolean reservedBytesAreZero(boolean kss) {
    return LAYOUT.reservedIsZero(bytes(), kss);
  }

  /** The two signed stretches as one: bytes 0..127 and 900..1027. */
  public Bytes signedBytes() {
    return Bytes.concat(
        bytes().slice(0, MODULUS.offset()),
        bytes().slice(MISCSELECT.offset(), ISVSVN.end() - MISCSELECT.offset()));
  }

  /** SHA-256 of MODULUS as stored, little-endian (isa.md 5.7); computed once. */
  public Bytes mrsigner() {
    Bytes known = mrsigner;
    if (known == null) {
      known = modulus().sha256();
      mrsigner = known;
    }
    return known;
  }

  /**
   * The verdict on the signature: {@code check}, which is that of the launch package, is asked once
   * and its answer is kept.
   */
  public SignatureVerdict verdict(Function<SigStruct, SignatureVerdict> check) {
    SignatureVerdict known = verdict;
    if (known == null) {
      known = check.apply(this);
      verdict = known;
    }
    return known;
  }

  /** Sets fields by name. */
  public static final class Builder extends StructBuilder {
    private Builder(Bytes start) {
      super(start);
    }

    /** Sets HEADER. */
    public Builder header(Bytes value) {
      set(HEADER, value);
      return this;
    }

    /** Sets VENDOR. */
    public Builder vendor(int value) {
      set(VENDOR, value);
      return this;
    }

    /** Sets DATE. */
    public Builder date(int value) {
      set(DATE, value);
      return this;
    }

    /** Sets HEADER2. */
    public Builder header2(Bytes value) {
      set(HEADER2, value);
      return this;
    }

    /** Sets SWDEFINED. */
    public Builder swDefined(int value) {
      set(SWDEFINED, value);
      return this;
    }

    /** Sets MODULUS. */
    public Builder modulus(Bytes value) {
      set(MODULUS, value);
      return this;
    }

    /** Sets EXPONENT. */
    public Builder exponent(int value) {
      set(EXPONENT, value);
      return this;
    }

    /** Sets SIGNATURE. */
    public Builder signature(Bytes value) {
      set(SIGNATURE, value);
      return this;
    }

    /** Sets MISCSELECT. */
    public Builder miscSelect(int value) {
      set(MISCSELECT, value);
      return this;
    }

    /** Sets MISCMASK. */
    public Builder miscMask(int value) {
      set(MISCMASK, value);
      return this;
    }

    /** Sets ISVFAMILYID. */
    public Builder isvFamilyId(Bytes value) {
      set(ISVFAMILYID, value);
      return this;
    }

    /** Sets ATTRIBUTES. */
    public Builder attributes(Attributes value) {
      set(ATTRIBUTES, value.bytes());
      return this;
    }

    /** Sets ATTRIBUTEMASK. */
    public Builder attributeMask(Attributes value) {
      set(ATTRIBUTEMASK, value.bytes());
      return this;
    }

    /** Sets ENCLAVEHASH. */
    public Builder enclaveHash(Bytes value) {
      set(ENCLAVEHASH, value);
      return this;
    }

    /** Sets ISVEXTPRODID. */
    public Builder isvExtProdId(Bytes value) {
      set(ISVEXTPRODID, value);
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

    /** Sets Q1. */
    public Builder q1(Bytes value) {
      set(Q1, value);
      return this;
    }

    /** Sets Q2. */
    public Builder q2(Bytes value) {
      set(Q2, value);
      return this;
    }

    /** The structure as set so far. */
    public SigStruct build() {
      return new SigStruct(image());
    }
  }
}
