package dev.ksgx.runtime.virtual;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.Terminated;
import akka.actor.typed.javadsl.Behaviors;
import dev.ksgx.runtime.Children;
import dev.ksgx.runtime.RuntimeExtension;
import dev.ksgx.runtime.clock.Clock;
import dev.ksgx.runtime.probe.Probe;
import dev.ksgx.runtime.queue.WaitQueue;
import dev.ksgx.runtime.queue.Waiter;
import dev.ksgx.runtime.random.RandomStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A small busy world for the tests of determinism: customers that come at random, one scale behind
 * a queue, and buyers that stop and are watched by several others.
 */
final class Bazaar {
  interface Message {}

  record Come(int customer) implements Message {}

  record Weigh(long task, long request, ActorRef<Message> from) implements Message, Waiter {}

  record Weighed(long request) implements Message {}

  record Leave() implements Message {}

  private Bazaar() {}

  static Behavior<Message> guardian(int customers, Consumer<String> log) {
    return Behaviors.setup(
        context -> {
          ActorRef<Message> scale = Children.spawn(context, scale(customers), "scale");
          List<ActorRef<Message>> buyers = new ArrayList<>();
          for (int i = 0; i < customers; i++) {
            ActorRef<Message> buyer = context.spawn(buyer(i, scale), "buyer-" + i);
            buyers.add(buyer);
          }
          for (int i = 0; i < 6; i++) {
            context.spawn(gossip(buyers, log), "gossip-" + i);
          }
          return Behaviors.receive(Message.class)
              .onSignal(Terminated.class, end -> Behaviors.stopped())
              .build();
        });
  }

  /** Watches every buyer: six gossips are told of each end in an order that Akka leaves open. */
  private static Behavior<Message> gossip(List<ActorRef<Message>> buyers, Consumer<String> log) {
    return Behaviors.setup(
        context -> {
          buyers.forEach(context::watch);
          ActorRef<Message> me = context.getSelf();
          return Behaviors.receive(Message.class)
              .onMessage(Leave.class, leave -> Behaviors.same())
              .onSignal(
                  Terminated.class,
                  end -> {
                    log.accept(me.path().name() + " saw " + end.getRef().path().name());
                    me.tell(new Leave());
                    return Behaviors.same();
                  })
              .build();
        });
  }

  private static Behavior<Message> buyer(int number, ActorRef<Message> scale) {
    return Behaviors.setup(
        context -> {
          RuntimeExtension runtime = RuntimeExtension.get(context.getSystem());
          Probe probe = runtime.probe();
          RandomStream chance = runtime.random().stream("buyer-" + number);
          ActorRef<Message> self = context.getSelf();
          runtime.clock().tellAfter((long) chance.exponential(1e6), self, new Come(number));
          int[] visits = {0};
          return Behaviors.receive(Message.class)
              .onMessage(
                  Come.class,
                  come -> {
                    scale.tell(new Weigh(number + 1, number * 100L + visits[0] + 1, self));
                    return Behaviors.same();
                  })
              .onMessage(
                  Weighed.class,
                  weighed -> {
                    probe.done(weighed.request());
                    if (++visits[0] == 20) {
                      return Behaviors.stopped();
                    }
                    runtime
                        .clock()
                        .tellAfter((long) chance.exponential(1e6), self, new Come(number));
                    return Behaviors.same();
                  })
              .build();
        });
  }

  private static Behavior<Message> scale(int customers) {
    return Behaviors.setup(
        context -> {
          RuntimeExtension runtime = RuntimeExtension.get(context.getSystem());
          Clock clock = runtime.clock();
          RandomStream chance = runtime.random().stream("scale");
          WaitQueue<Weigh> queue =
              WaitQueue.mutex(runtime.probe(), runtime.probe().resource("scale", 1), customers);
          ActorRef<Message> self = context.getSelf();
          Consumer<Weigh> serve =
              weigh -> clock.tellAfter((long) chance.exponential(2e5), self, weighedOf(weigh));
          return Behaviors.receive(Message.class)
              .onMessage(
                  Weigh.class,
                  weigh -> {
                    if (queue.acquire(weigh)) {
                      serve.accept(weigh);
                    }
                    return Behaviors.same();
                  })
              .onMessage(
                  Served.class,
                  served -> {
                    served.weigh().from().tell(new Weighed(served.weigh().request()));
                    queue.release(served.weigh(), serve);
                    return Behaviors.same();
                  })
              .build();
        });
  }

  private record Served(Weigh weigh) implements Message {}

  private static Served weighedOf(Weigh weigh) {
    return new Served(weigh);
  }
}
