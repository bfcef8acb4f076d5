package dev.ksgx.kernel.enclave;

import dev.ksgx.kernel.flow.Flow;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.Errno;
import dev.ksgx.protocol.message.Burst;
import dev.ksgx.protocol.message.Step;
import dev.ksgx.protocol.message.Work;
import java.util.function.Consumer;

/**
 * What is looked at before an ioctl on an enclave looks at its arguments: whether the power took it
 * (driver.md 1.5, step 4 of the look-up), or, one at a time, whether another is under way and
 * whether it is still being built (driver.md 1.6). The bit that mainline keeps in the open file is
 * here the enclave's, because an open file of mainline is an enclave.
 */
final class CallEntry {
  private static final Burst LOOK_UP = Burst.of(Step.software(Work.SYSCALL));

  /** A call: goes on with what it returns. */
  @FunctionalInterface
  interface Call {
    void run(Consumer<CallResult> then);
  }

  private final EnclaveState enclave;
  private boolean busy;

  CallEntry(EnclaveState enclave) {
    this.enclave = enclave;
  }

  /** Make the call, or refuse it. */
  void enter(Flow flow, String name, Call call, Consumer<CallResult> then) {
    boolean oneAtATime = enclave.services.config().ioctls().oneAtATime();
    CallResult verdict = oneAtATime ? free(name) : notLost();
    if (!verdict.isZero()) {
      flow.run(LOOK_UP, ran -> then.accept(verdict));
    } else {
      busy = true;
      call.run(
          result -> {
            busy = false;
            then.accept(result);
          });
    }
  }

  private CallResult notLost() {
    return enclave.suspended
        ? CallResult.sgx(CallResult.POWER_LOST_ENCLAVE, "the enclave was lost with the power")
        : CallResult.OK;
  }

  private CallResult free(String name) {
    if (busy) {
      return CallResult.failed(Errno.EBUSY, name + ": another ioctl on the enclave is under way");
    }
    return enclave.initialized
        ? CallResult.failed(Errno.EINVAL, name + ": the enclave is initialized")
        : CallResult.OK;
  }
}
