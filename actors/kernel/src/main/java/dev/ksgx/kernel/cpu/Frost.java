package dev.ksgx.kernel.cpu;

import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.CoreMessage;
import java.util.EnumSet;

/** What a core does not run while the machine goes to sleep and sleeps. */
final class Frost {
  private final EnumSet<TaskRef.Kind> frozen = EnumSet.noneOf(TaskRef.Kind.class);
  private CoreMessage.Stop stop;
  private CoreMessage.Execute held;

  /** Tasks of that kind go to user mode no more. */
  void freeze(TaskRef.Kind kind) {
    frozen.add(kind);
  }

  boolean keepsOutOfUserMode(TaskRef task) {
    return frozen.contains(task.kind());
  }

  /** Nothing begins any more; the question is answered once the core is idle. */
  void stop(CoreMessage.Stop ask, boolean idle) {
    stop = ask;
    if (idle) {
      idle();
    }
  }

  /** The core has nothing to run. */
  void idle() {
    if (stop != null) {
      stop.replyTo().tell(new CoreMessage.Stopped(stop.call()));
    }
  }

  /** If the core is stopped, keeps what it should execute for later. */
  boolean holds(CoreMessage.Execute execute) {
    if (stop != null) {
      held = execute;
    }
    return stop != null;
  }

  /** Everything as before; what should have been executed meanwhile, or null. */
  CoreMessage.Execute thaw() {
    CoreMessage.Execute next = held;
    frozen.clear();
    stop = null;
    held = null;
    return next;
  }
}
