package dev.ksgx.kernel.cpu;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import dev.ksgx.kernel.KernelServices;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.Scheduling;
import dev.ksgx.protocol.message.CoreMessage;
import dev.ksgx.protocol.message.Executed;
import dev.ksgx.protocol.message.SchedulerMessage;
import dev.ksgx.runtime.Children;
import dev.ksgx.runtime.clock.Clock;
import dev.ksgx.runtime.probe.Probe;
import dev.ksgx.runtime.probe.Resource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;

/**
 * Who runs where. A task holds the core it was given until it blocks, exits, or is preempted
 * between two bursts (or inside user-mode computing); kernel code is not preempted elsewhere, as in
 * a kernel of 2017 without full preemption.
 */
public final class Scheduler extends AbstractBehavior<SchedulerMessage> {
  private final Clock clock;
  private final Probe probe;
  private final Scheduling policy;
  private final Slices slices;
  private final Resource cores;
  private final Places places;
  private final RunTimes runTimes;
  private final Departures departures = new Departures();
  private final Shootdowns shootdowns = new Shootdowns();
  private final TaskTable tasks = new TaskTable();
  private final Freezer freezer;

  /**
   * @param coreFactory makes the behaviour of core {@code n}; the scheduler is its parent
   */
  public static Behavior<SchedulerMessage.Request> create(
      KernelConfig config, Clock clock, Probe probe, CoreFactory coreFactory) {
    return Behaviors.<SchedulerMessage>setup(
            context -> new Scheduler(context, config, clock, probe, coreFactory))
        .narrow();
  }

  /** Makes the behaviour of a core. */
  @FunctionalInterface
  public interface CoreFactory {
    Behavior<CoreMessage.Request> create(int core, ActorRef<SchedulerMessage.Request> scheduler);
  }

  private Scheduler(
      ActorContext<SchedulerMessage> context,
      KernelConfig config,
      Clock clock,
      Probe probe,
      CoreFactory coreFactory) {
    super(context);
    this.clock = clock;
    this.probe = probe;
    this.freezer = new Freezer(probe);
    this.policy = config.scheduling();
    this.slices = new Slices(clock, config.sliceNanos(), context.getSelf());
    this.cores = probe.resource("cores", config.cores());
    Place[] all = new Place[config.cores()];
    for (int i = 0; i < all.length; i++) {
      all[i] =
          new Place(
              i,
              probe.resource("core-" + i, "core", 1),
              Children.spawn(
                  context, coreFactory.create(i, context.getSelf().narrow()), "core-" + i));
    }
    this.places = new Places(config, all, context.getSystem());
    this.runTimes = new RunTimes(config.sliceNanos());
  }

  @Override
  public Receive<SchedulerMessage> createReceive() {
    return newReceiveBuilder()
        .onMessage(SchedulerMessage.Run.class, this::onRun)
        .onMessage(SchedulerMessage.Block.class, this::onBlock)
        .onMessage(SchedulerMessage.BlockInterruptibly.class, this::onBlockInterruptibly)
        .onMessage(SchedulerMessage.Yielded.class, this::onYielded)
        .onMessage(SchedulerMessage.Exit.class, this::onExit)
        .onMessage(SchedulerMessage.Signal.class, this::onSignal)
        .onMessage(SchedulerMessage.SignalProcess.class, this::onSignalProcess)
        .onMessage(SchedulerMessage.SignalHandled.class, this::onSignalHandled)
        .onMessage(SchedulerMessage.ExitProcess.class, this::onExitProcess)
        .onMessage(SchedulerMessage.LeaveUserMode.class, this::onLeaveUserMode)
        .onMessage(SchedulerMessage.TaskLeft.class, this::onTaskLeft)
        .onMessage(SchedulerMessage.Shootdown.class, this::onShootdown)
        .onMessage(SchedulerMessage.InterruptTaken.class, this::onInterruptTaken)
        .onMessage(SchedulerMessage.AskCores.class, this::onAskCores)
        .onMessage(SchedulerMessage.AskTaskTime.class, this::onAskTaskTime)
        .onMessage(SchedulerMessage.CoreGone.class, this::onCoreGone)
        .onMessage(SchedulerMessage.Freeze.class, this::onFreeze)
        .onMessage(SchedulerMessage.Thaw.class, thaw -> onThaw())
        .onMessage(Slices.Over.class, this::onSliceOver)
        .build();
  }

