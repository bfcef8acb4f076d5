package dev.ksgx.hardware.structure;

import dev.ksgx.hardware.structure.Layout.Field;

/**
 * TARGETINFO, 512 bytes, aligned 512 (isa.md 1.8): for whom EREPORT makes a report. EREPORT does
 * not look at the reserved bytes.
 */
public final class TargetInfo extends Struct {
  private static final Layout.Builder ROWS = Layout.of("TARGETINFO", 512);

  private static final Field MEASUREMENT = ROWS.field("MEASUREMENT", 0, 32);
  private static final Field ATTRIBUTES = ROWS.field("ATTRIBUTES", 32, 16);
  private static final Field CONFIGSVN =
      ROWS.cet("CET_ATTRIBUTES", 48, 1).reserved(49, 1).kss("CONFIGSVN", 50, 2);
  private static final Field MISCSELECT = ROWS.field("MISCSELECT", 52, 4);
  private static final Field CONFIGID = ROWS.reserved(56, 8).kss("CONFIGID", 64, 64);

  /** The layout table: the rows above. */
  public static final Layout LAYOUT = ROWS.reserved(128, 384).build();

  private TargetInfo(Bytes bytes) {
    super(LAYOUT, bytes);
  }

  /**
   * The structure in these bytes; only the size is checked.
   *
   * @throws IllegalArgumentException if there are not exactly 512 bytes
   */
  public static TargetInfo parse(Bytes bytes) {
    return new TargetInfo(bytes);
  }

  /** A builder in which everything is zero. */
  public static Builder builder() {
    return new Builder(Bytes.zeros(LAYOUT.size()));
  }

  /** A builder that starts from this structure. */
  public Builder toBuilder() {
    return new Builder(bytes());
  }

  /** MRENCLAVE of the target. */
  public Bytes measurement() {
    return slice(MEASUREMENT);
  }

  /** ATTRIBUTES of the target. */
  public Attributes attributes() {
    return attributes(ATTRIBUTES);
  }

  /** Configuration version of the target (KSS). */
  public int configSvn() {
    return u16(CONFIGSVN);
  }

  /** MISCSELECT of the target. */
  public int miscSelect() {
    return u32(MISCSELECT);
  }

  /** Configuration identity of the target (KSS). */
  public Bytes configId() {
    return slice(CONFIGID);
  }

  /** Sets fields by name. */
  public static final class Builder extends StructBuilder {
    private Builder(Bytes start) {
      super(start);
    }

    /** Sets MEASUREMENT. */
    public Builder measurement(Bytes value) {
      set(MEASUREMENT, value);
      return this;
    }

    /** Sets ATTRIBUTES. */
    public Builder attributes(Attributes value) {
      set(ATTRIBUTES, value.bytes());
      return this;
    }

    /** Sets CONFIGSVN. */
    public Builder configSvn(int value) {
      set(CONFIGSVN, value);
      return this;
    }

    /** Sets MISCSELECT. */
    public Builder miscSelect(int value) {
      set(MISCSELECT, value);
      return this;
    }

    /** Sets CONFIGID. */
    public Builder configId(Bytes value) {
      set(CONFIGID, value);
      return this;
    }

    /** The structure as set so far. */
    public TargetInfo build() {
      return new TargetInfo(image());
    }
  }
}
