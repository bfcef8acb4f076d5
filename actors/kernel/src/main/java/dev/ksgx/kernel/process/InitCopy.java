package dev.ksgx.kernel.process;

import akka.actor.typed.ActorRef;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.EinitToken;
import dev.ksgx.hardware.structure.SigStruct;
import dev.ksgx.kernel.KernelServices;
import dev.ksgx.kernel.config.LaunchDesign;
import dev.ksgx.kernel.flow.Flow;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.SgxIoctl;
import dev.ksgx.protocol.message.EnclaveMessage;
import dev.ksgx.protocol.message.Reply;

/**
 * What INIT copies from its caller: the SIGSTRUCT, then the token if the number has one (driver.md
 * 1.5, step 2). Each is copied once: what the caller's threads write later, EINIT does not see. The
 * SIGSTRUCT of a call without a token may be left to the enclave, which looks at itself first.
 *
 * @param verdict zero, or what a failed copy returns
 * @param arguments the call without a token
 * @param token the caller's; null if it brought none
 */
record InitCopy(CallResult verdict, SgxIoctl.Init arguments, EinitToken token) {
  private static final int TOKEN_BYTES = EinitToken.LAYOUT.size();

  /** Whether it is an INIT that the driver knows. */
  static boolean isKnown(SgxIoctl ioctl, LaunchDesign design) {
    return ioctl instanceof SgxIoctl.Init
        || ioctl instanceof SgxIoctl.InitWithToken && design.tokenFromUser();
  }

  static InitCopy of(SgxIoctl ioctl, KernelServices services) {
    if (ioctl instanceof SgxIoctl.Init init) {
      boolean now = services.config().ioctls().copiesFirst();
      CallResult verdict = now ? sigStruct(init.sigstruct(), services) : CallResult.OK;
      return new InitCopy(verdict, init, null);
    }
    SgxIoctl.InitWithToken init = (SgxIoctl.InitWithToken) ioctl;
    CallResult verdict = sigStruct(init.sigstruct(), services);
    if (!verdict.isZero()) {
      return new InitCopy(verdict, null, null);
    }
    Bytes there = init.token() == null ? Bytes.zeros(0) : init.token().copy();
    int missing = TOKEN_BYTES - there.length();
    return missing > 0
        ? new InitCopy(services.badCopy("INIT: the EINITTOKEN", missing), null, null)
        : new InitCopy(
            CallResult.OK,
            new SgxIoctl.Init(init.addr(), init.sigstruct(), false),
            EinitToken.parse(there.slice(0, TOKEN_BYTES)));
  }

  private static CallResult sigStruct(SigStruct sigStruct, KernelServices services) {
    return sigStruct == null
        ? services.badCopy("INIT: the SIGSTRUCT", SigStruct.LAYOUT.size())
        : CallResult.OK;
  }

  /** What the enclave is told. */
  EnclaveMessage.Init message(Flow flow, Bytes launchHash, long call, ActorRef<Reply> replyTo) {
    return new EnclaveMessage.Init(
        flow.task(), flow.request(), arguments, token, launchHash, call, replyTo);
  }

  /** A copy failed: the call is over. */
  boolean isBad() {
    return !verdict.isZero();
  }
}
