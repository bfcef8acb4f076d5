package dev.ksgx.kernel.enclave;

import dev.ksgx.hardware.leaf.Encls;
import dev.ksgx.hardware.leaf.LeafResult;
import dev.ksgx.kernel.flow.Flow;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.Errno;
import dev.ksgx.protocol.message.Burst;
import dev.ksgx.protocol.message.EpcMessage;
import dev.ksgx.protocol.message.Step;
import dev.ksgx.protocol.message.StepResult;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * Version arrays for an enclave that grows: a frame and an EPA for every 512 pages, the SECS being
 * the first; where they are paged, one more for every 512 of them.
 */
final class VersionArrays {
  private final EnclaveState enclave;

  VersionArrays(EnclaveState enclave) {
    this.enclave = enclave;
  }

  /**
   * See to it that one more page can have a slot, then go on.
   *
   * @param call name of the ioctl, for the failure
   */
  void ensureRoom(Flow flow, String call, Runnable then, Consumer<CallResult> otherwise) {
    if (enclave.vaPages.hasRoom()) {
      then.run();
      return;
    }
    grow(
        flow,
        call,
        frame -> {
          boolean paged = enclave.services.config().paging().vaEviction();
          if (paged && enclave.vaPages.needsSecondLevel()) {
            enclave.vaPages.addSecondLevel(frame);
          } else {
            enclave.vaPages.add(frame, paged ? enclave.vaPages.nextHome() : null);
          }
          ensureRoom(flow, call, then, otherwise);
        },
        otherwise);
  }

  private void grow(Flow flow, String call, IntConsumer then, Consumer<CallResult> otherwise) {
    enclave.frames.take(
        flow,
        EpcMessage.Use.VA,
        frame ->
            flow.run(
                Burst.of(new Step.Encls(Encls.epa(enclave.address(frame)))),
                ran -> {
                  LeafResult result = ((StepResult.Leaf) ran.last()).result();
                  if (result.isOk()) {
                    then.accept(frame);
                  } else {
                    enclave.giveBack(EpcMessage.Use.VA, frame);
                    otherwise.accept(
                        CallResult.failed(Errno.EFAULT, call + ": " + result.describe()));
                  }
                }),
        otherwise);
  }
}
