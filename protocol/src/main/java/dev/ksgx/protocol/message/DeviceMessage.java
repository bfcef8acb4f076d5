package dev.ksgx.protocol.message;

import akka.actor.typed.ActorRef;
import dev.ksgx.protocol.abi.RequestId;
import dev.ksgx.protocol.abi.SgxIoctl;
import dev.ksgx.protocol.abi.TaskRef;

/** Root of what /dev/sgx receives. */
public interface DeviceMessage {
  /** What others may send to the device. */
  sealed interface Request extends DeviceMessage {}

  /** open(). Answered with {@link Returned}: a file descriptor or an errno. */
  record Open(TaskRef task, RequestId request, long call, ActorRef<? super Returned> replyTo)
      implements Request {}

  /**
   * An ioctl by a thread of the process with that address space. Answered with {@link Returned}.
   */
  record Ioctl(
      TaskRef task,
      RequestId request,
      ActorRef<AddressSpaceMessage.Request> addressSpace,
      SgxIoctl ioctl,
      long call,
      ActorRef<? super Returned> replyTo)
      implements Request {}

  /** close() of a descriptor. Answered with {@link Returned}. */
  record Close(
      TaskRef task,
      RequestId request,
      long descriptor,
      long call,
      ActorRef<? super Returned> replyTo)
      implements Request {}

  /**
   * Answered with {@link Quiet} once no call of the process is in the driver; new ones are refused.
   */
  record AwaitQuiet(int pid, long call, ActorRef<? super Quiet> replyTo) implements Request {}

  /** Close what the process has open, on behalf of {@code task}. Answered with {@link Quiet}. */
  record CloseAll(TaskRef task, RequestId request, long call, ActorRef<? super Quiet> replyTo)
      implements Request {}

  /**
   * Calls by tasks of that kind are held from now on until {@link Thaw}. Answered with {@link
   * Frozen} when none of them is under way.
   */
  record Freeze(TaskRef.Kind kind, long call, ActorRef<? super Frozen> replyTo)
      implements Request {}

  /** Calls go on. */
  enum Thaw implements Request {
    NOW
  }

  /**
   * The driver's suspend callback: {@code task} walks all enclaves, one after the other, with
   * {@link EnclaveMessage.Suspend}. Answered with {@link Walked}.
   */
  record SuspendEnclaves(
      TaskRef task, RequestId request, long call, ActorRef<? super Walked> replyTo)
      implements Request {}

  /**
   * The walk is over.
   *
   * @param enclaves how many there were
   */
  record Walked(long call, int enclaves) implements Reply {}

  /** The driver's other doors. Answered with {@link Driver}. */
  record AskDriver(long call, ActorRef<? super Driver> replyTo) implements Request {}

  /** The driver's other doors. */
  record Driver(
      long call,
      ActorRef<LaunchControlMessage.Request> launchControl,
      ActorRef<AddWorkerMessage.Request> addWorker)
      implements Reply {}

  /** Done: nothing of the process is left there. */
  record Quiet(long call) implements Reply {}
}
