package dev.ksgx.hardware.structure;

import dev.ksgx.hardware.structure.Layout.Field;

/** KEYREQUEST, 512 bytes, aligned 512 (isa.md 1.9): which key EGETKEY derives. */
public final class KeyRequest extends Struct {
  private static final Layout.Builder ROWS = Layout.of("KEYREQUEST", 512);

  private static final Field KEYNAME = ROWS.field("KEYNAME", 0, 2);
  private static final Field KEYPOLICY = ROWS.field("KEYPOLICY", 2, 2);
  private static final Field ISVSVN = ROWS.field("ISVSVN", 4, 2);
  private static final Field CPUSVN = ROWS.reserved(6, 2).field("CPUSVN", 8, 16);
  private static final Field ATTRIBUTEMASK = ROWS.field("ATTRIBUTEMASK", 24, 16);
  private static final Field KEYID = ROWS.field("KEYID", 40, 32);
  private static final Field MISCMASK = ROWS.field("MISCMASK", 72, 4);
  private static final Field CONFIGSVN = ROWS.kss("CONFIGSVN", 76, 2);

  /** The layout table: the rows above. */
  public static final Layout LAYOUT = ROWS.reserved(78, 434).build();

  /** KEYNAME of the launch key. */
  public static final int EINITTOKEN = 0;

  /** KEYNAME of the provisioning key. */
  public static final int PROVISION = 1;

  /** KEYNAME of the provisioning seal key. */
  public static final int PROVISION_SEAL = 2;

  /** KEYNAME of the report key. */
  public static final int REPORT = 3;

  /** KEYNAME of the seal key. */
  public static final int SEAL = 4;

  /** KEYPOLICY bit: bind to MRENCLAVE. */
  public static final int POLICY_MRENCLAVE = 1;

  /** KEYPOLICY bit: bind to MRSIGNER. */
  public static final int POLICY_MRSIGNER = 1 << 1;

  /** KEYPOLICY bit: do not bind to ISVPRODID (KSS). */
  public static final int POLICY_NOISVPRODID = 1 << 2;

  /** KEYPOLICY bit: bind to CONFIGID (KSS). */
  public static final int POLICY_CONFIGID = 1 << 3;

  /** KEYPOLICY bit: bind to ISVFAMILYID (KSS). */
  public static final int POLICY_ISVFAMILYID = 1 << 4;

  /** KEYPOLICY bit: bind to ISVEXTPRODID (KSS). */
  public static final int POLICY_ISVEXTPRODID = 1 << 5;

  private static final int POLICY_PLAIN = POLICY_MRENCLAVE | POLICY_MRSIGNER;
  private static final int POLICY_KSS =
      POLICY_NOISVPRODID | POLICY_CONFIGID | POLICY_ISVFAMILYID | POLICY_ISVEXTPRODID;

  private KeyRequest(Bytes bytes) {
    super(LAYOUT, bytes);
  }

  /**
   * The structure in these bytes; only the size is checked.
   *
   * @throws IllegalArgumentException if there are not exactly 512 bytes
   */
  public static KeyRequest parse(Bytes bytes) {
    return new KeyRequest(bytes);
  }

  /** A builder in which everything is zero. */
  public static Builder builder() {
    return new Builder(Bytes.zeros(LAYOUT.size()));
  }

  /** A builder that starts from this structure. */
  public Builder toBuilder() {
    return new Builder(bytes());
  }

  /** Which key. */
  public int keyName() {
    return u16(KEYNAME);
  }

  /** What the key is bound to. */
  public int keyPolicy() {
    return u16(KEYPOLICY);
  }

  /** Security version of the enclave. */
  public int isvSvn() {
    return u16(ISVSVN);
  }

  /** Security version of the processor. */
  public Bytes cpuSvn() {
    return slice(CPUSVN);
  }

  /** Bits of ATTRIBUTES that enter the key. */
  public Attributes attributeMask() {
    return attributes(ATTRIBUTEMASK);
  }

  /** Wear-out value. */
  public Bytes keyId() {
    return slice(KEYID);
  }

  /** Bits of MISCSELECT that enter the key. */
  public int miscMask() {
    return u32(MISCMASK);
  }

  /** Configuration version (KSS). */
  public int configSvn() {
    return u16(CONFIGSVN);
  }

  /**
   * Whether reserved bytes and KEYPOLICY bits are zero (isa.md 7.1, EGETKEY step 3).
   *
   * @param kss whether the processor supports KSS; without, CONFIGSVN and KEYPOLICY bits 2..5 are
   *     reserved too
   */
  public boolean reservedIsZero(boolean kss) {
    int legal = kss ? POLICY_PLAIN | POLICY_KSS : POLICY_PLAIN;
    return (keyPolicy() & ~legal) == 0 && LAYOUT.reservedIsZero(bytes(), kss);
  }

  /** Whether the request needs an enclave with KSS (isa.md 7.1, EGETKEY step 4). */
  public boolean usesKss() {
    return (keyPolicy() & POLICY_KSS) != 0 || configSvn() != 0;
  }

  /** Sets fields by name. */
  public static final class Builder extends StructBuilder {
    private Builder(Bytes start) {
      super(start);
    }

    /** Sets KEYNAME. */
    public Builder keyName(int value) {
      set(KEYNAME, value);
      return this;
    }

    /** Sets KEYPOLICY. */
    public Builder keyPolicy(int value) {
      set(KEYPOLICY, value);
      return this;
    }

    /** Sets ISVSVN. */
    public Builder isvSvn(int value) {
      set(ISVSVN, value);
      return this;
    }

    /** Sets CPUSVN. */
    public Builder cpuSvn(Bytes value) {
      set(CPUSVN, value);
      return this;
    }

    /** Sets ATTRIBUTEMASK. */
    public Builder attributeMask(Attributes value) {
      set(ATTRIBUTEMASK, value.bytes());
      return this;
    }

    /** Sets KEYID. */
    public Builder keyId(Bytes value) {
      set(KEYID, value);
      return this;
    }

    /** Sets MISCMASK. */
    public Builder miscMask(int value) {
      set(MISCMASK, value);
      return this;
    }

    /** Sets CONFIGSVN. */
    public Builder configSvn(int value) {
      set(CONFIGSVN, value);
      return this;
    }

    /** The structure as set so far. */
    public KeyRequest build() {
      return new KeyRequest(image());
    }
  }
}
