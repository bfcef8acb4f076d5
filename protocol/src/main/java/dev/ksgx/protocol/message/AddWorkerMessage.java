package dev.ksgx.protocol.message;

import akka.actor.typed.ActorRef;
import dev.ksgx.protocol.abi.RequestId;
import dev.ksgx.protocol.abi.TaskRef;

/** Root of what the worker of deferred EADDs receives: one work item an enclave, one at a time. */
public interface AddWorkerMessage {
  /** What others may send to the worker. */
  sealed interface Request extends AddWorkerMessage {}

  /** The enclave's list of adds was empty and is not any more: queue its work item. */
  record Queue(ActorRef<EnclaveMessage.Request> enclave, RequestId request) implements Request {}

  /**
   * Wait until the work item of the enclave is not queued and not running. Answered with {@link
   * Flushed}.
   */
  record Flush(
      TaskRef task,
      RequestId request,
      ActorRef<EnclaveMessage.Request> enclave,
      long call,
      ActorRef<? super Flushed> replyTo)
      implements Request {}

  /**
   * The queue is frozen: the item that runs is finished, no other begins. Answered with {@link
   * Frozen}.
   */
  record Freeze(long call, ActorRef<? super Frozen> replyTo) implements Request {}

  /** The queue goes on. */
  enum Thaw implements Request {
    NOW
  }

  /**
   * The work item is idle.
   *
   * @param slept false: there was nothing to wait for, the task kept its core
   */
  record Flushed(long call, boolean slept) implements Reply {}
}
