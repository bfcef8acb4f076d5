package dev.ksgx.kernel.epc;

import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.Errno;
import dev.ksgx.protocol.message.EpcMessage;
import dev.ksgx.runtime.probe.Level;
import dev.ksgx.runtime.probe.Probe;

/**
 * The free frames of all sections, last freed first taken, as the v5 free list. An empty pool is
 * answered at once; what the asking task then does (give up, or try again for ever) is its own
 * affair.
 */
public final class EpcManager extends AbstractBehavior<EpcMessage> {
  private final FrameStack free;
  private final int frames;
  private final Level used;
  private int vaPages;
  private int peakUsed;

  /**
   * @param frames frames of all sections; frame numbers are 0 to {@code frames - 1}
   */
  public static Behavior<EpcMessage.Request> create(int frames, Probe probe) {
    return Behaviors.<EpcMessage>setup(context -> new EpcManager(context, frames, probe)).narrow();
  }

  private EpcManager(ActorContext<EpcMessage> context, int frames, Probe probe) {
    super(context);
    this.frames = frames;
    this.free = new FrameStack(frames);
    this.used = probe.level("epc-used");
  }

  @Override
  public Receive<EpcMessage> createReceive() {
    return newReceiveBuilder()
        .onMessage(EpcMessage.Allocate.class, this::onAllocate)
        .onMessage(EpcMessage.Free.class, this::onFree)
        .onMessage(EpcMessage.AskCounters.class, this::onAskCounters)
        .onMessage(EpcMessage.ResetPeak.class, reset -> onResetPeak())
        .build();
  }

  private Behavior<EpcMessage> onAllocate(EpcMessage.Allocate ask) {
    if (free.isEmpty() && vaPages > frames - 2) {
      refuse(ask, false, "version arrays fill the EPC: the limit is its frames less 2");
    } else if (free.isEmpty()) {
      refuse(ask, true, "no free EPC frame and nothing to evict");
    } else {
      int frame = free.pop();
      if (ask.use() == EpcMessage.Use.VA) {
        vaPages++;
      }
      note();
      ask.replyTo().tell(new EpcMessage.Allocated(ask.call(), frame, false, CallResult.OK));
    }
    return this;
  }

  private static void refuse(EpcMessage.Allocate ask, boolean exhausted, String check) {
    ask.replyTo()
        .tell(
            new EpcMessage.Allocated(
                ask.call(), -1, exhausted, CallResult.failed(Errno.ENOMEM, check)));
  }

  private Behavior<EpcMessage> onFree(EpcMessage.Free back) {
    for (int frame : back.frames()) {
      free.push(frame);
    }
    if (back.use() == EpcMessage.Use.VA) {
      vaPages -= back.frames().size();
    }
    note();
    return this;
  }

  private void note() {
    int inUse = frames - free.size();
    peakUsed = Math.max(peakUsed, inUse);
    used.set(inUse);
  }

  private Behavior<EpcMessage> onResetPeak() {
    peakUsed = frames - free.size();
    return this;
  }

  private Behavior<EpcMessage> onAskCounters(EpcMessage.AskCounters ask) {
    ask.replyTo().tell(new EpcMessage.Counters(ask.call(), frames, free.size(), peakUsed, vaPages));
    return this;
  }
}
