package dev.ksgx.kernel.reclaim;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.config.Paging;
import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.EpcMessage;
import dev.ksgx.protocol.message.SchedulerMessage;
import dev.ksgx.protocol.message.SwapperMessage;
import dev.ksgx.runtime.probe.Probe;

/** ksgxswapd. */
public final class Swapper extends AbstractBehavior<SwapperMessage> {
  /** The swapper. */
  public static Behavior<SwapperMessage.Request> create(
      Paging paging,
      Bugs bugs,
      Probe probe,
      TaskRef task,
      ActorRef<SchedulerMessage.Request> scheduler,
      ActorRef<EpcMessage.Request> epc) {
    return Behaviors.<SwapperMessage>setup(Swapper::new).narrow();
  }

  private Swapper(ActorContext<SwapperMessage> context) {
    super(context);
  }

  @Override
  public Receive<SwapperMessage> createReceive() {
    return newReceiveBuilder()
        .onMessage(
            SwapperMessage.Reclaim.class,
            ask -> {
              ask.replyTo().tell(new SwapperMessage.Reclaimed(ask.call(), 0, true));
              return this;
            })
        .onMessage(
            SwapperMessage.AskCounters.class,
            ask -> {
              ask.replyTo().tell(new SwapperMessage.Counters(ask.call(), 0, 0, 0, 0, 0, 0));
              return this;
            })
        .build();
  }
}
