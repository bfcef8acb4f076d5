package dev.ksgx.runtime.theory;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import dev.ksgx.runtime.RuntimeExtension;
import dev.ksgx.runtime.clock.Clock;
import dev.ksgx.runtime.random.RandomStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * M/M/1 (a source and a station) and M/M/c (a source, a queue and c servers) at utilisation 0.8
 * with mean service time 1 ms.
 */
public final class Queueing {
  public static final double MEAN_SERVICE_NANOS = 1e6;
  public static final double UTILISATION = 0.8;

  private interface Message {}

  private record Next() implements Message {}

  private record Arrive(long atNanos) implements Message {}

  private record Done() implements Message {}

  private record Job(Free whenDone) implements Message {}

  private record Free(int server) implements Message {}

  private static final Next NEXT = new Next();
  private static final Done DONE = new Done();

  private Queueing() {}

  /** 3 messages and 2 timers a customer. */
  public static Behavior<Void> singleServer(int customers, WaitSink waits) {
    return Behaviors.setup(
        context -> {
          ActorRef<Message> station = context.spawn(station(waits), "station");
          context.spawn(source(station, customers, MEAN_SERVICE_NANOS / UTILISATION), "source");
          return Behaviors.empty();
        });
  }

  /** 5 messages and 2 timers a customer. */
  public static Behavior<Void> manyServers(int servers, int customers, WaitSink waits) {
    return Behaviors.setup(
        context -> {
          ActorRef<Message> queue = context.spawn(queue(servers, waits), "queue");
          double gap = MEAN_SERVICE_NANOS / (UTILISATION * servers);
          context.spawn(source(queue, customers, gap), "source");
          return Behaviors.empty();
        });
  }

  private static Behavior<Message> source(ActorRef<Message> to, int customers, double gapNanos) {
    return Behaviors.setup(
        context -> {
          RuntimeExtension runtime = RuntimeExtension.get(context.getSystem());
          Clock clock = runtime.clock();
          RandomStream gaps = runtime.random().stream("gaps");
          ActorRef<Message> self = context.getSelf();
          int[] left = {customers};
          clock.tellAfter(Math.round(gaps.exponential(gapNanos)), self, NEXT);
          return Behaviors.receiveMessage(
              next -> {
                to.tell(new Arrive(clock.nowNanos()));
                if (--left[0] > 0) {
                  clock.tellAfter(Math.round(gaps.exponential(gapNanos)), self, NEXT);
                }
                return Behaviors.same();
              });
        });
  }

  private static Behavior<Message> station(WaitSink waits) {
    return Behaviors.setup(
        context -> {
          RuntimeExtension runtime = RuntimeExtension.get(context.getSystem());
          Clock clock = runtime.clock();
          RandomStream services = runtime.random().stream("services");
          ActorRef<Message> self = context.getSelf();
          ArrayDeque<Arrive> line = new ArrayDeque<>();
          boolean[] busy = {false};
          return Behaviors.receiveMessage(
              message -> {
                Arrive served;
                if (message instanceof Arrive arrive) {
                  if (busy[0]) {
                    line.add(arrive);
                    return Behaviors.same();
                  }
                  served = arrive;
                } else {
                  served = line.poll();
                }
                busy[0] = served != null;
                if (served != null) {
                  waits.waited(clock.nowNanos() - served.atNanos());
                  long service = Math.round(services.exponential(MEAN_SERVICE_NANOS));
                  clock.tellAfter(service, self, DONE);
                }
                return Behaviors.same();
              });
        });
  }

  private static Behavior<Message> queue(int servers, WaitSink waits) {
    return Behaviors.setup(
        context -> {
          Clock clock = RuntimeExtension.get(context.getSystem()).clock();
          List<ActorRef<Message>> crew = new ArrayList<>();
          List<Job> jobs = new ArrayList<>();
          ArrayDeque<Integer> free = new ArrayDeque<>();
          for (int i = 0; i < servers; i++) {
            crew.add(context.spawn(server(i, context.getSelf()), "server-" + i));
            jobs.add(new Job(new Free(i)));
            free.add(i);
          }
          ArrayDeque<Arrive> line = new ArrayDeque<>();
          return Behaviors.receiveMessage(
              message -> {
                if (message instanceof Arrive arrive) {
                  line.add(arrive);
                } else {
                  free.add(((Free) message).server());
                }
                if (!line.isEmpty() && !free.isEmpty()) {
                  waits.waited(clock.nowNanos() - line.poll().atNanos());
                  int server = free.poll();
                  crew.get(server).tell(jobs.get(server));
                }
                return Behaviors.same();
              });
        });
  }

  private static Behavior<Message> server(int number, ActorRef<Message> queue) {
    return Behaviors.setup(
        context -> {
          RuntimeExtension runtime = RuntimeExtension.get(context.getSystem());
          Clock clock = runtime.clock();
          RandomStream services = runtime.random().stream("services-" + number);
          ActorRef<Message> self = context.getSelf();
          Job[] job = new Job[1];
          return Behaviors.receiveMessage(
              message -> {
                if (message instanceof Job next) {
                  job[0] = next;
                  long service = Math.round(services.exponential(MEAN_SERVICE_NANOS));
                  clock.tellAfter(service, self, DONE);
                } else {
                  queue.tell(job[0].whenDone());
                }
                return Behaviors.same();
              });
        });
  }
}
