package dev.ksgx.kernel.epc;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import dev.ksgx.kernel.check.Inspection;
import dev.ksgx.kernel.check.PoolView;
import dev.ksgx.kernel.config.Paging;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.Errno;
import dev.ksgx.protocol.message.EpcMessage;
import dev.ksgx.protocol.message.EpcMessage.Use;
import dev.ksgx.protocol.message.SwapperMessage;
import dev.ksgx.runtime.probe.Level;
import dev.ksgx.runtime.probe.Probe;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * The free frames of all sections, last freed first taken, as the v5 free list, and the watermark
 * that wakes the swapper (driver.md 6.1). An empty pool is answered at once; what the asking task
 * then does (reclaim, give up, fault again) is its own affair.
 */
public final class EpcManager extends AbstractBehavior<EpcMessage> {
  private final Inspection inspection;
  private final FrameStack free;
  private final int frames;
  private final boolean limitsVersionArrays;
  private final int[] inUse = new int[Use.values().length];
  private final Level used;
  private final Level versionArrays;
  private final Level secs;

  /** Who may be woken: it sleeps, and has something to evict as far as it knew. */
  private ActorRef<SwapperMessage.Request> sleepingSwapper;

  private int peakUsed;
  private long allocations;
  private long refused;

  /**
   * @param limitsVersionArrays no frame is to be had once version arrays hold all but two
   * @param frames frames of all sections; frame numbers are 0 to {@code frames - 1}
   * @param inspection hears which frames come and go
   */
  public static Behavior<EpcMessage.Request> create(
      int frames, boolean limitsVersionArrays, Probe probe, Inspection inspection) {
    return Behaviors.<EpcMessage>setup(
            context -> new EpcManager(context, frames, limitsVersionArrays, probe, inspection))
        .narrow();
  }

  private EpcManager(
      ActorContext<EpcMessage> context,
      int frames,
      boolean limitsVersionArrays,
      Probe probe,
      Inspection inspection) {
    super(context);
    this.limitsVersionArrays = limitsVersionArrays;
    this.inspection = inspection;
    this.frames = frames;
    this.free = new FrameStack(frames);
    this.used = probe.level("epc-used");
    this.versionArrays = probe.level("epc-version-arrays");
    this.secs = probe.level("epc-secs");
    inspection.opened(view());
  }

  private PoolView view() {
    return new PoolView() {
      @Override
      public int free() {
        return free.size();
      }

      @Override
      public int inUse() {
        return IntStream.of(inUse).sum();
      }

      @Override
      public boolean isFree(int frame) {
        return free.contains(frame);
      }

      @Override
      public void forEachFree(IntConsumer visit) {
        free.forEach(visit);
      }
    };
  }

  @Override
  public Receive<EpcMessage> createReceive() {
    return newReceiveBuilder()
        .onMessage(EpcMessage.Allocate.class, this::onAllocate)
        .onMessage(EpcMessage.Free.class, this::onFree)
        .onMessage(EpcMessage.AskFree.class, this::onAskFree)
        .onMessage(EpcMessage.SwapperSleeps.class, this::onSwapperSleeps)
        .onMessage(EpcMessage.AskCounters.class, this::onAskCounters)
        .onMessage(EpcMessage.ResetPeak.class, reset -> onResetPeak())
        .build();
  }

  private Behavior<EpcMessage> onAllocate(EpcMessage.Allocate ask) {
    if (!free.isEmpty()) {
      int frame = free.pop();
      inUse[ask.use().ordinal()]++;
      allocations++;
      inspection.touched(frame);
      note();
      ask.replyTo().tell(new EpcMessage.Allocated(ask.call(), frame, false, CallResult.OK));
    } else if (versionArraysFillIt()) {
      refuse(ask, Errno.ENOMEM, "version arrays fill the EPC: the limit is its frames less 2");
      return this;
    } else if (ask.atomic()) {
      refused++;
      refuse(ask, Errno.EBUSY, "no free EPC frame and no time to reclaim one");
    } else {
      refuse(ask, Errno.ENOMEM, "no free EPC frame");
      return this;
    }
    wakeSwapper();
    return this;
  }

  private void refuse(EpcMessage.Allocate ask, Errno errno, String check) {
    boolean exhausted = !versionArraysFillIt();
    ask.replyTo()
        .tell(new EpcMessage.Allocated(ask.call(), -1, exhausted, CallResult.failed(errno, check)));
  }

  /** Mainline has no such limit (driver.md 3.3). */
  private boolean versionArraysFillIt() {
    int arrays = inUse[Use.VA.ordinal()];
    return limitsVersionArrays && arrays > 0 && arrays > frames - 2;
  }

  /** One swapper, woken once a crossing: the fix of B-16. */
  private void wakeSwapper() {
    if (sleepingSwapper != null && free.size() < Paging.lowWatermark(frames)) {
      sleepingSwapper.tell(SwapperMessage.Wake.NOW);
      sleepingSwapper = null;
    }
  }

  private Behavior<EpcMessage> onFree(EpcMessage.Free back) {
    for (int frame : back.frames()) {
      free.push(frame);
      inspection.touched(frame);
    }
    inUse[back.use().ordinal()] -= back.frames().size();
    note();
    return this;
  }

  private void note() {
    int now = frames - free.size();
    peakUsed = Math.max(peakUsed, now);
    used.set(now);
    versionArrays.set(inUse[Use.VA.ordinal()]);
    secs.set(inUse[Use.SECS.ordinal()]);
  }

  private Behavior<EpcMessage> onAskFree(EpcMessage.AskFree ask) {
    ask.replyTo().tell(new EpcMessage.FreeFrames(ask.call(), free.size()));
    return this;
  }

  /** Frames taken since the swapper looked do not wake it: only an allocation does. */
  private Behavior<EpcMessage> onSwapperSleeps(EpcMessage.SwapperSleeps sleeps) {
    sleepingSwapper = sleeps.swapper();
    return this;
  }

  private Behavior<EpcMessage> onResetPeak() {
    peakUsed = frames - free.size();
    allocations = 0;
    refused = 0;
    return this;
  }

  private Behavior<EpcMessage> onAskCounters(EpcMessage.AskCounters ask) {
    ask.replyTo()
        .tell(
            new EpcMessage.Counters(
                ask.call(),
                frames,
                free.size(),
                peakUsed,
                inUse[Use.VA.ordinal()],
                inUse[Use.SECS.ordinal()],
                allocations,
                refused));
    return this;
  }
}
