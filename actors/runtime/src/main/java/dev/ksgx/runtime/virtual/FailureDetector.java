package dev.ksgx.runtime.virtual;

import akka.actor.ActorCell;
import akka.actor.ActorRefWithCell;
import akka.actor.InternalActorRef;
import akka.actor.typed.internal.adapter.ActorAdapter;
import akka.dispatch.Mailbox;
import akka.dispatch.sysmsg.Failed;
import akka.dispatch.sysmsg.SystemMessage;

/**
 * Finds out after a step whether the actor that ran has thrown. Akka then suspends its mailbox and
 * sends the exception to its parent; a behaviour's own {@code supervise} handles exceptions before
 * that, or marks them as handled by a declared stop.
 */
final class FailureDetector {
  private FailureDetector() {}

  /**
   * The exception nobody declared a strategy for, or null. Call only if the mailbox is suspended.
   */
  static Throwable undeclaredFailure(Mailbox mailbox) {
    ActorCell cell = mailbox.actor();
    if (cell == null || !ActorAdapter.class.isAssignableFrom(cell.props().actorClass())) {
      return null;
    }
    InternalActorRef parent = cell.parent();
    if (parent instanceof ActorRefWithCell local
        && local.underlying() instanceof ActorCell parentCell) {
      SystemMessage next = parentCell.mailbox().systemQueueGet();
      for (; next != null; next = next.next()) {
        if (next instanceof Failed failed && failed.child().equals(cell.self())) {
          Throwable cause = failed.cause();
          return cause instanceof ActorAdapter.TypedActorFailedException ? null : cause;
        }
      }
    }
    return null;
  }
}
