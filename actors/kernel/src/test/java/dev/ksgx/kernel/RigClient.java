package dev.ksgx.kernel;

import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Receive;
import dev.ksgx.kernel.flow.Calls;
import dev.ksgx.protocol.message.ClientMessage;
import dev.ksgx.protocol.message.Reply;

/** The actor from which a rig makes its calls. */
final class RigClient extends AbstractBehavior<ClientMessage> {
  /** Something to do inside it. */
  record Do(Runnable what) implements ClientMessage {}

  private final Calls calls;

  RigClient(ActorContext<ClientMessage> context, Calls calls) {
    super(context);
    this.calls = calls;
  }

  @Override
  public Receive<ClientMessage> createReceive() {
    return newReceiveBuilder()
        .onMessage(Do.class, this::onDo)
        .onMessage(Reply.class, this::onReply)
        .build();
  }

  private RigClient onDo(Do todo) {
    todo.what().run();
    return this;
  }

  private RigClient onReply(Reply reply) {
    calls.complete(reply);
    return this;
  }
}
