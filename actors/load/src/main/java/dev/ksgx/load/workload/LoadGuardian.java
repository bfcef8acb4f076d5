package dev.ksgx.load.workload;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.kernel.KernelGuardian;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.load.scenario.LoadPlan;
import dev.ksgx.load.statistics.LaunchObserver;
import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.ClientMessage;
import dev.ksgx.protocol.message.KernelMessage;
import dev.ksgx.runtime.Children;
import dev.ksgx.runtime.RuntimeExtension;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Boots a kernel, makes the processes and threads of a load plan, and sets them to work.
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

  private final LoadPlan plan;
  private final List<SignedEnclave> targets;
  private final Consumer<WindowFigures> finished;
  private final Consumer<PagingFigures> paging;
  private final int frames;
  private final ActorRef<KernelMessage.Request> kernel;
  private final LaunchObserver observer = new LaunchObserver();
  private final List<ActorRef<ClientMessage>> creators = new ArrayList<>();
  private final List<ActorRef<ClientMessage>> siblings = new ArrayList<>();
  private KernelMessage.Doors doors;
  private KernelMessage.Process process;
  private int processes;
  private ActorRef<ClientMessage> workload;
  private boolean stopped;

  private LoadGuardian(
      ActorContext<ClientMessage> context,
      KernelConfig config,
      LoadPlan plan,
      List<SignedEnclave> targets,
      Consumer<WindowFigures> finished,
      Consumer<PagingFigures> paging) {
    super(context);
    this.paging = paging;
    this.frames = PagingReading.frames(config);
    this.plan = plan;
    this.targets = targets;
    this.finished = finished;
    RuntimeExtension.get(context.getSystem()).probe().addListener(observer);
    this.kernel = Children.spawn(context, KernelGuardian.create(config), "kernel");
    kernel.tell(new KernelMessage.AskDoors(0, context.getSelf()));
  }

  /**
   * A load on a kernel of its own.
   *
   * @param targets what is launched, in turn
   * @param finished hears the figures once, when the window has closed
   * @param paging hears what paging did in the window, after {@link ReadPaging}
   */
  public static Behavior<ClientMessage> create(
      KernelConfig config,
      LoadPlan plan,
      List<SignedEnclave> targets,
      Consumer<WindowFigures> finished,
      Consumer<PagingFigures> paging) {
    return Behaviors.setup(
        context -> new LoadGuardian(context, config, plan, targets, finished, paging));
  }

  @Override
  public Receive<ClientMessage> createReceive() {
    return newReceiveBuilder()
        .onMessage(KernelMessage.Doors.class, this::onDoors)
        .onMessage(KernelMessage.Process.class, this::onProcess)
        .onMessage(KernelMessage.NewTask.class, this::onNewTask)
        .onMessage(Stop.class, message -> onStop())
        .onMessage(ReadPaging.class, this::onReadPaging)
        .build();
  }

  private Behavior<ClientMessage> onDoors(KernelMessage.Doors answer) {
    doors = answer;
    return nextProcess();
  }

  private Behavior<ClientMessage> nextProcess() {
    if (processes == plan.processes()) {
      workload =
          Children.spawn(
              getContext(),
              Workload.create(
                  plan, targets, creators, doors, frames, observer.tokens(), finished, paging),
              "workload");
      return stopped ? onStop() : this;
    }
    processes++;
    kernel.tell(
        new KernelMessage.NewProcess(TaskRef.Kind.CREATOR, processes, getContext().getSelf()));
    return this;
  }

  private Behavior<ClientMessage> onProcess(KernelMessage.Process answer) {
    process = answer;
    siblings.clear();
    return nextThread();
  }

  /**
   * Threads beside the first; the first comes last, when it knows whom to tell of the open device.
   */
  private Behavior<ClientMessage> nextThread() {
    if (siblings.size() + 1 < plan.threadsPerProcess()) {
      int pid = process.task().pid();
      kernel.tell(new KernelMessage.NewThread(pid, siblings.size(), getContext().getSelf()));
      return this;
    }
    Creator.Setup setup = setup(process.task());
    spawn(setup, Creator.opening(setup, List.copyOf(siblings)));
    return nextProcess();
  }

  private Behavior<ClientMessage> onNewTask(KernelMessage.NewTask answer) {
    Creator.Setup setup = setup(answer.task());
    siblings.add(spawn(setup, Creator.waiting(setup)));
    return nextThread();
  }

  private Creator.Setup setup(TaskRef task) {
    return new Creator.Setup(
        creators.size(), task, process.addressSpace(), doors, observer, plan.lifetimeNanos());
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
