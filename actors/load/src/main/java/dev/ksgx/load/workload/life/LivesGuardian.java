package dev.ksgx.load.workload.life;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import dev.ksgx.kernel.KernelGuardian;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.load.scenario.LifeGroup;
import dev.ksgx.load.scenario.LivesPlan;
import dev.ksgx.load.statistics.LifeFigures;
import dev.ksgx.load.statistics.LifeLedger;
import dev.ksgx.load.statistics.LifeObserver;
import dev.ksgx.load.workload.LoadGuardian;
import dev.ksgx.load.workload.MachineReading;
import dev.ksgx.load.workload.PagingFigures;
import dev.ksgx.load.workload.PagingReading;
import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.ClientMessage;
import dev.ksgx.protocol.message.KernelMessage;
import dev.ksgx.protocol.message.Reply;
import dev.ksgx.runtime.Children;
import dev.ksgx.runtime.RuntimeExtension;
import dev.ksgx.runtime.clock.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Boots a kernel, makes the processes of every group, lets the groups begin at their time, and
 * books the lives. The figures go to a callback, in the thread that runs the actors, when every
 * process is over, when the time of the plan is, or after {@link LoadGuardian.Stop}.
 */
public final class LivesGuardian extends AbstractBehavior<ClientMessage> {
  /** A process that is to be made. */
  private record Seat(int group, int member) {}

  private final LivesPlan plan;
  private final List<LifeImage> images;
  private final int frames;
  private final Consumer<LivesFigures> finished;
  private final Consumer<PagingFigures> pagingTold;
  private final ActorRef<KernelMessage.Request> kernel;
  private final Clock clock;
  private final LifeObserver observer;
  private final LifeLedger ledger;
  private final List<Seat> seats = new ArrayList<>();
  private final List<ActorRef<ClientMessage>> processes = new ArrayList<>();
  private final List<TaskRef> threads = new ArrayList<>();
  private KernelMessage.Doors doors;
  private final List<Integer> pids = new ArrayList<>();
  private KernelMessage.Process making;
  private MachineReading reading;
  private PagingReading paging;
  private int over;
  private boolean partial;
  private List<LifeFigures> groups;

  private LivesGuardian(
      ActorContext<ClientMessage> context,
      KernelConfig config,
      LivesPlan plan,
      List<LifeImage> images,
      Consumer<LivesFigures> finished,
      Consumer<PagingFigures> pagingTold) {
    super(context);
    this.frames = PagingReading.frames(config);
    this.pagingTold = pagingTold;
    this.plan = plan;
    this.images = List.copyOf(images);
    this.finished = finished;
    RuntimeExtension runtime = RuntimeExtension.get(context.getSystem());
    this.clock = runtime.clock();
    for (int group = 0; group < plan.groups().size(); group++) {
      for (int member = 0; member < plan.groups().get(group).processes(); member++) {
        seats.add(new Seat(group, member));
      }
    }
    this.ledger = new LifeLedger(plan.groups());
    this.observer = new LifeObserver(plan.groups().size(), this::groupOf);
    runtime.probe().addListener(observer);
    this.kernel = Children.spawn(context, KernelGuardian.create(config), "kernel");
    kernel.tell(new KernelMessage.AskDoors(0, context.getSelf()));
  }

  /**
   * A load on a kernel of its own.
   *
   * @param images what each group of the plan launches
   * @param finished hears the figures once
   * @param pagingTold hears what paging did, after {@link LoadGuardian.ReadPaging}
   */
  public static Behavior<ClientMessage> create(
      KernelConfig config,
      LivesPlan plan,
      List<LifeImage> images,
      Consumer<LivesFigures> finished,
      Consumer<PagingFigures> pagingTold) {
    return Behaviors.setup(
        context -> new LivesGuardian(context, config, plan, images, finished, pagingTold));
  }

  @Override
  public Receive<ClientMessage> createReceive() {
    return newReceiveBuilder()
        .onMessage(KernelMessage.Doors.class, this::onDoors)
        .onMessage(KernelMessage.Process.class, this::onProcess)
        .onMessage(KernelMessage.NewTask.class, this::onNewTask)
        .onMessage(LifeMessage.GroupDue.class, this::onGroupDue)
        .onMessage(LifeMessage.Begun.class, this::onBegun)
        .onMessage(LifeMessage.Ended.class, this::onEnded)
        .onMessage(LifeMessage.ProcessOver.class, this::onProcessOver)
        .onMessage(LifeMessage.TimeOver.class, end -> close(false))
        .onMessage(LoadGuardian.Stop.class, stop -> close(true))
        .onMessage(LoadGuardian.ReadPaging.class, read -> onReadPaging())
        .onMessage(Reply.class, this::onReply)
        .build();
  }

