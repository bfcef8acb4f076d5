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

  /** An ioctl by a thread of the process with that address space. Answered with {@link Returned}. */
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
      TaskRef task, RequestId request, long descriptor, long call, ActorRef<? super Returned> replyTo)
      implements Request {}

  /**
   * The process exits: answered with {@link Quiet} once none of its calls is in the driver and its
   * descriptors are closed on behalf of {@code task}.
   */
  record ProcessExits(TaskRef task, RequestId request, long call, ActorRef<? super Quiet> replyTo)
      implements Request {}

  /** Nothing of the process is in the driver any more. */
  record Quiet(long call) implements Reply {}
}
