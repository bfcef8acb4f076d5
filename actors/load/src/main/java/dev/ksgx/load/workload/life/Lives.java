package dev.ksgx.load.workload.life;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.ReceiveBuilder;
import dev.ksgx.load.scenario.LifeGroup;
import dev.ksgx.load.statistics.LifeFigures;
import dev.ksgx.load.statistics.LifeLedger;
import dev.ksgx.load.statistics.LifeObserver;
import dev.ksgx.load.workload.boot.Boot;
import dev.ksgx.protocol.message.ClientMessage;
import dev.ksgx.protocol.message.KernelMessage.Doors;
import dev.ksgx.runtime.Children;
import dev.ksgx.runtime.RuntimeExtension;
import dev.ksgx.runtime.clock.Clock;
import java.util.ArrayList;
import java.util.List;

/**
 * The processes of all groups: made, begun at the time of their group, and their lives booked.
 * Lives inside the actor that made it, to which the processes report.
 */
public final class Lives {
  /** A process that is to be made. */
  private record Seat(int group, int member) {}

  private final ActorContext<ClientMessage> context;
  private final Clock clock;
  private final List<LifeGroup> groups;
  private final List<LifeImage> images;
  private final int owners;
  private final LifeObserver observer;
  private final LifeLedger ledger;
  private final List<Seat> seats = new ArrayList<>();
  private final List<Integer> pids = new ArrayList<>();
  private final List<ActorRef<ClientMessage>> processes = new ArrayList<>();
  private Runnable allOver = () -> {};
  private int over;

  /**
   * @param owners how many others in the run have request numbers of their own
   */
  public Lives(ActorContext<ClientMessage> context, List<LifeGroup> groups, int owners) {
    this.context = context;
    this.groups = List.copyOf(groups);
    this.images = groups.stream().map(LifeImage::of).toList();
    this.owners = owners;
    for (int group = 0; group < groups.size(); group++) {
      for (int member = 0; member < groups.get(group).processes(); member++) {
        seats.add(new Seat(group, member));
      }
    }
    RuntimeExtension runtime = RuntimeExtension.get(context.getSystem());
    this.clock = runtime.clock();
    this.ledger = new LifeLedger(groups);
    this.observer = new LifeObserver(groups.size(), this::groupOf);
    if (!groups.isEmpty()) {
      runtime.probe().addListener(observer);
    }
  }

  /** Has the owner pass on what processes and clock say; {@code same} is its behaviour. */
  public ReceiveBuilder<ClientMessage> listen(
      ReceiveBuilder<ClientMessage> builder, Behavior<ClientMessage> same) {
    return builder.onMessage(
        LifeMessage.class,
        message -> {
          take(message);
          return same;
        });
  }

  /** Makes the processes; then the groups begin, each at its time. */
  public void make(Boot boot, Doors doors, Runnable made) {
    int index = processes.size();
    if (index == seats.size()) {
      for (int group = 0; group < groups.size(); group++) {
        long start = groups.get(group).startNanos();
        clock.tellAt(start, context.getSelf(), new LifeMessage.GroupDue(group));
      }
      made.run();
      return;
    }
    int threads = Math.max(1, groups.get(seats.get(index).group()).threads());
    boot.process(
        threads,
        process -> {
          spawn(index, process, doors);
          make(boot, doors, made);
        });
  }

  /** Who is told when the last process is over. */
  public void whenAllOver(Runnable told) {
    allOver = told;
  }

  /** The figures of every group, as they are now. */
  public List<LifeFigures> figures() {
    return ledger.figures(observer, pids);
  }

  private void spawn(int index, Boot.Made process, Doors doors) {
    Seat seat = seats.get(index);
    LifeProcess.Setup setup =
        new LifeProcess.Setup(
            index,
            owners + index,
            seat.group(),
            seat.member(),
            groups.get(seat.group()),
            images.get(seat.group()),
            process.threads(),
            process.addressSpace(),
            doors,
            observer,
            context.getSelf());
    pids.add(process.pid());
    processes.add(Children.spawn(context, LifeProcess.create(setup), "life-process-" + index));
  }

  private void take(LifeMessage message) {
    if (message instanceof LifeMessage.GroupDue due) {
      begin(due.group());
    } else if (message instanceof LifeMessage.Begun begun) {
      ledger.begun(begun.group());
    } else if (message instanceof LifeMessage.Ended ended) {
      ledger.ended(ended.life());
    } else if (message instanceof LifeMessage.ProcessOver process) {
      processOver(process.process());
    } else {
      throw new IllegalStateException("not for the owner of lives: " + message);
    }
  }

  private void begin(int group) {
    boolean inSequence = groups.get(group).inSequence();
    for (int index = 0; index < seats.size(); index++) {
      Seat seat = seats.get(index);
      if (seat.group() == group && (seat.member() == 0 || !inSequence)) {
        processes.get(index).tell(LifeMessage.Begin.NOW);
      }
    }
  }

  private void processOver(int process) {
    over++;
    int next = process + 1;
    int group = seats.get(process).group();
    if (groups.get(group).inSequence() && next < seats.size() && seats.get(next).group() == group) {
      processes.get(next).tell(LifeMessage.Begin.NOW);
    }
    if (over == seats.size()) {
      allOver.run();
    }
  }

  private int groupOf(long request) {
    int process = LifeProcess.ownerOf(request) - owners;
    return process < 0 || process >= seats.size() ? -1 : seats.get(process).group();
  }
}
