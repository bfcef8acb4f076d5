package dev.ksgx.kernel.cpu;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import dev.ksgx.hardware.cpu.LogicalProcessor;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.kernel.check.Inspection;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.launch.LaunchKey;
import dev.ksgx.protocol.message.CoreMessage;
import dev.ksgx.protocol.message.Executed;
import dev.ksgx.protocol.message.SchedulerMessage;
import dev.ksgx.protocol.message.Step;
import dev.ksgx.protocol.message.StepResult;
import dev.ksgx.runtime.RuntimeExtension;
import dev.ksgx.runtime.clock.Clock;
import dev.ksgx.runtime.random.RandomStreams;
import java.util.ArrayList;
import java.util.List;

/**
 * A logical processor at work: executes the burst of the task that the scheduler put on it, step by
 * step, each step for as long as the cost model says. A leaf begins when its step begins and is
 * published when the step ends; in between, other cores meet its access words.
 */
public final class Core extends AbstractBehavior<CoreMessage> {
  /**
   * The running step goes on. One that was cut or re-timed meanwhile has another: who is told and
   * is not the expected one comes too late.
   */
  private static final class GoOn implements CoreMessage {}

  private static final String KILLED = "a fatal signal ended the thread";

  private final int index;
  private final LogicalProcessor processor;
  private final ActorRef<SchedulerMessage.Request> scheduler;
  private final Clock clock;
  private final Durations durations;
  private final CoreTime time;
  private final CoreCounters counters;
  private final Steps steps;
  private final TimeSplit split;
  private final Frost frost = new Frost();

  private CoreMessage.Execute running;
  private List<StepResult> results;
  private int step;
  private StepRun current;
  private GoOn expected = new GoOn();
  private boolean switchDue;
  private boolean yieldDue;
  private boolean leaving;
  private boolean offline;

  public static Behavior<CoreMessage.Request> create(
      int index,
      LogicalProcessor processor,
      ActorRef<SchedulerMessage.Request> scheduler,
      KernelConfig config) {
    return Behaviors.<CoreMessage>setup(
            context -> new Core(context, index, processor, scheduler, config))
        .narrow();
  }

  private Core(
      ActorContext<CoreMessage> context,
      int index,
      LogicalProcessor processor,
      ActorRef<SchedulerMessage.Request> scheduler,
      KernelConfig config) {
    super(context);
    RuntimeExtension runtime = RuntimeExtension.get(context.getSystem());
    RandomStreams random = runtime.random();
    this.index = index;
    this.processor = processor;
    this.scheduler = scheduler;
    this.clock = runtime.clock();
    this.durations = new Durations(config, random.stream("jitter-core-" + index));
    this.counters = new CoreCounters(index);
    Interrupts interrupts = new Interrupts(random.stream("interrupts-core-" + index), config);
    this.time = new CoreTime(durations, interrupts, counters);
    this.steps = new Steps(processor, durations, time, counters, runtime.probe());
    this.split = new TimeSplit(runtime.probe(), time, durations);
    LaunchKey.writesAtLoad(config.launch()).forEach(w -> processor.wrmsr(w.msr(), w.value()));
  }

  @Override
  public Receive<CoreMessage> createReceive() {
    return newReceiveBuilder()
        .onMessage(CoreMessage.Execute.class, this::onExecute)
        .onMessage(GoOn.class, this::onGoOn)
        .onMessage(CoreMessage.Preempt.class, this::onPreempt)
        .onMessage(CoreMessage.Leave.class, this::onLeave)
        .onMessage(CoreMessage.Shootdown.class, this::onShootdown)
        .onMessage(CoreMessage.WriteMsrs.class, this::onWriteMsrs)
        .onMessage(CoreMessage.Interrupt.class, interrupt -> onInterrupt())
        .onMessage(CoreMessage.FailNextLeaf.class, fail -> onFailNextLeaf())
        .onMessage(CoreMessage.Freeze.class, this::onFreeze)
        .onMessage(CoreMessage.Stop.class, this::onStop)
        .onMessage(CoreMessage.Thaw.class, thaw -> onThaw())
        .onMessage(CoreMessage.Unplug.class, unplug -> onUnplug())
        .onMessage(CoreMessage.ResetCounters.class, reset -> onResetCounters())
        .onMessage(CoreMessage.AskCounters.class, this::onAskCounters)
        .build();
  }

