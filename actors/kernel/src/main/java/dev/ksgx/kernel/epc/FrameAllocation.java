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
import dev.ksgx.protocol.message.SwapperMessage;
import dev.ksgx.protocol.message.Work;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * The frame allocator in the caller's context (driver.md 6.1). Its blocking flavour sends a caller
 * that finds the pool empty into a reclaim pass of its own, as often as it takes; with nothing left
 * to evict it gives up with -ENOMEM, or, with bug B-12, tries again until a frame is there. A
 * signal counts before each pass, and only where no frame is free: -ERESTARTSYS. Mainline looks at
 * its list of all pages first: if that is empty the answer is -ENOMEM whoever asks, who cannot wait
 * included.
 */
public final class FrameAllocation {
  private static final Burst EMPTY_RECLAIM = Burst.of(Step.software(Work.EMPTY_RECLAIM));

  private static final CallResult NOTHING_TO_EVICT =
      CallResult.failed(Errno.ENOMEM, "no free EPC frame and nothing to evict");

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
    ask(
        flow,
        use,
        false,
        answer -> {
          if (answer.result().isZero()) {
            then.accept(answer.frame());
          } else if (answer.exhausted()) {
            unlessTheListIsEmpty(() -> reclaim(flow, use, then, otherwise), otherwise);
          } else {
            otherwise.accept(answer.result());
          }
        });
  }

  /** Take a frame if one is free; -EBUSY otherwise, or -ENOMEM if none can come of reclaiming. */
  public void takeAtOnce(
      Flow flow, EpcMessage.Use use, IntConsumer then, Consumer<CallResult> otherwise) {
    ask(
        flow,
        use,
        true,
        answer -> {
          if (answer.result().isZero()) {
            then.accept(answer.frame());
          } else if (answer.exhausted()) {
            unlessTheListIsEmpty(() -> otherwise.accept(answer.result()), otherwise);
          } else {
            otherwise.accept(answer.result());
          }
        });
  }

  /**
   * Mainline's look at the list of all pages, after that at the pool: as in the driver both change
   * freely in between.
   */
  private void unlessTheListIsEmpty(Runnable then, Consumer<CallResult> otherwise) {
    if (!services.config().paging().reclaim().oneList() || mayLoop()) {
      then.run();
      return;
    }
    services
        .swapper()
        .tell(
            new SwapperMessage.AskCanReclaim(
                calls.<SwapperMessage.CanReclaim>expect(
                    can -> {
                      if (can.any()) {
                        then.run();
                      } else {
                        otherwise.accept(NOTHING_TO_EVICT);
                      }
                    }),
                self));
  }

  private void ask(
      Flow flow, EpcMessage.Use use, boolean atomic, Consumer<EpcMessage.Allocated> then) {
    services
        .epc()
        .tell(
            new EpcMessage.Allocate(
                flow.task(),
                flow.request(),
                use,
                atomic,
                calls.<EpcMessage.Allocated>expect(then),
                self));
  }

  private void reclaim(
      Flow flow, EpcMessage.Use use, IntConsumer then, Consumer<CallResult> otherwise) {
    services
        .probe()
        .waiting(KernelServices.timeline(flow.task(), flow.request()), services.epcFrame(), 0);
    services
        .swapper()
        .tell(
            new SwapperMessage.Reclaim(
                flow.task(),
                flow.request(),
                calls.<SwapperMessage.Reclaimed>expect(
                    reclaimed -> {
                      if (reclaimed.signalPending()) {
                        otherwise.accept(
                            CallResult.failed(
                                Errno.ERESTARTSYS, "a signal came while waiting for an EPC frame"));
                      } else if (reclaimed.freed() > 0) {
                        take(flow, use, then, otherwise);
                      } else if (reclaimed.hopeless() && !mayLoop()) {
                        otherwise.accept(NOTHING_TO_EVICT);
                      } else {
                        tryAgain(flow, use, then, otherwise);
                      }
                    }),
                self));
  }

  private boolean mayLoop() {
    return services.config().bugs().has(Bugs.ALLOCATOR_LOOPS);
  }

  private void tryAgain(
      Flow flow, EpcMessage.Use use, IntConsumer then, Consumer<CallResult> otherwise) {
    flow.run(EMPTY_RECLAIM, ran -> take(flow, use, then, otherwise));
  }
}
