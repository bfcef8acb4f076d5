package dev.ksgx.kernel.enclave;

import dev.ksgx.hardware.platform.Cpuid;
import dev.ksgx.hardware.platform.XsaveArea;
import dev.ksgx.hardware.structure.Attributes;
import dev.ksgx.hardware.structure.Secs;
import dev.ksgx.kernel.config.IoctlGeneration;
import dev.ksgx.protocol.abi.CallResult;

/** What CREATE demands of a SECS before it reaches the hardware (driver.md 1.5 step 3, 1.6). */
public final class SecsRules {
  private static final long MIN_BYTES = 8192;
  private static final int GPRSGX_BYTES = 184;
  private static final long BNDREGS = 1 << 3;
  private static final long BNDCSR = 1 << 4;
  private static final long ALLOWED_FLAGS =
      Attributes.DEBUG | Attributes.MODE64BIT | Attributes.PROVISIONKEY | Attributes.EINITTOKENKEY;

  private SecsRules() {}

  /**
   * OK, or -EINVAL with the first rule that is broken. All tasks of the model run in 64-bit mode.
   */
  public static CallResult check(Secs secs, Cpuid cpuid, IoctlGeneration ioctls) {
    return ioctls.checksSecsAndTcs() ? checkAll(secs, cpuid) : checkSize(secs);
  }

  private static boolean isPowerOfTwo(long size) {
    return Long.bitCount(size) == 1 && size > 0;
  }

  private static CallResult checkSize(Secs secs) {
    return new Rules("CREATE")
        .refuseIf(!isPowerOfTwo(secs.sizeBytes()), "SECS.SIZE must be a power of two")
        .verdict();
  }

  private static CallResult checkAll(Secs secs, Cpuid cpuid) {
    long size = secs.sizeBytes();
    long flags = secs.attributes().flags();
    long xfrm = secs.attributes().xfrm();
    boolean powerOfTwo = isPowerOfTwo(size);
    long frame = secs.ssaFrameSize() * 4096L;
    return new Rules("CREATE")
        .refuseIf(
            size < MIN_BYTES || !powerOfTwo, "SECS.SIZE must be a power of two of at least 8192")
        .refuseIf(
            powerOfTwo && (secs.baseAddress() & (size - 1)) != 0,
            "SECS.BASEADDR must be a multiple of SECS.SIZE")
        .refuseIf((flags & ~ALLOWED_FLAGS) != 0, "SECS.ATTRIBUTES has a reserved bit set")
        .refuseIf(
            (secs.miscSelect() & ~cpuid.miscSelect()) != 0,
            "SECS.MISCSELECT has a bit that CPUID.12H.0:EBX lacks")
        .refuseIf((flags & Attributes.MODE64BIT) == 0, "a 64-bit process needs MODE64BIT")
        .refuseIf(
            size > cpuid.sizeLimitBytes(true),
            "SECS.SIZE exceeds the " + cpuid.sizeLimitBytes(true) + " bytes of CPUID.12H.0:EDX")
        .refuseIf((xfrm & 3) != 3, "SECS.XFRM must have x87 and SSE")
        .refuseIf(
            (xfrm & ~cpuid.settable().xfrm()) != 0,
            "SECS.XFRM has a bit that CPUID.12H.1:EDX:ECX lacks")
        .refuseIf(
            ((xfrm & BNDREGS) != 0) != ((xfrm & BNDCSR) != 0),
            "SECS.XFRM must have both bits of MPX or none")
        .refuseIf(
            frame == 0
                || frame
                    < XsaveArea.bytes(xfrm) + GPRSGX_BYTES + Cpuid.miscBytes(secs.miscSelect()),
            "SECS.SSAFRAMESIZE is too small for XFRM and MISCSELECT")
        .refuseIf(!secs.reservedBytesAreZero(), "a reserved byte of the SECS is not zero")
        .verdict();
  }
}
