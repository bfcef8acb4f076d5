package dev.ksgx.hardware.structure;

import dev.ksgx.hardware.structure.Layout.Field;

/** TCS, 4096 bytes, aligned 4096 (isa.md 1.11): the control structure of one enclave thread. */
public final class Tcs extends Struct {
  private static final Layout.Builder ROWS = Layout.of("TCS", 4096);

  private static final Field STATE = ROWS.field("STATE", 0, 8);
  private static final Field FLAGS = ROWS.field("FLAGS", 8, 8);
  private static final Field OSSA = ROWS.field("OSSA", 16, 8);
  private static final Field CSSA = ROWS.field("CSSA", 24, 4);
  private static final Field NSSA = ROWS.field("NSSA", 28, 4);
  private static final Field OENTRY = ROWS.field("OENTRY", 32, 8);
  private static final Field AEP = ROWS.field("AEP", 40, 8);
  private static final Field OFSBASE = ROWS.field("OFSBASE", 48, 8);
  private static final Field OGSBASE = ROWS.field("OGSBASE", 56, 8);
  private static final Field FSLIMIT = ROWS.field("FSLIMIT", 64, 4);
  private static final Field GSLIMIT = ROWS.field("GSLIMIT", 68, 4);

  /** The layout table: the rows above. */
  public static final Layout LAYOUT = ROWS.reserved(72, 4024).build();

  /** FLAGS bit: the debugger may single-step this thread. */
  public static final long DBGOPTIN = 1;

  /** First byte that must be zero. */
  public static final int RESERVED_OFFSET = 72;

  private Tcs(Bytes bytes) {
    super(LAYOUT, bytes);
  }

  /**
   * The structure in these bytes; only the size is checked.
   *
   * @throws IllegalArgumentException if there are not exactly 4096 bytes
   */
  public static Tcs parse(Bytes bytes) {
    return new Tcs(bytes);
  }

  /** A builder in which everything is zero. */
  public static Builder builder() {
    return new Builder(Bytes.zeros(LAYOUT.size()));
  }

  /** A builder that starts from this structure. */
  public Builder toBuilder() {
    return new Builder(bytes());
  }

  /** 0 inactive, 1 active. */
  public long state() {
    return u64(STATE);
  }

  /** {@link #DBGOPTIN} and reserved bits. */
  public long flags() {
    return u64(FLAGS);
  }

  /** Offset of the SSA array from the base of ELRANGE, bytes. */
  public long ossa() {
    return u64(OSSA);
  }

  /** Number of the SSA frame the next exit uses. */
  public int cssa() {
    return u32(CSSA);
  }

  /** Number of SSA frames. */
  public int nssa() {
    return u32(NSSA);
  }

  /** Offset of the entry point, bytes. */
  public long oentry() {
    return u64(OENTRY);
  }

  /** Where an asynchronous exit continues; written by EENTER and ERESUME. */
  public long aep() {
    return u64(AEP);
  }

  /** Offset of the FS segment, bytes. */
  public long ofsBase() {
    return u64(OFSBASE);
  }

  /** Offset of the GS segment, bytes. */
  public long ogsBase() {
    return u64(OGSBASE);
  }

  /** Limit of FS in 32-bit mode. */
  public int fsLimit() {
    return u32(FSLIMIT);
  }

  /** Limit of GS in 32-bit mode. */
  public int gsLimit() {
    return u32(GSLIMIT);
  }

  /** Whether bytes 72..4095 are zero (isa.md 3.3, EADD step 11). */
  public boolean reservedBytesAreZero() {
    return LAYOUT.reservedIsZero(bytes(), true);
  }

  /** Whether FLAGS has no bit but {@link #DBGOPTIN} (isa.md 3.4, EENTER step 8). */
  public boolean reservedFlagsAreZero() {
    return (flags() & ~DBGOPTIN) == 0;
  }

  /**
   * What EADD stores, and EEXTEND later measures: STATE, DBGOPTIN, CSSA and AEP are zero. The same
   * object where they are zero already.
   */
  public Tcs asAdded() {
    boolean unchanged = state() == 0 && (flags() & DBGOPTIN) == 0 && cssa() == 0 && aep() == 0;
    return unchanged
        ? this
        : toBuilder().state(0).flags(flags() & ~DBGOPTIN).cssa(0).aep(0).build();
  }

  /** Sets fields by name. */
  public static final class Builder extends StructBuilder {
    private Builder(Bytes start) {
      super(start);
    }

    /** Sets STATE. */
    public Builder state(long value) {
      set(STATE, value);
      return this;
    }

    /** Sets FLAGS. */
    public Builder flags(long value) {
      set(FLAGS, value);
      return this;
    }

    /** Sets OSSA. */
    public Builder ossa(long value) {
      set(OSSA, value);
      return this;
    }

    /** Sets CSSA. */
    public Builder cssa(int value) {
      set(CSSA, value);
      return this;
    }

    /** Sets NSSA. */
    public Builder nssa(int value) {
      set(NSSA, value);
      return this;
    }

    /** Sets OENTRY. */
    public Builder oentry(long value) {
      set(OENTRY, value);
      return this;
    }

    /** Sets AEP. */
    public Builder aep(long value) {
      set(AEP, value);
      return this;
    }

    /** Sets OFSBASE. */
    public Builder ofsBase(long value) {
      set(OFSBASE, value);
      return this;
    }

    /** Sets OGSBASE. */
    public Builder ogsBase(long value) {
      set(OGSBASE, value);
      return this;
    }

    /** Sets FSLIMIT. */
    public Builder fsLimit(int value) {
      set(FSLIMIT, value);
      return this;
    }

    /** Sets GSLIMIT. */
    public Builder gsLimit(int value) {
      set(GSLIMIT, value);
      return this;
    }

    /** The structure as set so far. */
    public Tcs build() {
      return new Tcs(image());
    }
  }
}