  private Behavior<ClientMessage> onDoors(KernelMessage.Doors answer) {
    doors = answer;
    paging = new PagingReading(getContext(), doors, frames);
    reading = new MachineReading(getContext(), doors);
    if (plan.lengthNanos() > 0) {
      clock.tellAt(plan.lengthNanos(), getContext().getSelf(), LifeMessage.TimeOver.NOW);
    }
    return nextProcess();
  }

  private Behavior<ClientMessage> nextProcess() {
    if (processes.size() < seats.size()) {
      kernel.tell(
          new KernelMessage.NewProcess(
              TaskRef.Kind.CREATOR, processes.size(), getContext().getSelf()));
      return this;
    }
    for (int group = 0; group < plan.groups().size(); group++) {
      long start = plan.groups().get(group).startNanos();
      clock.tellAt(start, getContext().getSelf(), new LifeMessage.GroupDue(group));
    }
    return this;
  }

  private Behavior<ClientMessage> onProcess(KernelMessage.Process answer) {
    making = answer;
    threads.clear();
    threads.add(answer.task());
    return nextThread();
  }

  private Behavior<ClientMessage> onNewTask(KernelMessage.NewTask answer) {
    threads.add(answer.task());
    return nextThread();
  }

  private Behavior<ClientMessage> nextThread() {
    int index = processes.size();
    Seat seat = seats.get(index);
    LifeGroup group = plan.groups().get(seat.group());
    if (threads.size() < group.threads()) {
      kernel.tell(
          new KernelMessage.NewThread(making.task().pid(), threads.size(), getContext().getSelf()));
      return this;
    }
    LifeProcess.Setup setup =
        new LifeProcess.Setup(
            index,
            seat.group(),
            seat.member(),
            group,
            images.get(seat.group()),
            threads,
            making.addressSpace(),
            doors,
            getContext().getSelf());
    pids.add(making.task().pid());
    processes.add(Children.spawn(getContext(), LifeProcess.create(setup), "life-process-" + index));
    return nextProcess();
  }

  private Behavior<ClientMessage> onGroupDue(LifeMessage.GroupDue due) {
    boolean inSequence = plan.groups().get(due.group()).inSequence();
    for (int index = 0; index < seats.size(); index++) {
      Seat seat = seats.get(index);
      if (seat.group() == due.group() && (seat.member() == 0 || !inSequence)) {
        processes.get(index).tell(LifeMessage.Begin.NOW);
      }
    }
    return this;
  }

  private Behavior<ClientMessage> onBegun(LifeMessage.Begun begun) {
    ledger.begun(begun.group());
    return this;
  }

  private Behavior<ClientMessage> onEnded(LifeMessage.Ended ended) {
    ledger.ended(ended.life());
    return this;
  }

  private Behavior<ClientMessage> onProcessOver(LifeMessage.ProcessOver process) {
    over++;
    int next = process.process() + 1;
    int group = seats.get(process.process()).group();
    if (plan.groups().get(group).inSequence()
        && next < seats.size()
        && seats.get(next).group() == group) {
      processes.get(next).tell(LifeMessage.Begin.NOW);
    }
    return over == seats.size() ? close(false) : this;
  }

  /** The figures are those of this instant, although some answers are still to come. */
  private Behavior<ClientMessage> close(boolean fromOutside) {
    if (reading != null && !reading.isClosed()) {
      partial = fromOutside;
      reading.close(clock.nowNanos());
      groups = ledger.figures(observer);
    }
    return this;
  }

  private Behavior<ClientMessage> onReadPaging() {
    paging.close();
    return this;
  }

  private Behavior<ClientMessage> onReply(Reply reply) {
    if (PagingReading.isForThis(reply)) {
      paging.take(reply).ifPresent(pagingTold);
      return this;
    }
    reading
        .take(reply)
        .ifPresent(machine -> finished.accept(new LivesFigures(partial, groups, pids, machine)));
    return this;
  }

  private int groupOf(long request) {
    int process = LifeProcess.processOf(request);
    return process < 0 || process >= seats.size() ? -1 : seats.get(process).group();
  }
}
