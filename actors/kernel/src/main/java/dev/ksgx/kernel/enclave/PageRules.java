package dev.ksgx.kernel.enclave;

import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.PageType;
import dev.ksgx.hardware.structure.SecInfo;
import dev.ksgx.hardware.structure.Tcs;
import dev.ksgx.kernel.config.IoctlGeneration;
import dev.ksgx.protocol.abi.CallResult;

/** What adds demand of SECINFO and of a TCS (driver.md 1.5 steps 6 and 7, 1.6). */
final class PageRules {
  private static final long PERMISSIONS = SecInfo.R | SecInfo.W | SecInfo.X;
  private static final long KNOWN_FLAGS = PERMISSIONS | 0xFF00;
  private static final int LIMIT_LOW_BITS = 0xFFF;

  private PageRules() {}

  /**
   * OK, or -EINVAL with the first rule that is broken.
   *
   * @param content of the page; not looked at where EADD alone checks a TCS
   * @param elrangeBytes size of the enclave's range
   */
  static CallResult check(
      SecInfo secInfo, Bytes content, long elrangeBytes, IoctlGeneration ioctls) {
    return ioctls.checksSecsAndTcs()
        ? checkAll(secInfo, content, elrangeBytes)
        : checkSecInfo(secInfo);
  }

  private static CallResult checkAll(SecInfo secInfo, Bytes content, long elrangeBytes) {
    PageType type = secInfo.pageType();
    Rules rules =
        new Rules("ADD_PAGE")
            .refuseIf(hasReservedFlag(secInfo), "SECINFO.FLAGS has a reserved bit set")
            .refuseIf(writesUnread(secInfo), "SECINFO has W without R")
            .refuseIf(isNeither(type), "the page type must be TCS or REG")
            .refuseIf(!reservedBytesAreZero(secInfo), "a reserved byte of the SECINFO is not zero");
    if (type == PageType.TCS) {
      check(rules, Tcs.parse(content), elrangeBytes);
    }
    return rules.verdict();
  }

  private static CallResult checkSecInfo(SecInfo secInfo) {
    PageType type = secInfo.pageType();
    boolean permits = (secInfo.flags() & PERMISSIONS) != 0;
    return new Rules("ADD_PAGES")
        .refuseIf(isNeither(type), "the page type must be TCS or REG")
        .refuseIf(writesUnread(secInfo), "SECINFO has W without R")
        .refuseIf(type == PageType.TCS && permits, "a TCS has no permissions")
        .refuseIf(hasReservedFlag(secInfo), "SECINFO.FLAGS has a reserved bit set")
        .refuseIf(!reservedBytesAreZero(secInfo), "a reserved byte of the SECINFO is not zero")
        .verdict();
  }

  private static boolean hasReservedFlag(SecInfo secInfo) {
    return (secInfo.flags() & ~KNOWN_FLAGS) != 0;
  }

  private static boolean writesUnread(SecInfo secInfo) {
    return secInfo.has(SecInfo.W) && !secInfo.has(SecInfo.R);
  }

  private static boolean isNeither(PageType type) {
    return type != PageType.TCS && type != PageType.REG;
  }

  private static boolean reservedBytesAreZero(SecInfo secInfo) {
    return secInfo.bytes().isZero(8, 56);
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