  private Behavior<CoreMessage> onExecute(CoreMessage.Execute execute) {
    if (offline) {
      scheduler.tell(new SchedulerMessage.CoreGone(index, execute));
      return this;
    }
    if (frost.holds(execute)) {
      return this;
    }
    running = execute;
    results = new ArrayList<>(execute.earlier());
    step = 0;
    switchDue = execute.dispatched();
    yieldDue = false;
    split.begins(execute, clock.nowNanos());
    goOn();
    return this;
  }

  private Behavior<CoreMessage> onGoOn(GoOn on) {
    if (on == expected && current != null) {
      goOn();
    }
    return this;
  }

  /** Run steps until one takes time or the burst is over. */
  private void goOn() {
    while (running != null) {
      if (current == null && !begin()) {
        return;
      }
      long now = clock.nowNanos();
      if (current.endNanos > now) {
        clock.tellAt(current.endNanos, getContext().getSelf(), expected);
        return;
      }
      if (current.visit == null) {
        end();
        continue;
      }
      EnclaveVisit.Progress progress = current.visit.goOn(now);
      current.endNanos = current.visit.nextNanos();
      switch (progress) {
        case TAKES_TIME -> {}
        case BREATHES -> {
          getContext().getSelf().tell(expected);
          return;
        }
        case YIELDS -> giveUp(current.visit.rest());
        case OVER -> end();
      }
    }
  }

  /** The running step goes on at another instant than was set. */
  private void retime() {
    expected = new GoOn();
    goOn();
  }

  /** Begins the next step, unless user mode is where the task must not go now. */
  private boolean begin() {
    Step next = runningStep();
    if (Steps.inUserMode(next) && leaving) {
      leave(KILLED);
      return false;
    }
    boolean yields = yieldDue || frost.keepsOutOfUserMode(running.task());
    if (Steps.inUserMode(next) && yields && !running.burst().preemptOff()) {
      giveUp(next);
      return false;
    }
    current = steps.begin(next, clock.nowNanos(), switchDue);
    switchDue = false;
    return true;
  }

  private Step runningStep() {
    return running.burst().steps().get(step);
  }

  private void end() {
    StepResult result = steps.end(current);
    split.ended(runningStep(), current, result, clock.nowNanos());
    current = null;
    results.add(result);
    step++;
    if (step == running.burst().steps().size() || Steps.failed(result)) {
      burstOver();
    }
  }

  private void burstOver() {
    CoreMessage.Execute done = running;
    running = null;
    done.replyTo()
        .tell(
            new Executed(
                done.call(), done.task(), index, List.copyOf(results), done.signalPending()));
    if (leaving) {
      leaving = false;
      scheduler.tell(new SchedulerMessage.TaskLeft(done.task()));
    }
    frost.idle();
  }

  /** A visit that must not go on ends as if it had faulted; kernel code ends its burst first. */
  private Behavior<CoreMessage> onLeave(CoreMessage.Leave leave) {
    if (running == null || !running.task().equals(leave.task())) {
      scheduler.tell(new SchedulerMessage.TaskLeft(leave.task()));
      return this;
    }
    boolean dies = leave.pageTable() == null;
    EnclaveVisit visit = current.visit;
    if (visit != null && (dies || visit.translation() == leave.pageTable())) {
      visit.stop(clock.nowNanos());
      leaving = true;
      leave(dies ? KILLED : "the enclave was unmapped meanwhile");
    } else if (dies) {
      leaving = true;
      if (runningStep() instanceof Step.Compute) {
        leave(KILLED);
      }
    } else {
      scheduler.tell(new SchedulerMessage.TaskLeft(leave.task()));
    }
    return this;
  }

  private void leave(String why) {
    StepResult left = new StepResult.Left(Bytes.zeros(0), why);
    split.ended(runningStep(), current, left, clock.nowNanos());
    results.add(left);
    current = null;
    expected = new GoOn();
    burstOver();
  }