  private Behavior<SchedulerMessage> onRun(SchedulerMessage.Run run) {
    ScheduledTask task = tasks.of(run.task());
    task.sleeper = null;
    if (task.exiting) {
      run.replyTo().tell(Executed.refused(run.call(), run.task(), "the task has exited"));
      return this;
    }
    CoreMessage.Execute execute =
        new CoreMessage.Execute(
            run.task(),
            run.request(),
            run.burst(),
            Collections.emptyList(),
            run.call(),
            run.replyTo(),
            false,
            task.signalled);
    if (task.core < 0) {
      wake(task, execute);
      return this;
    }
    Place place = places.at(task.core);
    RunQueue queue = places.queueOf(task);
    boolean mayYield = !run.underLock() && !run.burst().preemptOff();
    if (mayYield && !queue.isEmpty() && (place.resched || slices.isOver(place))) {
      preempt(task, execute);
    } else {
      execute(place, execute);
    }
    return this;
  }

  private Behavior<SchedulerMessage> onYielded(SchedulerMessage.Yielded yielded) {
    ScheduledTask task = places.at(yielded.core()).task;
    if (freezer.keeps(yielded.rest())) {
      leaveCore(task);
    } else if (places.queueOf(task).isEmpty()) {
      places.at(yielded.core()).resched = false;
      execute(places.at(yielded.core()), yielded.rest());
    } else {
      preempt(task, yielded.rest());
    }
    return this;
  }

  private Behavior<SchedulerMessage> onBlock(SchedulerMessage.Block block) {
    ScheduledTask task = tasks.known(block.task());
    if (task != null && task.core >= 0) {
      leaveCore(task);
    }
    return this;
  }

  private Behavior<SchedulerMessage> onBlockInterruptibly(
      SchedulerMessage.BlockInterruptibly block) {
    ScheduledTask task = tasks.known(block.task());
    if (task == null) {
      return this;
    }
    if (task.core >= 0) {
      leaveCore(task);
    }
    task.sleep(block.call(), block.replyTo());
    return this;
  }

  private Behavior<SchedulerMessage> onExit(SchedulerMessage.Exit exit) {
    ScheduledTask task = tasks.known(exit.task());
    if (task != null) {
      exit(task);
    }
    return this;
  }

  private Behavior<SchedulerMessage> onExitProcess(SchedulerMessage.ExitProcess exit) {
    tasks.forgetProcess(exit.pid());
    tasks.ofProcess(exit.pid()).forEach(this::exit);
    return this;
  }

  /** A task that may still have a burst on a core keeps it until the core says that it has not. */
  private void exit(ScheduledTask task) {
    if (task.core >= 0) {
      task.exiting = true;
      places.at(task.core).ref.tell(new CoreMessage.Leave(task.ref, null));
    } else if (task.queued) {
      task.exiting = true;
    } else {
      tasks.remove(task);
    }
  }

  private Behavior<SchedulerMessage> onLeaveUserMode(SchedulerMessage.LeaveUserMode leave) {
    TreeSet<Integer> inside = new TreeSet<>();
    for (Place place : places.all()) {
      if (place.task != null && place.task.ref.pid() == leave.pid()) {
        inside.add(place.task.ref.tid());
        place.ref.tell(new CoreMessage.Leave(place.task.ref, leave.pageTable()));
      }
    }
    departures.await(inside, leave.call(), leave.replyTo());
    return this;
  }

  private Behavior<SchedulerMessage> onShootdown(SchedulerMessage.Shootdown shootdown) {
    shootdowns.begin(shootdown, places.all());
    return this;
  }

  private Behavior<SchedulerMessage> onInterruptTaken(SchedulerMessage.InterruptTaken taken) {
    shootdowns.taken(taken.shootdown());
    return this;
  }

  private Behavior<SchedulerMessage> onTaskLeft(SchedulerMessage.TaskLeft left) {
    departures.left(left.task());
    ScheduledTask task = tasks.known(left.task());
    if (task != null && task.exiting && task.core >= 0) {
      tasks.remove(task);
      leaveCore(task);
    }
    return this;
  }

  private Behavior<SchedulerMessage> onSignal(SchedulerMessage.Signal signal) {
    tasks.of(signal.task()).raise();
    return this;
  }

  private Behavior<SchedulerMessage> onSignalProcess(SchedulerMessage.SignalProcess signal) {
    tasks.kill(signal.pid());
    return this;
  }

  private Behavior<SchedulerMessage> onSignalHandled(SchedulerMessage.SignalHandled handled) {
    ScheduledTask task = tasks.known(handled.task());
    if (task != null) {
      task.signalled = false;
    }
    return this;
  }

  private Behavior<SchedulerMessage> onAskCores(SchedulerMessage.AskCores ask) {
    List<ActorRef<CoreMessage.Request>> refs = new ArrayList<>();
    for (Place place : places.all()) {
      refs.add(place.ref);
    }
    ask.replyTo().tell(new SchedulerMessage.Cores(ask.call(), refs));
    return this;
  }

