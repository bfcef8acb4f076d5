package dev.ksgx.kernel.power;

import dev.ksgx.kernel.KernelServices;
import dev.ksgx.protocol.abi.RequestId;
import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.SchedulerMessage;
import dev.ksgx.runtime.probe.Resource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;

/**
 * Where frozen tasks stop: at the entry of a system call or a fault. Those that are inside go on to
 * their end. (The kernel's freezer wakes those that sleep by a false signal, after which their
 * calls begin anew; here they finish what they began.) Lives inside the actor that serves the
 * calls.
 */
public final class CallGate {
  private final KernelServices services;
  private final String name;
  private final EnumSet<TaskRef.Kind> frozen = EnumSet.noneOf(TaskRef.Kind.class);
  private final int[] underWay = new int[TaskRef.Kind.values().length];
  private final Runnable[] whenQuiet = new Runnable[underWay.length];
  private final List<Runnable> held = new ArrayList<>();

  /**
   * Where the time of held requests goes; null as long as there is none. Nobody queues there: a
   * machine that sleeps is not deadlocked.
   */
  private Resource asleep;

  /**
   * @param name of the gate, unique among gates
   */
  public CallGate(KernelServices services, String name) {
    this.services = services;
    this.name = name;
  }

  /** If tasks of that kind are frozen, keeps the call for later, and the task sleeps. */
  public boolean holds(TaskRef task, RequestId request, Runnable call) {
    if (!frozen.contains(task.kind())) {
      return false;
    }
    if (asleep == null) {
      asleep = services.probe().resource("asleep-" + name, "asleep", 1);
    }
    held.add(call);
    services.scheduler().tell(new SchedulerMessage.Block(task));
    services.probe().waiting(KernelServices.timeline(task, request), asleep, 0);
    return true;
  }

  /** If tasks of that kind are frozen, keeps what is done to them for later. */
  public boolean holds(TaskRef.Kind kind, Runnable deed) {
    boolean holds = frozen.contains(kind);
    if (holds) {
      held.add(deed);
    }
    return holds;
  }

  /** A call begins on behalf of that kind of task. */
  public void begins(TaskRef.Kind kind) {
    underWay[kind.ordinal()]++;
  }

  /** A call that {@link #begins} counted is over. */
  public void ends(TaskRef.Kind kind) {
    int left = --underWay[kind.ordinal()];
    Runnable quiet = whenQuiet[kind.ordinal()];
    if (left == 0 && quiet != null) {
      whenQuiet[kind.ordinal()] = null;
      quiet.run();
    }
  }

  /** Hold calls of that kind of task from now on; go on when none is under way. */
  public void freeze(TaskRef.Kind kind, Runnable quiet) {
    frozen.add(kind);
    if (underWay[kind.ordinal()] == 0) {
      quiet.run();
    } else {
      whenQuiet[kind.ordinal()] = quiet;
    }
  }

  /** What was held begins, in the order in which it came. */
  public void thaw() {
    frozen.clear();
    Arrays.fill(whenQuiet, null);
    List<Runnable> all = List.copyOf(held);
    held.clear();
    if (asleep != null) {
      services.probe().remove(asleep);
      asleep = null;
    }
    all.forEach(Runnable::run);
  }
}
