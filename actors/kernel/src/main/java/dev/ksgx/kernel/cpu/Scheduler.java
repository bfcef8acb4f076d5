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
import dev.ksgx.protocol.message.SchedulerMessage;
import dev.ksgx.runtime.Children;
import dev.ksgx.runtime.clock.Clock;
import dev.ksgx.runtime.probe.Probe;
import dev.ksgx.runtime.probe.Resource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Who runs where. A task holds the core it was given until it blocks, exits, or is preempted
 * between two bursts (or inside user-mode computing); kernel code is not preempted elsewhere, as in
 * a kernel of 2017 without full preemption.
 */
public final class Scheduler extends AbstractBehavior<SchedulerMessage> {
  /** The slice of the task on the core is over (first come first served with a quantum). */
  private record SliceOver(int core, long dispatch) implements SchedulerMessage {}

  private final Clock clock;
  private final Probe probe;
  private final Scheduling policy;
  private final long sliceNanos;
  private final Resource cores;
  private final Place[] places;
  private final RunQueue[] queues;
  private final Map<Integer, ScheduledTask> tasks = new TreeMap<>();

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
    this.policy = config.scheduling();
    this.sliceNanos = config.sliceNanos();
    this.cores = probe.resource("cores", config.cores());
    this.places = new Place[config.cores()];
    this.queues = new RunQueue[policy == Scheduling.PINNED ? config.cores() : 1];
    for (int i = 0; i < queues.length; i++) {
      queues[i] =
          policy == Scheduling.WAKEUP_PREEMPT
              ? RunQueue.wokenFirst(sliceNanos)
              : RunQueue.firstComeFirstServed();
    }
    for (int i = 0; i < places.length; i++) {
      places[i] =
          new Place(
              i,
              probe.resource("core-" + i, "core", 1),
              Children.spawn(
                  context, coreFactory.create(i, context.getSelf().narrow()), "core-" + i));
    }
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
        .onMessage(SchedulerMessage.AskCores.class, this::onAskCores)
        .onMessage(SchedulerMessage.CoreGone.class, this::onCoreGone)
        .onMessage(SliceOver.class, this::onSliceOver)
        .build();
  }

  private Behavior<SchedulerMessage> onRun(SchedulerMessage.Run run) {
    ScheduledTask task = tasks.get(run.task().tid());
    if (task == null) {
      task = new ScheduledTask(run.task());
      tasks.put(run.task().tid(), task);
    }
    task.sleeper = null;
    CoreMessage.Execute execute =
        new CoreMessage.Execute(
            run.task(),
            run.request(),
            run.burst(),
            Collections.emptyList(),
            run.call(),
            run.replyTo(),
            task.signalled);
    if (task.core < 0) {
      wake(task, execute);
      return this;
    }
    Place place = places[task.core];
    RunQueue queue = queueOf(task);
    if (!queue.isEmpty() && (place.resched || sliceIsOver(place)) && !run.burst().preemptOff()) {
      preempt(task, execute);
    } else {
      execute(place, execute);
    }
    return this;
  }

  private Behavior<SchedulerMessage> onYielded(SchedulerMessage.Yielded yielded) {
    ScheduledTask task = places[yielded.core()].task;
    if (queueOf(task).isEmpty()) {
      places[yielded.core()].resched = false;
      execute(places[yielded.core()], yielded.rest());
    } else {
      preempt(task, yielded.rest());
    }
    return this;
  }

  private Behavior<SchedulerMessage> onBlock(SchedulerMessage.Block block) {
    ScheduledTask task = tasks.get(block.task().tid());
    if (task != null && task.core >= 0) {
      leaveCore(task);
    }
    return this;
  }

  private Behavior<SchedulerMessage> onBlockInterruptibly(
      SchedulerMessage.BlockInterruptibly block) {
    ScheduledTask task = tasks.get(block.task().tid());
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
    ScheduledTask task = tasks.remove(exit.task().tid());
    if (task != null && task.core >= 0) {
      leaveCore(task);
    }
    return this;
  }

  private Behavior<SchedulerMessage> onExitProcess(SchedulerMessage.ExitProcess exit) {
    for (ScheduledTask task : List.copyOf(tasks.values())) {
      if (task.ref.pid() == exit.pid()) {
        onExit(new SchedulerMessage.Exit(task.ref));
      }
    }
    return this;
  }

  private Behavior<SchedulerMessage> onSignal(SchedulerMessage.Signal signal) {
    ScheduledTask task = tasks.get(signal.task().tid());
    if (task != null) {
      task.raise();
    }
    return this;
  }

  private Behavior<SchedulerMessage> onSignalProcess(SchedulerMessage.SignalProcess signal) {
    for (ScheduledTask task : tasks.values()) {
      if (task.ref.pid() == signal.pid()) {
        task.raise();
      }
    }
    return this;
  }

  private Behavior<SchedulerMessage> onSignalHandled(SchedulerMessage.SignalHandled handled) {
    ScheduledTask task = tasks.get(handled.task().tid());
    if (task != null) {
      task.signalled = false;
    }
    return this;
  }

  private Behavior<SchedulerMessage> onAskCores(SchedulerMessage.AskCores ask) {
    List<ActorRef<CoreMessage.Request>> refs = new ArrayList<>();
    for (Place place : places) {
      refs.add(place.ref);
    }
    ask.replyTo().tell(new SchedulerMessage.Cores(ask.call(), refs));
    return this;
  }

  private Behavior<SchedulerMessage> onCoreGone(SchedulerMessage.CoreGone gone) {
    Place place = places[gone.core()];
    place.offline = true;
    ScheduledTask task = place.task;
    if (task != null) {
      place.task = null;
      task.core = -1;
      place.busy.released(task.ref.tid());
      cores.released(task.ref.tid());
    }
    if (gone.unfinished() != null) {
      wake(tasks.get(gone.unfinished().task().tid()), gone.unfinished());
    }
    if (policy == Scheduling.PINNED) {
      rehome(queues[gone.core()]);
    }
    return this;
  }

  private Behavior<SchedulerMessage> onSliceOver(SliceOver over) {
    Place place = places[over.core()];
    place.sliceTimer = false;
    if (place.task == null || queueOf(place.task).isEmpty()) {
      return this;
    }
    if (place.dispatches == over.dispatch()) {
      askToYield(place);
    } else {
      armSlice(place);
    }
    return this;
  }

  /** The task wakes up: an idle core, or a place in the queue. */
  private void wake(ScheduledTask task, CoreMessage.Execute execute) {
    Place idle = idlePlaceFor(task);
    if (idle != null) {
      dispatch(idle, task, execute);
      return;
    }
    cores.queued(task.ref.tid(), execute.request().value());
    probe.waiting(KernelServices.timeline(task.ref, execute.request()), cores, 0);
    queueOf(task).addWoken(new RunQueue.Ready(execute, clock.nowNanos()));
    if (policy == Scheduling.WAKEUP_PREEMPT) {
      Place longest = longestRunning();
      if (longest != null) {
        askToYield(longest);
      }
    } else {
      Place victim = policy == Scheduling.PINNED ? places[home(task)] : longestRunning();
      if (victim != null && victim.task != null) {
        armSlice(victim);
      }
    }
  }

  /** The tasks of a core that has gone move to where they now belong. */
  private void rehome(RunQueue orphans) {
    for (RunQueue.Ready ready; (ready = orphans.poll(clock.nowNanos())) != null; ) {
      ScheduledTask task = tasks.get(ready.execute().task().tid());
      Place idle = idlePlaceFor(task);
      if (idle != null) {
        dispatch(idle, task, ready.execute());
      } else {
        queueOf(task).addWoken(ready);
      }
    }
  }

  private void preempt(ScheduledTask task, CoreMessage.Execute execute) {
    Place place = places[task.core];
    release(place, task);
    cores.queued(task.ref.tid(), execute.request().value());
    probe.waiting(KernelServices.timeline(task.ref, execute.request()), cores, 0);
    queueOf(task).addPreempted(new RunQueue.Ready(execute, clock.nowNanos()));
    fill(place);
  }

  private void leaveCore(ScheduledTask task) {
    Place place = places[task.core];
    release(place, task);
    fill(place);
  }

  private void release(Place place, ScheduledTask task) {
    place.task = null;
    place.resched = false;
    task.core = -1;
    place.busy.released(task.ref.tid());
    cores.released(task.ref.tid());
  }

  private void fill(Place place) {
    RunQueue.Ready next = queues[queues.length == 1 ? 0 : place.index].poll(clock.nowNanos());
    if (next != null) {
      dispatch(place, tasks.get(next.execute().task().tid()), next.execute());
    }
  }

  private void dispatch(Place place, ScheduledTask task, CoreMessage.Execute execute) {
    place.task = task;
    place.sinceNanos = clock.nowNanos();
    place.dispatches++;
    place.resched = false;
    task.core = place.index;
    task.lastCore = place.index;
    cores.acquired(task.ref.tid(), execute.request().value());
    place.busy.acquired(task.ref.tid(), execute.request().value());
    execute(place, execute);
    if (policy != Scheduling.WAKEUP_PREEMPT && !queueOf(task).isEmpty()) {
      armSlice(place);
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

  private void armSlice(Place place) {
    if (!place.sliceTimer) {
      place.sliceTimer = true;
      clock.tellAt(
          place.sinceNanos + sliceNanos,
          getContext().getSelf(),
          new SliceOver(place.index, place.dispatches));
    }
  }

  private boolean sliceIsOver(Place place) {
    return clock.nowNanos() - place.sinceNanos >= sliceNanos;
  }

  private Place idlePlaceFor(ScheduledTask task) {
    if (policy == Scheduling.PINNED) {
      Place place = places[home(task)];
      return place.isIdle() ? place : null;
    }
    if (task.lastCore >= 0 && places[task.lastCore].isIdle()) {
      return places[task.lastCore];
    }
    for (Place place : places) {
      if (place.isIdle()) {
        return place;
      }
    }
    return null;
  }

  /** The core whose task has run longest and has not been asked to yield yet, or null. */
  private Place longestRunning() {
    Place longest = null;
    for (Place place : places) {
      if (place.task != null
          && !place.resched
          && (longest == null || place.sinceNanos < longest.sinceNanos)) {
        longest = place;
      }
    }
    return longest;
  }

  /** The core that a pinned task has for its whole life; the next one online if that has gone. */
  private int home(ScheduledTask task) {
    int core = Math.floorMod(task.ref.tid(), places.length);
    for (int i = 0; i < places.length && places[core].offline; i++) {
      core = (core + 1) % places.length;
    }
    return core;
  }

  private RunQueue queueOf(ScheduledTask task) {
    return queues[policy == Scheduling.PINNED ? home(task) : 0];
  }
}
