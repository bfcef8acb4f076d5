package dev.ksgx.kernel.cpu;

import akka.actor.typed.ActorRef;
import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.SchedulerMessage;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.TreeSet;

/** Who waits for threads to leave what they run in user mode. */
final class Departures {
  private record Wait(
      TreeSet<Integer> tids, long call, ActorRef<? super SchedulerMessage.Left> replyTo) {}

  private final List<Wait> waits = new ArrayList<>();

  /** Answer once each of {@code tids} has left; at once if there is none. */
  void await(TreeSet<Integer> tids, long call, ActorRef<? super SchedulerMessage.Left> replyTo) {
    if (tids.isEmpty()) {
      replyTo.tell(new SchedulerMessage.Left(call));
    } else {
      waits.add(new Wait(tids, call, replyTo));
    }
  }

  /** The task has left. */
  void left(TaskRef task) {
    for (Iterator<Wait> it = waits.iterator(); it.hasNext(); ) {
      Wait wait = it.next();
      if (wait.tids().remove(task.tid()) && wait.tids().isEmpty()) {
        it.remove();
        wait.replyTo().tell(new SchedulerMessage.Left(wait.call()));
      }
    }
  }
}
