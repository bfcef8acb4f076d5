package dev.ksgx.kernel.enclave;

import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.PageType;
import dev.ksgx.hardware.structure.SecInfo;
import dev.ksgx.hardware.structure.Tcs;
import dev.ksgx.protocol.abi.CallResult;

/** What ADD_PAGE demands of SECINFO and of a TCS (driver.md 1.5, steps 6 and 7). */
final class PageRules {
  private static final long KNOWN_FLAGS = SecInfo.R | SecInfo.W | SecInfo.X | 0xFF00;
  private static final int LIMIT_LOW_BITS = 0xFFF;

  private PageRules() {}

  /**
   * OK, or -EINVAL with the first rule that is broken.
   *
   * @param elrangeBytes size of the enclave's range
   */
  static CallResult check(SecInfo secInfo, Bytes content, long elrangeBytes) {
    PageType type = secInfo.pageType();
    Rules rules =
        new Rules("ADD_PAGE")
            .refuseIf((secInfo.flags() & ~KNOWN_FLAGS) != 0, "SECINFO.FLAGS has a reserved bit set")
            .refuseIf(secInfo.has(SecInfo.W) && !secInfo.has(SecInfo.R), "SECINFO has W without R")
            .refuseIf(
                type != PageType.TCS && type != PageType.REG, "the page type must be TCS or REG")
            .refuseIf(!secInfo.bytes().isZero(8, 56), "a reserved byte of the SECINFO is not zero");
    if (type == PageType.TCS) {
      check(rules, Tcs.parse(content), elrangeBytes);
    }
    return rules.verdict();
  }

  private static void check(Rules rules, Tcs tcs, long size) {
    rules
        .refuseIf(!tcs.reservedFlagsAreZero(), "TCS.FLAGS has a reserved bit set")
        .refuseIf((tcs.flags() & Tcs.DBGOPTIN) != 0, "TCS.FLAGS.DBGOPTIN must be clear")
        .refuseIf(outside(tcs.ossa(), size), "TCS.OSSA must be a page inside the enclave")
        .refuseIf(outside(tcs.ofsBase(), size), "TCS.OFSBASE must be a page inside the enclave")
        .refuseIf(outside(tcs.ogsBase(), size), "TCS.OGSBASE must be a page inside the enclave")
        .refuseIf(
            (tcs.fsLimit() & LIMIT_LOW_BITS) != LIMIT_LOW_BITS,
            "the low 12 bits of TCS.FSLIMIT must be set")
        .refuseIf(
            (tcs.gsLimit() & LIMIT_LOW_BITS) != LIMIT_LOW_BITS,
            "the low 12 bits of TCS.GSLIMIT must be set")
        .refuseIf(!tcs.reservedBytesAreZero(), "a reserved byte of the TCS is not zero");
  }

  private static boolean outside(long offset, long size) {
    return offset % 4096 != 0 || Long.compareUnsigned(offset, size) >= 0;
  }
}
