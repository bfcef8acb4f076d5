package dev.ksgx.kernel.epc;

import akka.actor.typed.ActorRef;
import dev.ksgx.kernel.KernelServices;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.flow.Calls;
import dev.ksgx.kernel.flow.Flow;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.Errno;
import dev.ksgx.protocol.message.Burst;
import dev.ksgx.protocol.message.EpcMessage;
import dev.ksgx.protocol.message.Reply;
import dev.ksgx.protocol.message.Step;
import dev.ksgx.protocol.message.Work;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * The blocking flavour of the frame allocator, in the caller's context (driver.md 6.1): an empty
 * pool sends the caller into reclaim. With nothing to evict it gives up with -ENOMEM; with bug B-12
 * it yields and tries again until a frame is there or a signal comes.
 */
public final class FrameAllocation {
  private static final Burst EMPTY_RECLAIM = Burst.of(Step.software(Work.EMPTY_RECLAIM));

  private final KernelServices services;
  private final Calls calls;
  private final ActorRef<Reply> self;

  public FrameAllocation(KernelServices services, Calls calls, ActorRef<Reply> self) {
    this.services = services;
    this.calls = calls;
    this.self = self;
  }

  /** Take a frame as the task of {@code flow}, then go on with it or with the failure. */
  public void take(
      Flow flow, EpcMessage.Use use, IntConsumer then, Consumer<CallResult> otherwise) {
    long call =
        calls.<EpcMessage.Allocated>expect(
            answer -> {
              if (answer.result().isZero()) {
                then.accept(answer.frame());
              } else if (answer.exhausted() && mayLoop()) {
                tryAgain(flow, use, then, otherwise);
              } else {
                otherwise.accept(answer.result());
              }
            });
    services
        .epc()
        .tell(new EpcMessage.Allocate(flow.task(), flow.request(), use, false, call, self));
  }

  private boolean mayLoop() {
    return services.config().bugs().has(Bugs.ALLOCATOR_LOOPS);
  }

  private void tryAgain(
      Flow flow, EpcMessage.Use use, IntConsumer then, Consumer<CallResult> otherwise) {
    flow.run(
        EMPTY_RECLAIM,
        ran -> {
          if (ran.signalPending()) {
            otherwise.accept(
                CallResult.failed(
                    Errno.ERESTARTSYS, "a signal came while waiting for an EPC frame"));
          } else {
            take(flow, use, then, otherwise);
          }
        });
  }
}
