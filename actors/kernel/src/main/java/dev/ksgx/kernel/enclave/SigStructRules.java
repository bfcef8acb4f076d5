package dev.ksgx.kernel.enclave;

import dev.ksgx.hardware.platform.Cpuid;
import dev.ksgx.hardware.structure.Attributes;
import dev.ksgx.hardware.structure.SigStruct;
import dev.ksgx.kernel.config.LaunchDesign;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.Errno;

/** What mainline's INIT demands before it comes to EINIT (driver.md 1.6). */
final class SigStructRules {
  private static final long UNPRIVILEGED = Attributes.DEBUG | Attributes.MODE64BIT | Attributes.KSS;

  private SigStructRules() {}

  /**
   * OK, or the first rule that is broken. Nobody has the permission to PROVISIONKEY, for which
   * there is no device here.
   *
   * @param sigStruct null if it cannot be copied
   * @param ofEnclave what ECREATE made the enclave with
   * @param design one that needs launch enclaves lets EINITTOKENKEY pass (MODEL), or there were
   *     none
   */
  static CallResult check(
      SigStruct sigStruct, Attributes ofEnclave, Cpuid cpuid, LaunchDesign design) {
    if (sigStruct == null) {
      return CallResult.failed(
          Errno.EFAULT, "INIT: the SIGSTRUCT cannot be copied from user space");
    }
    long allowed = UNPRIVILEGED | (design.isDirect() ? 0 : Attributes.EINITTOKENKEY);
    Attributes settable = cpuid.settable();
    return new Rules("INIT")
        .refuseIf(
            sigStruct.vendor() != 0 && sigStruct.vendor() != SigStruct.VENDOR_INTEL,
            "SIGSTRUCT.VENDOR must be 0 or 8086h")
        .refuseIf(
            Errno.EACCES,
            (ofEnclave.flags() & ~allowed) != 0,
            "the enclave has an attribute that its creator has no permission to")
        .refuseIf(
            (sigStruct.attributes().flags() & sigStruct.attributeMask().flags() & ~settable.flags())
                != 0,
            "SIGSTRUCT.ATTRIBUTES demands a bit that CPUID.12H.1:EBX:EAX lacks")
        .refuseIf(
            (sigStruct.miscSelect() & sigStruct.miscMask() & ~cpuid.miscSelect()) != 0,
            "SIGSTRUCT.MISCSELECT demands a bit that CPUID.12H.0:EBX lacks")
        .refuseIf(
            (sigStruct.attributes().xfrm() & sigStruct.attributeMask().xfrm() & ~settable.xfrm())
                != 0,
            "SIGSTRUCT.ATTRIBUTES demands a bit of XFRM that CPUID.12H.1:EDX:ECX lacks")
        .verdict();
  }
}