  /**
   * User mode is cut at once, a visit by an asynchronous exit; kernel code goes on to the end of
   * its burst, or to the point where the burst goes to user mode.
   */
  private Behavior<CoreMessage> onPreempt(CoreMessage.Preempt preempt) {
    if (running == null
        || running.task().tid() != preempt.task().tid()
        || running.burst().preemptOff()) {
      return this;
    }
    long now = clock.nowNanos();
    if (current.visit != null) {
      current.visit.yield(now);
      current.endNanos = current.visit.nextNanos();
      retime();
    } else if (runningStep() instanceof Step.Compute) {
      giveUp(new Step.Compute(durations.cycles(Math.max(0, current.endNanos - now))));
    } else {
      yieldDue = true;
    }
    return this;
  }

  /** The core is for others now; {@code next} is what the task goes on with. */
  private void giveUp(Step next) {
    split.ended(runningStep(), current, null, clock.nowNanos());
    CoreMessage.Execute unfinished = running.rest(next, step, results);
    running = null;
    current = null;
    expected = new GoOn();
    scheduler.tell(new SchedulerMessage.Yielded(index, unfinished));
    frost.idle();
  }

  private Behavior<CoreMessage> onInterrupt() {
    if (current == null) {
      time.interruptPending();
    } else {
      interrupt(time.handler());
      retime();
    }
    return this;
  }

  private void interrupt(long handlerNanos) {
    long now = clock.nowNanos();
    if (current.visit != null) {
      current.visit.interrupt(now, handlerNanos);
      current.endNanos = current.visit.nextNanos();
    } else {
      time.interruptNow(current, now, handlerNanos);
    }
  }

  /**
   * Whoever is inside an enclave is out when the sender hears of it, and may be back at once: with
   * the page tables as they are now.
   */
  private Behavior<CoreMessage> onShootdown(CoreMessage.Shootdown shootdown) {
    boolean disturbs = current != null;
    if (disturbs) {
      counters.shootdowns++;
      interrupt(time.crossCall());
    }
    scheduler.tell(new SchedulerMessage.InterruptTaken(shootdown.shootdown()));
    if (disturbs) {
      retime();
    }
    return this;
  }

  private Behavior<CoreMessage> onWriteMsrs(CoreMessage.WriteMsrs ask) {
    if (!offline) {
      long nanos = steps.crossCall(ask.writes());
      if (current != null) {
        interrupt(nanos);
        retime();
      }
    }
    ask.replyTo().tell(new CoreMessage.MsrsWritten(ask.call()));
    return this;
  }

  private Behavior<CoreMessage> onFailNextLeaf() {
    processor.failNextLeafWithConflict();
    Inspection.of(getContext().getSystem()).conflictInjected();
    return this;
  }

  /**
   * What is in flight is aborted, nothing of it is published; the burst goes on elsewhere, a
   * preempt-off section from its start, since its later steps rely on what the earlier ones did to
   * this core.
   */
  private Behavior<CoreMessage> onUnplug() {
    CoreMessage.Execute unfinished = null;
    if (running != null) {
      Step next = runningStep();
      if (current.leaf != null) {
        current.leaf.abort();
      } else if (current.visit != null) {
        current.visit.stop(clock.nowNanos());
        next = current.visit.rest();
      }
      split.ended(runningStep(), current, null, clock.nowNanos());
      unfinished = running.burst().preemptOff() ? running : running.rest(next, step, results);
    }
    offline = true;
    running = null;
    current = null;
    expected = new GoOn();
    scheduler.tell(new SchedulerMessage.CoreGone(index, unfinished));
    if (leaving) {
      leaving = false;
      scheduler.tell(new SchedulerMessage.TaskLeft(unfinished.task()));
    }
    frost.idle();
    return this;
  }

  private Behavior<CoreMessage> onFreeze(CoreMessage.Freeze freeze) {
    frost.freeze(freeze.kind());
    return running != null && frost.keepsOutOfUserMode(running.task())
        ? onPreempt(new CoreMessage.Preempt(running.task()))
        : this;
  }

  private Behavior<CoreMessage> onStop(CoreMessage.Stop stop) {
    frost.stop(stop, running == null);
    return this;
  }

  private Behavior<CoreMessage> onThaw() {
    CoreMessage.Execute next = frost.thaw();
    return next == null ? this : onExecute(next);
  }

  private Behavior<CoreMessage> onResetCounters() {
    counters.reset();
    return this;
  }

  private Behavior<CoreMessage> onAskCounters(CoreMessage.AskCounters ask) {
    ask.replyTo().tell(counters.answer(ask.call(), durations));
    return this;
  }
}
