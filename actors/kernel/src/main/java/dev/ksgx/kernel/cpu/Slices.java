package dev.ksgx.kernel.cpu;

import akka.actor.typed.ActorRef;
import dev.ksgx.protocol.message.SchedulerMessage;
import dev.ksgx.runtime.clock.Clock;

/** How long a task may keep a core that others want. */
final class Slices {
  /** The slice of the task on the core is over (first come first served with a quantum). */
  record Over(int core, long dispatch) implements SchedulerMessage {}

  private final Clock clock;
  private final long nanos;
  private final ActorRef<SchedulerMessage> scheduler;

  Slices(Clock clock, long nanos, ActorRef<SchedulerMessage> scheduler) {
    this.clock = clock;
    this.nanos = nanos;
    this.scheduler = scheduler;
  }

  /** Tell the scheduler when the slice of the core's task is over. */
  void arm(Place place) {
    if (!place.sliceTimer) {
      place.sliceTimer = true;
      clock.tellAt(place.sinceNanos + nanos, scheduler, new Over(place.index, place.dispatches));
    }
  }

  /** The same for every core that has a task. */
  void armAll(Iterable<Place> places) {
    for (Place place : places) {
      if (place.task != null) {
        arm(place);
      }
    }
  }

  boolean isOver(Place place) {
    return clock.nowNanos() - place.sinceNanos >= nanos;
  }
}
