package dev.ksgx.load.faults;

import dev.ksgx.kernel.embed.SimulatedKernel;
import dev.ksgx.runtime.probe.Resource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Whose turn it is at the maker of tokens, and who queues for it, as the probe sees it. */
final class Turns {
  private final SimulatedKernel kernel;

  /** The launch queue of a daemon, else the launch lock; neither is held in a direct design. */
  private final List<Resource> queues;

  Turns(SimulatedKernel kernel) {
    this.kernel = kernel;
    List<Resource> ofDaemon = named("launch-queue");
    this.queues = ofDaemon.isEmpty() ? named("launch-enclave") : ofDaemon;
  }

  private List<Resource> named(String name) {
    return kernel.probe().resources().stream()
        .filter(resource -> resource.name().equals(name))
        .toList();
  }

  /** Mean length of a turn since the statistics were reset; 0 if nobody had one. */
  long meanNanos() {
    long held = queues.stream().mapToLong(each -> each.statistics().heldNanos()).sum();
    long turns = queues.stream().mapToLong(each -> each.statistics().acquisitions()).sum();
    return turns == 0 ? 0 : held / turns;
  }

  /** Whoever of them has had a turn for that long. */
  Optional<Attempt> served(List<Attempt> attempts, long nanos) {
    List<Resource.Occupant> holders = new ArrayList<>();
    for (Resource queue : queues) {
      for (Resource.Occupant holder : queue.holders()) {
        if (kernel.nowNanos() - holder.sinceNanos() >= nanos) {
          holders.add(holder);
        }
      }
    }
    return attempts.stream().filter(attempt -> isAmong(attempt, holders)).findFirst();
  }

  /** Whoever of them stands in the queue. */
  Optional<Attempt> queued(List<Attempt> attempts) {
    return attempts.stream().filter(this::isQueued).findFirst();
  }

  boolean isQueued(Attempt attempt) {
    return queues.stream().anyMatch(queue -> isAmong(attempt, queue.waiters()));
  }

  private static boolean isAmong(Attempt attempt, Collection<Resource.Occupant> occupants) {
    long request = attempt.request();
    return request != 0 && occupants.stream().anyMatch(occupant -> occupant.request() == request);
  }
}
