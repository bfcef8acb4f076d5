package dev.ksgx.protocol.message;

import akka.actor.typed.ActorRef;
import dev.ksgx.hardware.structure.Bytes;

/** Root of what the keeper of the applications' own tokens receives. */
public interface TokenStoreMessage {
  /** What others may send to it. */
  sealed interface Request extends TokenStoreMessage {}

  /**
   * The token that process {@code pid} has kept for such a request. Answered with {@link Found}.
   *
   * @param bytes 80 bytes of MRENCLAVE, MRSIGNER, ATTRIBUTES
   */
  record Find(int pid, Bytes bytes, long call, ActorRef<? super Found> replyTo)
      implements Request {}

  /**
   * The process keeps a token, in place of one that it has for such a request.
   *
   * @param token 304 bytes of EINITTOKEN
   */
  record Keep(int pid, Bytes bytes, Bytes token) implements Request {}

  /** Tell the counters. Answered with {@link Counters}. */
  record AskCounters(long call, ActorRef<? super Counters> replyTo) implements Request {}

  /**
   * What the process has.
   *
   * @param token 304 bytes, or null
   */
  record Found(long call, Bytes token) implements Reply {}

  /** What all processes together have counted since boot. */
  record Counters(long call, long hits, long misses, long evicted, long expired) implements Reply {}
}
