package dev.ksgx.protocol.message;

import akka.actor.typed.ActorRef;
import dev.ksgx.protocol.abi.TaskRef;
import java.util.List;

/** Root of what the kernel's guardian receives. */
public interface KernelMessage {
  /** What others may send to the guardian. */
  sealed interface Request extends KernelMessage {}

  /** A new process with one thread of that kind. Answered with {@link Process}. */
  record NewProcess(TaskRef.Kind kind, long call, ActorRef<? super Process> replyTo)
      implements Request {}

  /** One more thread of the process {@code pid}. Answered with {@link NewTask}. */
  record NewThread(int pid, long call, ActorRef<? super NewTask> replyTo) implements Request {}

  /** The doors of a booted kernel. Answered with {@link Doors}. */
  record AskDoors(long call, ActorRef<? super Doors> replyTo) implements Request {}

  /** A process. */
  record Process(long call, TaskRef task, ActorRef<AddressSpaceMessage.Request> addressSpace)
      implements Reply {}

  /** A thread. */
  record NewTask(long call, TaskRef task) implements Reply {}

  /** Where to send system calls, and whom to ask for figures. */
  record Doors(
      long call,
      ActorRef<DeviceMessage.Request> device,
      ActorRef<SchedulerMessage.Request> scheduler,
      ActorRef<EpcMessage.Request> epc,
      ActorRef<SwapperMessage.Request> swapper,
      ActorRef<LaunchControlMessage.Request> launchControl,
      List<ActorRef<CoreMessage.Request>> cores)
      implements Reply {}
}
