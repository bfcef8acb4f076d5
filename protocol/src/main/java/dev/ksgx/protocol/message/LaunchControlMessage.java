package dev.ksgx.protocol.message;

import akka.actor.typed.ActorRef;
import dev.ksgx.hardware.structure.Attributes;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.EinitToken;
import dev.ksgx.hardware.structure.SigStruct;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.LaunchFault;
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

  /** What a thread of the launch enclave's process does at its end of the channel. */
  sealed interface FromThread extends Request {
    /** The thread. */
    TaskRef task();
  }

  /** Bytes that the thread {@code task} has written into its reply pipe. */
  record FromProcess(TaskRef task, Bytes bytes) implements FromThread {}

  /** The thread reads the slot: it sleeps until there is a request. */
  record SlotReading(TaskRef task) implements FromThread {}

  /** The thread, awake, begins to copy the request out of the slot. */
  record SlotCopying(TaskRef task) implements FromThread {}

  /** It has copied it. Answered with {@link LaunchProcessMessage.SlotRead}. */
  record SlotCopied(TaskRef task) implements FromThread {}

  /**
   * The thread has written its answer into the slot; with the ioctls of v11 a {@code result} other
   * than 0 is the ioctl that signals an error.
   *
   * @param token 304 bytes
   * @param result 0, or why the token is not one
   */
  record SlotWritten(TaskRef task, Bytes token, int result) implements FromThread {}

  /** Kill the launch enclave's process (fault injection). */
  enum KillProcess implements Request {
    NOW
  }

  /**
   * Something is wrong with the launch enclave from now on, or no longer (fault injection). {@link
   * LaunchFault#HUNG}, {@link LaunchFault#ONE_HUNG} and {@link LaunchFault#WRONG_ANSWER} are over
   * with the process that has them; what concerns the program (slow, old layout, denying) is so in
   * every process to come.
   *
   * @param delayNanos by how much an answer is late if it is {@link LaunchFault#SLOW}
   */
  record SetFault(LaunchFault fault, long delayNanos) implements Request {}

  /**
   * The machine is about to sleep: a driver that restarts its launch enclave afterwards stops it
   * now. Answered with {@link Frozen} when its process has exited.
   */
  record Suspend(long call, ActorRef<? super Frozen> replyTo) implements Request {}

  /**
   * The driver's module is removed and loaded again: what it kept beyond the last close (the shared
   * slot) is as new. Answered with {@link Reloaded}, -EBUSY while the device is open.
   */
  record Reload(long call, ActorRef<? super Reloaded> replyTo) implements Request {}

  /** Tell the counters. */
  record AskCounters(long call, ActorRef<? super Counters> replyTo) implements Request {}

  /** Whether the device is open. */
  record Opened(long call, CallResult result) implements Reply {}

  /** The file is closed. */
  record Closed(long call) implements Reply {}

  /** A token; null unless {@code result} is zero. */
  record Token(long call, EinitToken token, CallResult result) implements Reply {}

  /** Whether the module was reloaded. */
  record Reloaded(long call, CallResult result) implements Reply {}

  /**
   * What launch control has counted.
   *
   * @param requests token requests answered
   * @param coldStarts starts of the launch enclave's process
   */
  record Counters(long call, long requests, long coldStarts) implements Reply {}
}