  private Behavior<SchedulerMessage> onAskTaskTime(SchedulerMessage.AskTaskTime ask) {
    ScheduledTask task = tasks.known(ask.task());
    long nanos = task == null ? 0 : places.heldNanos(task, clock.nowNanos());
    ask.replyTo().tell(new SchedulerMessage.TaskTime(ask.call(), nanos));
    return this;
  }

  private Behavior<SchedulerMessage> onCoreGone(SchedulerMessage.CoreGone gone) {
    Place place = places.at(gone.core());
    place.offline = true;
    ScheduledTask task = place.task;
    if (task != null) {
      place.vacate(clock.nowNanos());
      cores.released(task.ref.tid());
    }
    if (gone.unfinished() != null) {
      wake(tasks.known(gone.unfinished().task()), gone.unfinished());
    }
    if (policy == Scheduling.PINNED) {
      rehome(places.queueAt(place));
    }
    return this;
  }

  private Behavior<SchedulerMessage> onFreeze(SchedulerMessage.Freeze freeze) {
    freezer.freeze(freeze.kind(), places.all());
    return this;
  }

  private Behavior<SchedulerMessage> onThaw() {
    freezer.thaw(places.all(), rest -> wake(tasks.known(rest.task()), rest));
    return this;
  }

  private Behavior<SchedulerMessage> onSliceOver(Slices.Over over) {
    Place place = places.at(over.core());
    place.sliceTimer = false;
    if (place.task == null || places.queueOf(place.task).isEmpty()) {
      return this;
    }
    if (place.dispatches == over.dispatch()) {
      askToYield(place);
    } else {
      slices.arm(place);
    }
    return this;
  }

  /** The task wakes up: an idle core, or a place in the queue. */
  private void wake(ScheduledTask task, CoreMessage.Execute execute) {
    long now = clock.nowNanos();
    runTimes.wake(task, places.all(), places.queueOf(task).peek(), now);
    Place idle = places.idleFor(task);
    if (idle != null) {
      dispatch(idle, task, execute);
      return;
    }
    enqueue(task, execute);
    Place victim = policy == Scheduling.WAKEUP_PREEMPT ? places.victimFor(task, now) : null;
    if (victim == null) {
      slices.armAll(places.all());
    } else {
      askToYield(victim);
    }
  }

  private void enqueue(ScheduledTask task, CoreMessage.Execute execute) {
    task.queued = true;
    cores.queued(task.ref.tid(), execute.request().value());
    probe.waiting(KernelServices.timeline(task.ref, execute.request()), cores, 0);
    places.queueOf(task).add(new RunQueue.Ready(execute, task.runTimeNanos));
  }

  /** The tasks of a core that has gone move to where they now belong. */
  private void rehome(RunQueue orphans) {
    for (RunQueue.Ready ready; (ready = orphans.poll()) != null; ) {
      ScheduledTask task = tasks.known(ready.execute().task());
      Place idle = places.idleFor(task);
      if (idle != null) {
        dispatch(idle, task, ready.execute());
      } else {
        places.queueOf(task).add(ready);
      }
    }
  }

  private void preempt(ScheduledTask task, CoreMessage.Execute execute) {
    Place place = places.at(task.core);
    release(place, task);
    enqueue(task, execute);
    fill(place);
  }

  private void leaveCore(ScheduledTask task) {
    Place place = places.at(task.core);
    release(place, task);
    fill(place);
  }

  private void release(Place place, ScheduledTask task) {
    place.vacate(clock.nowNanos());
    place.resched = false;
    cores.released(task.ref.tid());
  }

  private void fill(Place place) {
    RunQueue.Ready next = places.queueAt(place).poll();
    if (next != null) {
      dispatch(place, tasks.known(next.execute().task()), next.execute());
    }
  }

  private void dispatch(Place place, ScheduledTask task, CoreMessage.Execute execute) {
    place.task = task;
    place.sinceNanos = clock.nowNanos();
    place.dispatches++;
    place.resched = false;
    task.queued = false;
    task.core = place.index;
    task.lastCore = place.index;
    cores.acquired(task.ref.tid(), execute.request().value());
    place.busy.acquired(task.ref.tid(), execute.request().value());
    execute(place, CoreMessage.dispatched(execute));
    if (task.exiting) {
      place.ref.tell(new CoreMessage.Leave(task.ref, null));
    }
    if (!places.queueAt(place).isEmpty()) {
      slices.arm(place);
    }
  }

  private void execute(Place place, CoreMessage.Execute execute) {
    probe.serving(KernelServices.timeline(execute.task(), execute.request()), place.busy);
    place.ref.tell(execute);
  }

  private void askToYield(Place place) {
    place.resched = true;
    place.ref.tell(new CoreMessage.Preempt(place.task.ref));
  }
}
