package dev.ksgx.kernel.process;

import dev.ksgx.hardware.epc.Epc;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.Errno;

/** What mmap and munmap of /dev/sgx refuse (driver.md 1.4). */
final class MapRules {
  private MapRules() {}

  /**
   * mmap.
   *
   * @param limit most bytes that an enclave can have
   */
  static CallResult checkLength(long bytes, long limit) {
    if (bytes < 2 * Epc.PAGE_BYTES || Long.bitCount(bytes) != 1) {
      return CallResult.failed(
          Errno.EINVAL, "mmap: the length must be a power of two of at least 2 pages");
    }
    if (bytes > limit) {
      return CallResult.failed(
          Errno.EINVAL, "mmap: the length must not exceed " + limit + " bytes (CPUID.12H:EDX)");
    }
    return CallResult.OK;
  }

  /** munmap. */
  static CallResult checkRange(long address, long bytes) {
    if (address < 0 || address % Epc.PAGE_BYTES != 0) {
      return CallResult.failed(Errno.EINVAL, "munmap: the address must be a multiple of 4096");
    }
    if (bytes <= 0 || bytes > Long.MAX_VALUE - address) {
      return CallResult.failed(Errno.EINVAL, "munmap: the length must be above 0");
    }
    return CallResult.OK;
  }
}
