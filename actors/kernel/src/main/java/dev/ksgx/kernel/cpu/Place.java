package dev.ksgx.kernel.cpu;

import akka.actor.typed.ActorRef;
import dev.ksgx.protocol.message.CoreMessage;
import dev.ksgx.runtime.probe.Resource;

/** What the scheduler knows of a core. */
final class Place {
  final int index;
  final Resource busy;
  final ActorRef<CoreMessage.Request> ref;

  /** Who holds it, or null. */
  ScheduledTask task;

  /** Since when. */
  long sinceNanos;

  /** How often it was given away. */
  long dispatches;

  /** Its task has been asked to yield. */
  boolean resched;

  /** A timer for the end of a slice is running. */
  boolean sliceTimer;

  boolean offline;

  Place(int index, Resource busy, ActorRef<CoreMessage.Request> ref) {
    this.index = index;
    this.busy = busy;
    this.ref = ref;
  }

  /** Its task leaves. */
  void vacate(long nowNanos) {
    task.coreNanos += nowNanos - sinceNanos;
    task.runTimeNanos += nowNanos - sinceNanos;
    task.core = -1;
    busy.released(task.ref.tid());
    task = null;
  }

  boolean isIdle() {
    return task == null && !offline;
  }
}
