package dev.ksgx.kernel.enclave;

import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.Errno;

/** Checks in the order in which the driver makes them: the first that fails is the answer. */
final class Rules {
  private final String call;
  private CallResult verdict = CallResult.OK;

  Rules(String call) {
    this.call = call;
  }

  /** The call fails with -EINVAL if {@code broken} and nothing failed before. */
  Rules refuseIf(boolean broken, String rule) {
    return refuseIf(Errno.EINVAL, broken, rule);
  }

  /** The call fails with {@code errno} if {@code broken} and nothing failed before. */
  Rules refuseIf(Errno errno, boolean broken, String rule) {
    if (broken && verdict.isZero()) {
      verdict = CallResult.failed(errno, call + ": " + rule);
    }
    return this;
  }

  CallResult verdict() {
    return verdict;
  }
}
