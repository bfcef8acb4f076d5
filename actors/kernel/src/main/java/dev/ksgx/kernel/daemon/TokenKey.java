package dev.ksgx.kernel.daemon;

import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.kernel.launch.TokenRequest;

/**
 * What a token depends on (driver.md 5.4); not on the enclave that is initialised with it.
 *
 * @param request MRENCLAVE, MRSIGNER, ATTRIBUTES
 * @param cpuSvn 16 bytes
 */
record TokenKey(TokenRequest request, Bytes cpuSvn) {
  /**
   * As an application knows it: it cannot see the CPUSVN, and learns from EINIT alone that its
   * token is for another.
   */
  static TokenKey ofApplication(TokenRequest request) {
    return new TokenKey(request, Bytes.zeros(16));
  }
}
