package dev.ksgx.hardware.platform;

import dev.ksgx.hardware.epc.Section;
import dev.ksgx.hardware.structure.Attributes;
import java.util.List;

/**
 * What CPUID says of SGX (isa.md 6.6): features, limits and masks, as registers and by name.
 * Immutable; {@link #builder()} starts with a processor that has SGX1 and nothing else.
 */
public final class Cpuid {
  /** The four registers of one CPUID answer. */
  public record Registers(int eax, int ebx, int ecx, int edx) {
    static final Registers NONE = new Registers(0, 0, 0, 0);
  }

  /** MISCSELECT bit: an exit saves fault address and error code of #PF and #GP. */
  public static final int MISC_EXINFO = 1;

  private static final int SGX_LEAF = 0x12;
  private static final int XSAVE_LEAF = 0xd;

  private static final int OVERSUBSCRIPTION = 1 << 6;

  private final boolean sgx2;
  private final boolean oversubscription;
  private final boolean launchControl;
  private final int miscSelect;
  private final int maxSizeLog2;
  private final int maxSizeLog2In32BitMode;
  private final Attributes settable;

  private Cpuid(Builder b) {
    sgx2 = b.sgx2;
    oversubscription = b.oversubscription;
    launchControl = b.launchControl;
    miscSelect = b.miscSelect;
    maxSizeLog2 = b.maxSizeLog2;
    maxSizeLog2In32BitMode = b.maxSizeLog2In32BitMode;
    settable = new Attributes(b.flags & ~Attributes.INIT, b.xfrm | Attributes.LEGACY_XFRM);
  }

  /** A processor with SGX1 only. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * A client processor of 2017 with flexible launch control: SGX1, 64-bit enclaves below 2^36
   * bytes, no KSS, no MISCSELECT, AVX and MPX.
   */
  public static Cpuid client2017() {
    return builder().launchControl(true).build();
  }

  /**
   * All that the model knows: SGX2, leaves for EPC oversubscription, launch control, KSS, EXINFO,
   * AVX-512, PKRU, AMX, 64-bit enclaves below 2^40 bytes.
   */
  public static Cpuid everything() {
    return builder()
        .sgx2(true)
        .oversubscription(true)
        .launchControl(true)
        .miscSelect(MISC_EXINFO)
        .maxSizeLog2(40)
        .flags(
            Attributes.DEBUG
                | Attributes.MODE64BIT
                | Attributes.PROVISIONKEY
                | Attributes.EINITTOKENKEY
                | Attributes.KSS)
        .xfrm(0x602ff)
        .build();
  }

  /** The registers for one leaf and subleaf; all zero where SGX has nothing to say. */
  public Registers registers(int leaf, int subleaf, List<Section> sections) {
    return switch (leaf) {
      case 7 ->
          subleaf == 0 ? new Registers(0, 1 << 2, launchControl ? 1 << 30 : 0, 0) : Registers.NONE;
      case XSAVE_LEAF -> xsave(subleaf);
      case SGX_LEAF -> sgx(subleaf, sections);
      default -> Registers.NONE;
    };
  }

  private Registers xsave(int subleaf) {
    long features = settable.xfrm();
    if (subleaf == 0) {
      int bytes = XsaveArea.bytes(features);
      return new Registers((int) features, bytes, bytes, (int) (features >>> 32));
    }
    boolean reported = subleaf >= 2 && subleaf < 63 && (features >>> subleaf & 1) != 0;
    return reported
        ? new Registers(XsaveArea.size(subleaf), XsaveArea.offset(subleaf), 0, 0)
        : Registers.NONE;
  }

