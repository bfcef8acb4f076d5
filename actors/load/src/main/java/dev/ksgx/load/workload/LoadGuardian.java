package dev.ksgx.load.workload;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.load.scenario.LoadPlan;
import dev.ksgx.load.statistics.LaunchObserver;
import dev.ksgx.load.workload.boot.Boot;
import dev.ksgx.load.workload.life.Lives;
import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.ClientMessage;
import dev.ksgx.protocol.message.KernelMessage;
import dev.ksgx.runtime.Children;
import dev.ksgx.runtime.RuntimeExtension;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Boots a kernel, makes the processes and threads of a load plan, those of its groups beside them,
 * and sets them to work.
 *
 * <p>The figures go to a callback, in the thread that runs the actors.
 */
public final class LoadGuardian extends AbstractBehavior<ClientMessage> {
  /** To the guardian: close the window now, whatever has been measured. */
  public enum Stop implements ClientMessage {
    NOW
  }

  /** To the guardian, after the figures: tell what paging did. */
  public enum ReadPaging implements ClientMessage {
    NOW
  }

  private final KernelConfig config;
  private final LoadPlan plan;
  private final Targets targets;
  private final Consumer<WindowFigures> finished;
  private final Consumer<PagingFigures> paging;
  private final int frames;
  private final Boot boot;
  private final Lives lives;
  private final LaunchObserver observer = new LaunchObserver();
  private final List<ActorRef<ClientMessage>> creators = new ArrayList<>();
  private final List<Integer> pids = new ArrayList<>();
  private KernelMessage.Doors doors;
  private ActorRef<ClientMessage> workload;
  private boolean stopped;

  private LoadGuardian(
      ActorContext<ClientMessage> context,
      KernelConfig config,
      LoadPlan plan,
      Targets targets,
      Consumer<WindowFigures> finished,
      Consumer<PagingFigures> paging) {
    super(context);
    this.config = config;
    this.paging = paging;
    this.frames = PagingReading.frames(config);
    this.plan = plan;
    this.targets = targets;
    this.finished = finished;
    RuntimeExtension.get(context.getSystem()).probe().addListener(observer);
    this.lives = new Lives(context, plan.groups(), plan.threads());
    this.boot = new Boot(context, config, this::up);
  }

  /**
   * A load on a kernel of its own.
   *
   * @param targets what is launched
   * @param finished hears the figures once, when the window has closed
   * @param paging hears what paging did in the window, after {@link ReadPaging}
   */
  public static Behavior<ClientMessage> create(
      KernelConfig config,
      LoadPlan plan,
      Targets targets,
      Consumer<WindowFigures> finished,
      Consumer<PagingFigures> paging) {
    return Behaviors.setup(
        context -> new LoadGuardian(context, config, plan, targets, finished, paging));
  }

  @Override
  public Receive<ClientMessage> createReceive() {
    return lives
        .listen(boot.listen(newReceiveBuilder(), this), this)
        .onMessage(Stop.class, message -> onStop())
        .onMessage(ReadPaging.class, this::onReadPaging)
        .build();
  }

  private void up(KernelMessage.Doors answer) {
    doors = answer;
    nextProcess();
  }

  private void nextProcess() {
    if (pids.size() == plan.processes()) {
      lives.make(boot, doors, this::work);
    } else {
      boot.process(plan.threadsPerProcess(), this::launchFrom);
    }
  }

  /**
   * The first thread comes last, when it knows whom to tell of the open device. Processes rely on
   * the signers of launch enclaves in turn.
   */
  private void launchFrom(Boot.Made process) {
    KernelMessage.TokenSource tokens = doors.tokensOf(pids.size());
    pids.add(process.pid());
    List<ActorRef<ClientMessage>> siblings = new ArrayList<>();
    for (TaskRef task : process.threads().subList(1, process.threads().size())) {
      Creator.Setup setup = setup(process, task, tokens);
      siblings.add(spawn(setup, Creator.waiting(setup)));
    }
    Creator.Setup setup = setup(process, process.threads().get(0), tokens);
    spawn(setup, Creator.opening(setup, siblings));
    nextProcess();
  }

  private void work() {
    Workload.Setup setup =
        new Workload.Setup(
            targets, creators, pids, doors, frames, observer.tokens(), lives, guests());
    workload =
        Children.spawn(getContext(), Workload.create(plan, setup, finished, paging), "workload");
    if (stopped) {
      onStop();
    }
  }

  private Optional<ActorRef<ClientMessage>> guests() {
    return plan.guests().vcpus() == 0
        ? Optional.empty()
        : Optional.of(
            Children.spawn(
                getContext(), Guests.create(plan.guests(), config, doors.scheduler()), "guests"));
  }

  private Creator.Setup setup(Boot.Made process, TaskRef task, KernelMessage.TokenSource tokens) {
    return new Creator.Setup(
        creators.size(),
        task,
        process.addressSpace(),
        doors,
        tokens,
        observer,
        plan.lifetimeNanos());
  }

  private ActorRef<ClientMessage> spawn(Creator.Setup setup, Behavior<ClientMessage> behavior) {
    ActorRef<ClientMessage> creator =
        Children.spawn(getContext(), behavior, "creator-" + setup.index());
    creators.add(creator);
    return creator;
  }

  private Behavior<ClientMessage> onReadPaging(ReadPaging read) {
    workload.tell(read);
    return this;
  }

  private Behavior<ClientMessage> onStop() {
    stopped = true;
    if (workload != null) {
      workload.tell(new LoadMessage.CloseWindow(true));
    }
    return this;
  }
}
