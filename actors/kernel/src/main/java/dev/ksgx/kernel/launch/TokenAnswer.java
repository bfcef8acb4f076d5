package dev.ksgx.kernel.launch;

import dev.ksgx.hardware.structure.EinitToken;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.Errno;

/** Takes the token that a caller asked for, or null and why there is none. */
@FunctionalInterface
interface TokenAnswer {
  void accept(EinitToken token, CallResult result);

  /** There is no token. */
  default void fail(Errno errno, String check) {
    accept(null, CallResult.failed(errno, check));
  }
}
