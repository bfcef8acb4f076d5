package dev.ksgx.trace.scenario;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.Terminated;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import dev.ksgx.runtime.Children;
import dev.ksgx.runtime.RuntimeExtension;
import dev.ksgx.runtime.clock.Clock;
import dev.ksgx.runtime.probe.Probe;
import dev.ksgx.runtime.probe.Resource;
import dev.ksgx.runtime.queue.WaitQueue;
import dev.ksgx.runtime.queue.Waiter;
import dev.ksgx.runtime.virtual.VirtualOptions;
import dev.ksgx.runtime.virtual.VirtualSystem;
import dev.ksgx.trace.record.TraceOptions;
import dev.ksgx.trace.record.TraceRecorder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;

/**
 * Launches small enough for pencil and paper. Each has a ship; a ship's cargo is handled by one
 * crane (50 us), beside which its captain gets a stamp at one desk (30 us); when it has the stamp
 * and its cargo, it casts off (10 us).
 *
 * <pre>
 * us          0    10   15   20   30   50   60   90   100  110
 * launch 1    begin          stamp 0-30, crane 0-50, then off 50-60
 * launch 2         begin     desk 10-30, stamp 30-60, crane 50-100 (queued 10-50), off 100-110
 * launch 3              plan begin, no cargo: desk 20-60, stamp 60-90, off 90-100
 * </pre>
 */
public final class Yard {
  private static final long US = 1_000;

  /** What is said in the yard. */
  sealed interface Said {}

  record Arrive(int ship, long plannedNanos, boolean cargo) implements Said {}

  record Load(int ship, ActorRef<Said> captain) implements Said {}

  record Loaded(int ship) implements Said {}

  record AskStamp(int ship, ActorRef<Said> captain) implements Said {}

  record Stamp(int ship) implements Said {}

  record Finish(int ship) implements Said {}

  private record Ship(int number) implements Waiter {
    @Override
    public long request() {
      return 100L + number;
    }

    @Override
    public long task() {
      return number;
    }
  }

  private Yard() {}

  /** Runs the three launches and leaves the trace in that file. */
  public static void record(Path file, TraceOptions options) throws IOException {
    record(file, options, Long.MAX_VALUE);
  }

  /** The same up to an instant, at which some may be under way. */
  public static void record(Path file, TraceOptions options, long untilNanos) throws IOException {
    try (TraceRecorder recorder = TraceRecorder.to(file, options);
        var system =
            VirtualSystem.create(yard(), "yard", VirtualOptions.seed(1).withSink(recorder))) {
      Clock clock = system.clock();
      clock.tellAt(0, system.system(), new Arrive(1, 0, true));
      clock.tellAt(10 * US, system.system(), new Arrive(2, 10 * US, true));
      clock.tellAt(20 * US, system.system(), new Arrive(3, 15 * US, false));
      if (untilNanos == Long.MAX_VALUE) {
        system.runToQuiescence().orThrow();
      } else {
        system.runUntil(untilNanos).orThrow();
      }
    }
  }

  static Behavior<Said> yard() {
    return Behaviors.setup(
        context -> {
          ActorRef<Said> crane = Children.spawn(context, crane(), "crane");
          ActorRef<Said> desk = Children.spawn(context, desk(), "desk");
          return Behaviors.receive(Said.class)
              .onMessage(
                  Arrive.class,
                  arrive -> {
                    Children.spawn(context, captain(arrive, crane, desk), "ship-" + arrive.ship());
                    return Behaviors.same();
                  })
              .onSignal(Terminated.class, ended -> Behaviors.same())
              .build();
        });
  }

  private static Probe probe(ActorContext<?> context) {
    return RuntimeExtension.get(context.getSystem()).probe();
  }

  private static Clock clock(ActorContext<?> context) {
    return RuntimeExtension.get(context.getSystem()).clock();
  }

  /** Takes one cargo at a time, first come, first served. */
  private static Behavior<Said> crane() {
    return Behaviors.setup(
        context -> {
          Resource resource = probe(context).resource("crane", 1);
          ArrayDeque<Load> line = new ArrayDeque<>();
          return Behaviors.receiveMessage(
              said -> {
                if (said instanceof Load load) {
                  resource.queued(load.ship(), 100L + load.ship());
                  line.add(load);
                  if (line.size() > 1) {
                    return Behaviors.same();
                  }
                } else {
                  Load done = line.remove();
                  resource.released(done.ship());
                  done.captain().tell(new Loaded(done.ship()));
                }
                if (!line.isEmpty()) {
                  int ship = line.peek().ship();
                  resource.acquired(ship, 100L + ship);
                  clock(context).tellAfter(50 * US, context.getSelf(), new Finish(ship));
                }
                return Behaviors.same();
              });
        });
  }

  /** One stamp at a time. */
  private static Behavior<Said> desk() {
    return Behaviors.setup(
        context -> {
          Probe probe = probe(context);
          WaitQueue<Ship> queue = WaitQueue.mutex(probe, probe.resource("desk", 1), 10);
          ActorRef<Said>[] captains = captains();
          return Behaviors.receiveMessage(
              said -> {
                if (said instanceof AskStamp ask) {
                  captains[ask.ship()] = ask.captain();
                  if (queue.acquire(new Ship(ask.ship()))) {
                    stampSoon(context, ask.ship());
                  }
                } else {
                  Finish finish = (Finish) said;
                  captains[finish.ship()].tell(new Stamp(finish.ship()));
                  queue.release(new Ship(finish.ship()), next -> stampSoon(context, next.number()));
                }
                return Behaviors.same();
              });
        });
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static ActorRef<Said>[] captains() {
    return new ActorRef[10];
  }

  private static void stampSoon(ActorContext<Said> context, int ship) {
    clock(context).tellAfter(30 * US, context.getSelf(), new Finish(ship));
  }

  private static Behavior<Said> captain(Arrive arrive, ActorRef<Said> crane, ActorRef<Said> desk) {
    return Behaviors.setup(
        context -> {
          Probe probe = probe(context);
          Ship ship = new Ship(arrive.ship());
          probe.begun(ship.request(), "launch", arrive.ship(), arrive.plannedNanos());
          Resource way = probe.resource("way-" + arrive.ship(), "way", 1);
          Resource crew =
              probe.resources().stream()
                  .filter(r -> r.name().equals("crane"))
                  .findAny()
                  .orElseThrow();
          if (arrive.cargo()) {
            crane.tell(new Load(arrive.ship(), context.getSelf()));
          }
          desk.tell(new AskStamp(arrive.ship(), context.getSelf()));
          boolean[] has = {!arrive.cargo(), false};
          return Behaviors.receiveMessage(
              said -> {
                if (said instanceof Finish) {
                  probe.done(ship.request());
                  return Behaviors.stopped();
                }
                has[said instanceof Loaded ? 0 : 1] = true;
                if (has[0] && has[1]) {
                  probe.serving(ship.request(), way);
                  clock(context).tellAfter(10 * US, context.getSelf(), new Finish(arrive.ship()));
                } else if (has[1]) {
                  probe.mark(ship.request(), "stamped");
                  probe.waiting(ship.request(), crew, 0);
                }
                return Behaviors.same();
              });
        });
  }
}
