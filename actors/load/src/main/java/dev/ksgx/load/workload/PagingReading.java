package dev.ksgx.load.workload;

import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.ActorContext;
import dev.ksgx.hardware.epc.Section;
import dev.ksgx.kernel.KernelGuardian;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.Paging;
import dev.ksgx.protocol.message.ClientMessage;
import dev.ksgx.protocol.message.KernelMessage.Doors;
import dev.ksgx.protocol.message.Reply;
import dev.ksgx.protocol.message.SchedulerMessage;
import dev.ksgx.protocol.message.SwapperMessage;
import dev.ksgx.protocol.message.SwapperMessage.Share;
import dev.ksgx.runtime.RuntimeExtension;
import dev.ksgx.runtime.probe.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Asks the kernel what paging did, when the window opens and when it closes; the difference is the
 * window's.
 *
 * <p>An EPC that never came near its low watermark before the window opened had nothing to count
 * until then, and nobody is asked: a load that does not page runs as if nobody looked.
 */
public final class PagingReading {
  private static final long AT_OPENING = 10;
  private static final long AT_CLOSING = 11;

  /** Answers of one look. */
  private static final class Look {
    SwapperMessage.Counters swapper;
    List<Share> shares;
    SortedMap<Integer, Long> untouched;
    long swapperNanos = -1;

    boolean isComplete() {
      return swapper != null && shares != null && swapperNanos >= 0;
    }
  }

  private final Doors doors;
  private final ActorRef<ClientMessage> self;
  private final Look opening = new Look();
  private final Look closing = new Look();

  /**
   * The window opens now. To be made before the probe is reset.
   *
   * @param frames frames of the EPC
   */
  public PagingReading(ActorContext<ClientMessage> context, Doors doors, int frames) {
    this.doors = doors;
    this.self = context.getSelf();
    Level used = RuntimeExtension.get(context.getSystem()).probe().level("epc-used");
    if (frames - used.max() < Paging.lowWatermark(frames)) {
      ask(AT_OPENING);
    } else {
      opening.swapper = new SwapperMessage.Counters(AT_OPENING, 0, 0, 0, 0, 0, 0);
      opening.shares = List.of();
      opening.swapperNanos = 0;
    }
  }

  /** Frames of the EPC of that machine. */
  public static int frames(KernelConfig config) {
    return (int) config.machine().sections().stream().mapToLong(Section::frames).sum();
  }

  /** The window has closed; {@link #take} gives the figures once all answers are there. */
  public void close() {
    ask(AT_CLOSING);
  }

  private void ask(long call) {
    doors.swapper().tell(new SwapperMessage.AskCounters(call, self));
    doors.swapper().tell(new SwapperMessage.AskShares(call, self));
    doors.scheduler().tell(new SchedulerMessage.AskTaskTime(KernelGuardian.SWAPPER, call, self));
  }

  /** Whether the answer is one that this asked for. */
  public static boolean isForThis(Reply reply) {
    return reply instanceof SwapperMessage.Counters
        || reply instanceof SwapperMessage.Shares
        || reply instanceof SchedulerMessage.TaskTime;
  }

  /** Takes an answer; the figures if it was the last one. */
  public Optional<PagingFigures> take(Reply reply) {
    Look look = reply.call() == AT_OPENING ? opening : closing;
    if (reply instanceof SwapperMessage.Counters counters) {
      look.swapper = counters;
    } else if (reply instanceof SwapperMessage.Shares shares) {
      look.shares = shares.shares();
      look.untouched = shares.untouched();
    } else if (reply instanceof SchedulerMessage.TaskTime time) {
      look.swapperNanos = time.nanos();
    }
    return opening.isComplete() && closing.isComplete() ? Optional.of(figures()) : Optional.empty();
  }

  private PagingFigures figures() {
    return new PagingFigures(
        swapper(),
        shares(),
        closing.untouched,
        closing.shares,
        closing.swapperNanos - opening.swapperNanos);
  }

  private SwapperMessage.Counters swapper() {
    SwapperMessage.Counters before = opening.swapper;
    SwapperMessage.Counters now = closing.swapper;
    return new SwapperMessage.Counters(
        AT_CLOSING,
        now.passes() - before.passes(),
        now.emptyPasses() - before.emptyPasses(),
        now.directPasses() - before.directPasses(),
        now.evicted() - before.evicted(),
        now.evictedDirectly() - before.evictedDirectly(),
        now.wakeUps() - before.wakeUps());
  }

  private List<Share> shares() {
    TreeMap<Long, Share> before = new TreeMap<>();
    opening.shares.forEach(share -> before.put(share.enclave(), share));
    List<Share> shares = new ArrayList<>();
    for (Share now : closing.shares) {
      Share then = before.get(now.enclave());
      shares.add(then == null ? now : difference(now, then));
    }
    return shares;
  }

  private static Share difference(Share now, Share then) {
    return new Share(
        now.pid(),
        now.enclave(),
        now.evicted() - then.evicted(),
        now.loads() - then.loads(),
        now.softFaults() - then.softFaults(),
        now.hardFaults() - then.hardFaults(),
        now.refaults() - then.refaults());
  }
}
