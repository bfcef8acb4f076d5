package dev.ksgx.kernel.cpu;

import dev.ksgx.kernel.KernelServices;
import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.CoreMessage;
import dev.ksgx.runtime.probe.Probe;
import dev.ksgx.runtime.probe.Resource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.function.Consumer;

/** Tasks that stop in user mode, or on their way there, until the machine is awake again. */
final class Freezer {
  private final Probe probe;
  private final EnumSet<TaskRef.Kind> frozen = EnumSet.noneOf(TaskRef.Kind.class);
  private final List<CoreMessage.Execute> kept = new ArrayList<>();

  /**
   * Where the time of their requests goes; null as long as there is none. Nobody queues there: a
   * machine that sleeps is not deadlocked.
   */
  private Resource asleep;

  Freezer(Probe probe) {
    this.probe = probe;
  }

  /** The cores give back what such tasks run in user mode. */
  void freeze(TaskRef.Kind kind, List<Place> places) {
    frozen.add(kind);
    places.forEach(place -> place.ref.tell(new CoreMessage.Freeze(kind)));
  }

  /** If the task is frozen, keeps what it has left to run. */
  boolean keeps(CoreMessage.Execute rest) {
    if (!frozen.contains(rest.task().kind())) {
      return false;
    }
    if (asleep == null) {
      asleep = probe.resource("asleep-user-mode", "asleep", 1);
    }
    kept.add(rest);
    probe.waiting(KernelServices.timeline(rest.task(), rest.request()), asleep, 0);
    return true;
  }

  /** They go on. */
  void thaw(List<Place> places, Consumer<CoreMessage.Execute> wake) {
    frozen.clear();
    places.forEach(place -> place.ref.tell(CoreMessage.Thaw.NOW));
    List<CoreMessage.Execute> all = List.copyOf(kept);
    kept.clear();
    if (asleep != null) {
      probe.remove(asleep);
      asleep = null;
    }
    all.forEach(wake);
  }
}
