package dev.ksgx.protocol.message;

import akka.actor.typed.ActorRef;
import dev.ksgx.protocol.abi.RequestId;
import dev.ksgx.protocol.abi.TaskRef;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Root of what the swapper receives: who has pages, and who needs frames. */
public interface SwapperMessage {
  /** What others may send to the swapper. */
  sealed interface Request extends SwapperMessage {}

  /**
   * An enclave of process {@code pid} is there: its pages may be evicted.
   *
   * @param number of the enclave, unique since boot
   */
  record Register(ActorRef<EnclaveMessage.Request> enclave, int pid, long number)
      implements Request {}

  /**
   * An enclave goes: the swapper forgets it, but for what paging did to it. Answered with {@link
   * Forgotten}, after which it sends the enclave nothing more.
   */
  record Deregister(
      ActorRef<EnclaveMessage.Request> enclave,
      EnclaveMessage.Paging paging,
      long call,
      ActorRef<? super Forgotten> replyTo)
      implements Request {}

  /**
   * The page at {@code address} of {@code enclave} came into the EPC: it may be evicted from now
   * on. Sent where all pages stand in one list; elsewhere each enclave has its own.
   */
  record Track(ActorRef<EnclaveMessage.Request> enclave, long address) implements Request {}

  /** The free frames have fallen below the low watermark: the thread wakes if it has a page. */
  enum Wake implements Request {
    NOW
  }

  /**
   * {@code task} found no free frame: one reclaim pass in its own context. Answered with {@link
   * Reclaimed}.
   */
  record Reclaim(TaskRef task, RequestId request, long call, ActorRef<? super Reclaimed> replyTo)
      implements Request {}

  /**
   * A task found no free frame: is there a page that may be evicted? Answered with {@link
   * CanReclaim}. Asked where all pages stand in one list; elsewhere nobody looks.
   */
  record AskCanReclaim(long call, ActorRef<? super CanReclaim> replyTo) implements Request {}

  /**
   * Whether a frame may come of reclaiming.
   *
   * @param any a page stands in the list, or a pass has one in hand
   */
  record CanReclaim(long call, boolean any) implements Reply {}

  /**
   * The swapper's own thread is frozen: it finishes the pass that it is in and begins no other.
   * What others reclaim for themselves goes on. Answered with {@link Frozen}.
   */
  record Freeze(long call, ActorRef<? super Frozen> replyTo) implements Request {}

  /** The swapper goes on. */
  enum Thaw implements Request {
    NOW
  }

  /** Tell the counters. */
  record AskCounters(long call, ActorRef<? super Counters> replyTo) implements Request {}

  /** What paging did to each enclave there ever was. Answered with {@link Shares}. */
  record AskShares(long call, ActorRef<? super Shares> replyTo) implements Request {}

  /**
   * What paging did to each enclave since boot, those that are gone included.
   *
   * @param shares one an enclave, in the order of their creation, but for those that are gone and
   *     that paging never touched
   * @param untouched how many of these each process had, by its number
   */
  record Shares(long call, List<Share> shares, SortedMap<Integer, Long> untouched)
      implements Reply {
    public Shares {
      shares = List.copyOf(shares);
      untouched = Collections.unmodifiableSortedMap(new TreeMap<>(untouched));
    }
  }

  /**
   * One enclave's part; the components are those of {@link EnclaveMessage.Paging}.
   *
   * @param pid its process; that of the launch enclave too
   * @param enclave number of the enclave, from 1 in the order of creation
   */
  record Share(
      int pid,
      long enclave,
      long evicted,
      long loads,
      long softFaults,
      long hardFaults,
      long refaults) {

    /** Nothing of it went out, came back or faulted. */
    public boolean isUntouched() {
      return evicted == 0 && loads == 0 && softFaults == 0 && hardFaults == 0 && refaults == 0;
    }
  }

  /** The enclave is forgotten. */
  record Forgotten(long call) implements Reply {}

  /**
   * A direct reclaim pass is over, or was not begun because a signal waits for its task.
   *
   * @param signalPending nothing was looked at: the task has a signal to attend to
   * @param freed frames given back
   * @param hopeless no page was there to look at, and no other pass is under way that may free one
   */
  record Reclaimed(long call, boolean signalPending, int freed, boolean hopeless)
      implements Reply {}

  /**
   * What the swapper has counted since boot.
   *
   * @param passes reclaim passes that freed at least one frame
   * @param emptyPasses passes that freed none
   * @param directPasses those of both that ran in the context of a task other than the swapper
   * @param evicted frames freed
   * @param evictedDirectly those of them that a task freed for itself
   * @param wakeUps times the swapper woke up
   */
  record Counters(
      long call,
      long passes,
      long emptyPasses,
      long directPasses,
      long evicted,
      long evictedDirectly,
      long wakeUps)
      implements Reply {}
}