  private Registers sgx(int subleaf, List<Section> sections) {
    if (subleaf == 0) {
      int sizes = maxSizeLog2 << 8 | maxSizeLog2In32BitMode;
      int features = (sgx2 ? 0b11 : 0b01) | (oversubscription ? OVERSUBSCRIPTION : 0);
      return new Registers(features, miscSelect, 0, sizes);
    }
    if (subleaf == 1) {
      long flags = settable.flags();
      long xfrm = settable.xfrm();
      return new Registers((int) flags, (int) (flags >>> 32), (int) xfrm, (int) (xfrm >>> 32));
    }
    if (subleaf < 0 || subleaf - 2 >= sections.size()) {
      return Registers.NONE;
    }
    Section section = sections.get(subleaf - 2);
    long base = section.baseAddress();
    long bytes = section.bytes();
    return new Registers(
        (int) base | 1, (int) (base >>> 32), (int) bytes | 1, (int) (bytes >>> 32));
  }

  /** Whether the SGX2 leaves exist. */
  public boolean sgx2() {
    return sgx2;
  }

  /** Whether ERDINFO, ETRACKC, ELDBC and ELDUC exist. */
  public boolean oversubscription() {
    return oversubscription;
  }

  /** Whether the launch-control MSRs exist. */
  public boolean launchControl() {
    return launchControl;
  }

  /** Supported MISCSELECT bits. */
  public int miscSelect() {
    return miscSelect;
  }

  /** Attribute bits that ECREATE accepts; INIT is never among them. */
  public Attributes settable() {
    return settable;
  }

  /** Whether enclaves may use key separation and sharing. */
  public boolean kss() {
    return settable.has(Attributes.KSS);
  }

  /** ELRANGE must be smaller than this many bytes. */
  public long sizeLimitBytes(boolean mode64Bit) {
    return 1L << (mode64Bit ? maxSizeLog2 : maxSizeLog2In32BitMode);
  }

  /** Bytes of the MISC area of an SSA frame. */
  public static int miscBytes(int miscSelect) {
    return (miscSelect & MISC_EXINFO) != 0 ? 16 : 0;
  }

  /** Sets features by name. */
  public static final class Builder {
    private boolean sgx2;
    private boolean oversubscription;
    private boolean launchControl;
    private int miscSelect;
    private int maxSizeLog2 = 36;
    private int maxSizeLog2In32BitMode = 31;
    private long flags =
        Attributes.DEBUG
            | Attributes.MODE64BIT
            | Attributes.PROVISIONKEY
            | Attributes.EINITTOKENKEY;
    private long xfrm = 0x1f;

    private Builder() {}

    /** CPUID.12H.0:EAX bit 1. */
    public Builder sgx2(boolean value) {
      sgx2 = value;
      return this;
    }

    /** CPUID.12H.0:EAX bit 6. */
    public Builder oversubscription(boolean value) {
      oversubscription = value;
      return this;
    }

    /** CPUID.7.0:ECX bit 30. */
    public Builder launchControl(boolean value) {
      launchControl = value;
      return this;
    }

    /** CPUID.12H.0:EBX. */
    public Builder miscSelect(int value) {
      miscSelect = value;
      return this;
    }

    /** CPUID.12H.0:EDX[15:8], 13..63. */
    public Builder maxSizeLog2(int value) {
      maxSizeLog2 = sizeLog2(value, 63);
      return this;
    }

    /** CPUID.12H.0:EDX[7:0], 13..32. */
    public Builder maxSizeLog2In32BitMode(int value) {
      maxSizeLog2In32BitMode = sizeLog2(value, 32);
      return this;
    }

    /** CPUID.12H.1:EBX:EAX; INIT is never settable. */
    public Builder flags(long value) {
      flags = value;
      return this;
    }

    /** CPUID.12H.1:EDX:ECX; x87 and SSE are always there. */
    public Builder xfrm(long value) {
      xfrm = value;
      return this;
    }

    /** The processor as set so far. */
    public Cpuid build() {
      return new Cpuid(this);
    }

    private static int sizeLog2(int value, int max) {
      if (value < 13 || value > max) {
        throw new IllegalArgumentException(
            "log2 of the largest enclave: " + value + ", expected 13.." + max);
      }
      return value;
    }
  }
}
