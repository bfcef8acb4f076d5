package dev.ksgx.runtime;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.ActorContext;

/** The one way to spawn: the child's end is its parent's business. */
public final class Children {
  private Children() {}

  /**
   * Spawns and watches. A parent that does not handle the child's {@code Terminated} signal fails
   * with it (Akka's death pact), so a failure climbs to the guardian and ends the system; a parent
   * whose children may end in peace handles the signal.
   */
  public static <T> ActorRef<T> spawn(ActorContext<?> parent, Behavior<T> behavior, String name) {
    ActorRef<T> child =
        parent.spawn(RuntimeExtension.get(parent.getSystem()).reportingFailures(behavior), name);
    parent.watch(child);
    return child;
  }
}
