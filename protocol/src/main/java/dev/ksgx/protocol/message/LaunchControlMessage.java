package dev.ksgx.protocol.message;

import akka.actor.typed.ActorRef;
import dev.ksgx.hardware.structure.Attributes;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.EinitToken;
import dev.ksgx.hardware.structure.SigStruct;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.RequestId;
import dev.ksgx.protocol.abi.TaskRef;

/** Root of what launch control receives: who may ask the launch enclave, and in what order. */
public interface LaunchControlMessage {
  /** What others may send to launch control. */
  sealed interface Request extends LaunchControlMessage {}

  /** open(): starts the launch enclave's process if there is none. Answered with {@link Opened}. */
  record Open(TaskRef task, RequestId request, long call, ActorRef<? super Opened> replyTo)
      implements Request {}

  /**
   * The last reference to an open file is gone: the last of all stops the process. Answered with
   * {@link Closed}.
   */
  record Close(TaskRef task, RequestId request, long call, ActorRef<? super Closed> replyTo)
      implements Request {}

  /**
   * A token for the enclave that {@code sigstruct} signs. Answered with {@link Token}.
   *
   * @param attributes ATTRIBUTES of the enclave's SECS
   */
  record GetToken(
      TaskRef task,
      RequestId request,
      SigStruct sigstruct,
      Attributes attributes,
      long call,
      ActorRef<? super Token> replyTo)
      implements Request {}

  /** Bytes that the launch enclave's process {@code task} has written into its reply pipe. */
  record FromProcess(TaskRef task, Bytes bytes) implements Request {}

  /** Kill the launch enclave's process (fault injection). */
  enum KillProcess implements Request {
    NOW
  }

  /**
   * The machine is about to sleep: a driver that restarts its launch enclave afterwards stops it
   * now. Answered with {@link Frozen} when its process has exited.
   */
  record Suspend(long call, ActorRef<? super Frozen> replyTo) implements Request {}

  /** Tell the counters. */
  record AskCounters(long call, ActorRef<? super Counters> replyTo) implements Request {}

  /** Whether the device is open. */
  record Opened(long call, CallResult result) implements Reply {}

  /** The file is closed. */
  record Closed(long call) implements Reply {}

  /** A token; null unless {@code result} is zero. */
  record Token(long call, EinitToken token, CallResult result) implements Reply {}

  /**
   * What launch control has counted.
   *
   * @param requests token requests answered
   * @param coldStarts starts of the launch enclave's process
   */
  record Counters(long call, long requests, long coldStarts) implements Reply {}
}
