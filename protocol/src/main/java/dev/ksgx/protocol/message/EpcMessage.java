package dev.ksgx.protocol.message;

import akka.actor.typed.ActorRef;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.RequestId;
import dev.ksgx.protocol.abi.TaskRef;
import java.util.List;

/** Root of what the EPC manager receives: free frames, watermarks, the limit on VA pages. */
public interface EpcMessage {
  /** What others may send to the EPC manager. */
  sealed interface Request extends EpcMessage {}

  /** What a frame is wanted for. */
  enum Use {
    SECS,
    PAGE,
    VA
  }

  /**
   * Take a free frame on behalf of {@code task}. Answered with {@link Allocated}.
   *
   * @param atomic the task cannot wait: -EBUSY if no frame is free
   */
  record Allocate(
      TaskRef task,
      RequestId request,
      Use use,
      boolean atomic,
      long call,
      ActorRef<? super Allocated> replyTo)
      implements Request {}

  /** Frames come back to the pool, after their EREMOVE. */
  record Free(List<Integer> frames, Use use) implements Request {
    public Free {
      frames = List.copyOf(frames);
    }
  }

  /**
   * {@code swapper} sleeps and may have something to evict: it is told {@link SwapperMessage.Wake}
   * by the first allocation that leaves fewer free frames than the low watermark.
   */
  record SwapperSleeps(ActorRef<SwapperMessage.Request> swapper) implements Request {}

  /** How many frames are free? Answered with {@link FreeFrames}. */
  record AskFree(long call, ActorRef<? super FreeFrames> replyTo) implements Request {}

  /** Frames in the pool. */
  record FreeFrames(long call, int free) implements Reply {}

  /** Tell the counters. */
  record AskCounters(long call, ActorRef<? super Counters> replyTo) implements Request {}

  /** The peak of {@link Counters} starts anew: end of a warm-up. */
  enum ResetPeak implements Request {
    NOW
  }

  /**
   * A free frame, or why there is none.
   *
   * @param frame frame number; -1 unless {@code result} is zero
   * @param exhausted the pool is empty and nothing can be evicted: another try may succeed later
   */
  record Allocated(long call, int frame, boolean exhausted, CallResult result) implements Reply {}

  /**
   * What the EPC manager has counted.
   *
   * @param frames frames of all sections
   * @param free frames in the pool
   * @param peakUsed most frames in use at one time since the last reset
   * @param vaPages frames in use as version arrays
   * @param secsPages frames in use as SECS
   * @param allocations frames given out since the last reset
   * @param refused allocations of tasks that cannot wait that found no frame since the last reset
   */
  record Counters(
      long call,
      int frames,
      int free,
      int peakUsed,
      int vaPages,
      int secsPages,
      long allocations,
      long refused)
      implements Reply {}
}
