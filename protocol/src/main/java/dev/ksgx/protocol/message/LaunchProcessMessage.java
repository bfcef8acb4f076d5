package dev.ksgx.protocol.message;

import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.protocol.abi.LaunchFault;
import dev.ksgx.protocol.abi.RequestId;
import dev.ksgx.protocol.abi.TaskRef;

/** Root of what the process of the launch enclave receives. */
public interface LaunchProcessMessage {
  /** What others may send to the process. */
  sealed interface Request extends LaunchProcessMessage {}

  /** What concerns one thread of the process. */
  sealed interface ToThread extends Request {
    /** The thread. */
    TaskRef thread();
  }

  /** Bytes in the thread's request pipe, written on behalf of {@code request}. */
  record ToProcess(TaskRef thread, RequestId request, Bytes bytes) implements ToThread {}

  /** There is a request in the slot that the thread reads: its sleep is over. */
  record SlotReady(TaskRef thread, RequestId request) implements ToThread {}

  /**
   * What the thread's read of the slot has copied.
   *
   * @param bytes the request; null if it was withdrawn meanwhile and the thread sleeps on
   */
  record SlotRead(TaskRef thread, RequestId request, Bytes bytes) implements ToThread {}

  /**
   * Something is wrong from now on, or no longer (fault injection).
   *
   * @param delayNanos by how much an answer is late if it is {@link LaunchFault#SLOW}
   */
  record SetFault(LaunchFault fault, long delayNanos) implements Request {}

  /** SIGKILL. */
  enum Kill implements Request {
    NOW
  }
}
