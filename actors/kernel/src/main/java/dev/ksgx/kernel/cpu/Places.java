package dev.ksgx.kernel.cpu;

import akka.actor.typed.ActorSystem;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.Scheduling;
import dev.ksgx.runtime.RuntimeExtension;
import dev.ksgx.runtime.random.RandomStream;
import java.util.Arrays;
import java.util.List;

/** The cores and their run queues: one queue for all, or one each where tasks are pinned. */
final class Places {
  private final boolean pinned;
  private final Place[] places;
  private final RunQueue[] queues;
  private final double migration;
  private final RandomStream chance;

  Places(KernelConfig config, Place[] places, ActorSystem<?> system) {
    this.places = places;
    this.migration = config.migration();
    this.chance = RuntimeExtension.get(system).random().stream("kernel/migration");
    this.pinned = config.scheduling() == Scheduling.PINNED;
    this.queues = new RunQueue[pinned ? places.length : 1];
    for (int i = 0; i < queues.length; i++) {
      queues[i] =
          config.scheduling() == Scheduling.WAKEUP_PREEMPT
              ? RunQueue.leastRunFirst()
              : RunQueue.firstComeFirstServed();
    }
  }

  List<Place> all() {
    return List.of(places);
  }

  Place at(int core) {
    return places[core];
  }

  /** How long the task has held cores, up to now. */
  long heldNanos(ScheduledTask task, long nowNanos) {
    return task.core < 0
        ? task.coreNanos
        : task.coreNanos + nowNanos - places[task.core].sinceNanos;
  }

  /** Where the task would wait. */
  RunQueue queueOf(ScheduledTask task) {
    return queues[pinned ? home(task).index : 0];
  }

  /** Whom the core takes next from. */
  RunQueue queueAt(Place place) {
    return queues[pinned ? place.index : 0];
  }

  /**
   * A core for a task that wakes up: the last one it had, else the first that is idle, else null;
   * if it migrates, any other that is idle.
   */
  Place idleFor(ScheduledTask task) {
    if (pinned) {
      Place place = home(task);
      return place.isIdle() ? place : null;
    }
    Place last = task.lastCore < 0 ? null : places[task.lastCore];
    if (last != null && migration > 0 && chance.nextDouble() < migration) {
      List<Place> others =
          Arrays.stream(places).filter(place -> place != last && place.isIdle()).toList();
      if (!others.isEmpty()) {
        return others.get(chance.nextInt(others.size()));
      }
    }
    if (last != null && last.isIdle()) {
      return last;
    }
    for (Place place : places) {
      if (place.isIdle()) {
        return place;
      }
    }
    return null;
  }

  /**
   * The core that has to give way at once to a task that waits: the one whose task is furthest
   * ahead of it in run time and has not been asked to yield yet; null if none is ahead enough.
   */
  Place victimFor(ScheduledTask task, long nowNanos) {
    Place furthest = null;
    long most = task.runTimeNanos + RunTimes.GRANULARITY_NANOS;
    for (Place place : places) {
      if (place.task != null && !place.resched && RunTimes.of(place, nowNanos) > most) {
        furthest = place;
        most = RunTimes.of(place, nowNanos);
      }
    }
    return furthest;
  }

  /** The core that a pinned task has for its whole life; the next one online if that has gone. */
  private Place home(ScheduledTask task) {
    int core = Math.floorMod(task.ref.tid(), places.length);
    for (int i = 0; i < places.length && places[core].offline; i++) {
      core = (core + 1) % places.length;
    }
    return places[core];
  }
}
