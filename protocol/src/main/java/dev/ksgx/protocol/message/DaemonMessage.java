package dev.ksgx.protocol.message;

import akka.actor.typed.ActorRef;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.LaunchFault;
import dev.ksgx.protocol.abi.RequestId;
import dev.ksgx.protocol.abi.TaskRef;

/** Root of what the launch daemon in user space receives, over its socket and from outside. */
public interface DaemonMessage {
  /** What others may send to the daemon. */
  sealed interface Request extends DaemonMessage {}

  /**
   * A request for a token, written into the daemon's socket by a task that now sleeps for the
   * answer. Answered with {@link Answer}, once, at the latest when the client's patience ends.
   *
   * @param bytes the message: 80 bytes of MRENCLAVE, MRSIGNER, ATTRIBUTES
   */
  record Ask(
      TaskRef task, RequestId request, Bytes bytes, long call, ActorRef<? super Answer> replyTo)
      implements Request {}

  /** A signal came to the task that asks: it closes its end, and is answered with -EINTR. */
  record Withdraw(TaskRef task, long asked) implements Request {}

  /**
   * Something is wrong with the daemon from now on, or no longer (fault injection). {@link
   * LaunchFault#HUNG}, {@link LaunchFault#ONE_HUNG} and {@link LaunchFault#WRONG_ANSWER} are over
   * with the process that has them; what concerns the program (slow, old layout, denying) is so in
   * every process to come. {@link LaunchFault#DEAD} is {@link Stop} without an answer.
   *
   * @param delayNanos by how much an answer is late if it is {@link LaunchFault#SLOW}
   */
  record SetFault(LaunchFault fault, long delayNanos) implements Request {}

  /**
   * SIGKILL for the daemon's process. Answered with {@link Stopped} when it has exited; the next
   * request starts another.
   */
  record Stop(long call, ActorRef<? super Stopped> replyTo) implements Request {}

  /** Tell the counters. Answered with {@link Counters}. */
  record AskCounters(long call, ActorRef<? super Counters> replyTo) implements Request {}

  /**
   * What came back over the socket.
   *
   * @param token 304 bytes of EINITTOKEN; null unless {@code result} is zero
   * @param result -EACCES: the policy refuses; -ETIMEDOUT: no answer within the client's patience;
   *     -EBUSY: dropped, no worker was free for too long; -ECONNRESET: the daemon died; -EINVAL: it
   *     does not understand the message; -EIO: it has no launch enclave; -EINTR: withdrawn
   */
  record Answer(long call, Bytes token, CallResult result) implements Reply {}

  /** The daemon's process is gone, or there was none. */
  record Stopped(long call) implements Reply {}

  /**
   * What the daemon has counted since boot, over all its lives.
   *
   * @param requests that came in
   * @param tokens made by a launch enclave
   * @param hits answered from the daemon's cache
   * @param misses not found there
   * @param coalesced misses that waited for a token that was being made
   * @param evicted tokens that went for want of room
   * @param expired tokens that were too old
   * @param refused by the policy
   * @param timeouts clients whose patience ended
   * @param drops requests that no worker took in time
   * @param withdrawn clients that a signal took away
   * @param resets clients that lost their daemon
   * @param starts of the daemon's process
   * @param builds of launch enclaves that succeeded
   * @param lost launch enclaves that were found dead
   */
  record Counters(
      long call,
      long requests,
      long tokens,
      long hits,
      long misses,
      long coalesced,
      long evicted,
      long expired,
      long refused,
      long timeouts,
      long drops,
      long withdrawn,
      long resets,
      long starts,
      long builds,
      long lost)
      implements Reply {
    /** What this daemon and another one have counted. */
    public DaemonMessage.Counters plus(DaemonMessage.Counters other) {
      return new DaemonMessage.Counters(
          call,
          requests + other.requests,
          tokens + other.tokens,
          hits + other.hits,
          misses + other.misses,
          coalesced + other.coalesced,
          evicted + other.evicted,
          expired + other.expired,
          refused + other.refused,
          timeouts + other.timeouts,
          drops + other.drops,
          withdrawn + other.withdrawn,
          resets + other.resets,
          starts + other.starts,
          builds + other.builds,
          lost + other.lost);
    }
  }
}
