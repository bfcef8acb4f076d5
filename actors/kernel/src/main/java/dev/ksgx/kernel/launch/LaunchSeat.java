package dev.ksgx.kernel.launch;

import akka.actor.typed.ActorRef;
import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.LaunchProcessMessage;
import java.util.List;

/** The launch enclave's process as the kernel knows it: its pid, and whether it still runs. */
final class LaunchSeat {
  private final ActorRef<LaunchProcessMessage.Request> process;
  private final List<TaskRef> threads;
  private boolean alive = true;

  /**
   * @param threads those that serve requests; the main thread first
   */
  LaunchSeat(ActorRef<LaunchProcessMessage.Request> process, List<TaskRef> threads) {
    this.process = process;
    this.threads = List.copyOf(threads);
  }

  ActorRef<LaunchProcessMessage.Request> process() {
    return process;
  }

  TaskRef thread(int index) {
    return threads.get(index);
  }

  /** Which thread of the process that is, or -1. */
  int indexOf(TaskRef thread) {
    return threads.indexOf(thread);
  }

  boolean isAlive() {
    return alive;
  }

  /** It has exited. */
  void exited() {
    alive = false;
  }
}
