package dev.ksgx.hardware.structure;

import dev.ksgx.hardware.structure.Layout.Field;

/**
 * REPORT, 432 bytes, aligned 512 (isa.md 1.7): an enclave's identity for another on this machine.
 */
public final class Report extends Struct {
  private static final Layout.Builder ROWS = Layout.of("REPORT", 432);

  private static final Field CPUSVN = ROWS.field("CPUSVN", 0, 16);
  private static final Field MISCSELECT = ROWS.field("MISCSELECT", 16, 4);
  private static final Field ISVEXTPRODID =
      ROWS.cet("CET_ATTRIBUTES", 20, 1).reserved(21, 11).kss("ISVEXTPRODID", 32, 16);
  private static final Field ATTRIBUTES = ROWS.field("ATTRIBUTES", 48, 16);
  private static final Field MRENCLAVE = ROWS.field("MRENCLAVE", 64, 32);
  private static final Field MRSIGNER = ROWS.reserved(96, 32).field("MRSIGNER", 128, 32);
  private static final Field CONFIGID = ROWS.reserved(160, 32).kss("CONFIGID", 192, 64);
  private static final Field ISVPRODID = ROWS.field("ISVPRODID", 256, 2);
  private static final Field ISVSVN = ROWS.field("ISVSVN", 258, 2);
  private static final Field CONFIGSVN = ROWS.kss("CONFIGSVN", 260, 2);
  private static final Field ISVFAMILYID = ROWS.reserved(262, 42).kss("ISVFAMILYID", 304, 16);
  private static final Field REPORTDATA = ROWS.field("REPORTDATA", 320, 64);
  private static final Field KEYID = ROWS.field("KEYID", 384, 32);
  private static final Field MAC = ROWS.field("MAC", 416, 16);

  /** The layout table: the rows above. */
  public static final Layout LAYOUT = ROWS.build();

  private static final int MAC_INPUT_SIZE = 384;

  private Report(Bytes bytes) {
    super(LAYOUT, bytes);
  }

  /**
   * The structure in these bytes; only the size is checked.
   *
   * @throws IllegalArgumentException if there are not exactly 432 bytes
   */
  public static Report parse(Bytes bytes) {
    return new Report(bytes);
  }

  /** A builder in which everything is zero. */
  public static Builder builder() {
    return new Builder(Bytes.zeros(LAYOUT.size()));
  }

  /** A builder that starts from this structure. */
  public Builder toBuilder() {
    return new Builder(bytes());
  }

  /** Security version of the processor. */
  public Bytes cpuSvn() {
    return slice(CPUSVN);
  }

  /** MISCSELECT. */
  public int miscSelect() {
    return u32(MISCSELECT);
  }

  /** Extended product number (KSS). */
  public Bytes isvExtProdId() {
    return slice(ISVEXTPRODID);
  }

  /** ATTRIBUTES. */
  public Attributes attributes() {
    return attributes(ATTRIBUTES);
  }

  /** Measurement. */
  public Bytes mrenclave() {
    return slice(MRENCLAVE);
  }

  /** Signer. */
  public Bytes mrsigner() {
    return slice(MRSIGNER);
  }

  /** Configuration identity (KSS). */
  public Bytes configId() {
    return slice(CONFIGID);
  }

  /** Product number. */
  public int isvProdId() {
    return u16(ISVPRODID);
  }

  /** Security version. */
  public int isvSvn() {
    return u16(ISVSVN);
  }

  /** Configuration version (KSS). */
  public int configSvn() {
    return u16(CONFIGSVN);
  }

  /** Product family (KSS). */
  public Bytes isvFamilyId() {
    return slice(ISVFAMILYID);
  }

  /** Chosen by the reporting enclave. */
  public Bytes reportData() {
    return slice(REPORTDATA);
  }

  /** Wear-out value of the report key. */
  public Bytes keyId() {
    return slice(KEYID);
  }

  /** AES-CMAC by the target's report key over {@link #macInput()}. */
  public Bytes mac() {
    return slice(MAC);
  }

  /** The bytes under the MAC: 0..383. */
  public Bytes macInput() {
    return bytes().slice(0, MAC_INPUT_SIZE);
  }

  /** Sets fields by name. */
  public static final class Builder extends StructBuilder {
    private Builder(Bytes start) {
      super(start);
    }

    /** Sets CPUSVN. */
    public Builder cpuSvn(Bytes value) {
      set(CPUSVN, value);
      return this;
    }

    /** Sets MISCSELECT. */
    public Builder miscSelect(int value) {
      set(MISCSELECT, value);
      return this;
    }

    /** Sets ISVEXTPRODID. */
    public Builder isvExtProdId(Bytes value) {
      set(ISVEXTPRODID, value);
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

    /** Sets ISVFAMILYID. */
    public Builder isvFamilyId(Bytes value) {
      set(ISVFAMILYID, value);
      return this;
    }

    /** Sets REPORTDATA. */
    public Builder reportData(Bytes value) {
      set(REPORTDATA, value);
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
    public Report build() {
      return new Report(image());
    }
  }
}
