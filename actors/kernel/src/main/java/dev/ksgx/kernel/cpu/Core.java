package dev.ksgx.kernel.cpu;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import dev.ksgx.hardware.cpu.LogicalProcessor;
import dev.ksgx.hardware.leaf.AccessResult;
import dev.ksgx.hardware.leaf.Leaf;
import dev.ksgx.hardware.leaf.LeafResult;
import dev.ksgx.hardware.leaf.Status;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.cost.Cost;
import dev.ksgx.protocol.message.Burst;
import dev.ksgx.protocol.message.CoreMessage;
import dev.ksgx.protocol.message.Executed;
import dev.ksgx.protocol.message.SchedulerMessage;
import dev.ksgx.protocol.message.Step;
import dev.ksgx.protocol.message.StepResult;
import dev.ksgx.protocol.message.Work;
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
  /** The running step is over, unless it was cut or re-timed meanwhile. */
  private record StepOver(long timing) implements CoreMessage {}

  /** Step of isa.md 6.1 at which EINIT first looks for events. */
  private static final int EINIT_POLL_STEP = 5;

  private final int index;
  private final LogicalProcessor processor;
  private final ActorRef<SchedulerMessage.Request> scheduler;
  private final Clock clock;
  private final Durations durations;
  private final CoreTime time;
  private final CoreCounters counters;

  private CoreMessage.Execute running;
  private List<StepResult> results;
  private int step;
  private StepRun current;
  private long timing;
  private boolean switchDue;
  private boolean leaving;
  private boolean offline;

  public static Behavior<CoreMessage.Request> create(
      int index,
      LogicalProcessor processor,
      ActorRef<SchedulerMessage.Request> scheduler,
      KernelConfig config,
      Clock clock,
      RandomStreams random) {
    return Behaviors.<CoreMessage>setup(
            context -> new Core(context, index, processor, scheduler, config, clock, random))
        .narrow();
  }

  private Core(
      ActorContext<CoreMessage> context,
      int index,
      LogicalProcessor processor,
      ActorRef<SchedulerMessage.Request> scheduler,
      KernelConfig config,
      Clock clock,
      RandomStreams random) {
    super(context);
    this.index = index;
    this.processor = processor;
    this.scheduler = scheduler;
    this.clock = clock;
    this.durations = new Durations(config, random.stream("jitter-core-" + index));
    this.counters = new CoreCounters(index);
    this.time =
        new CoreTime(
            durations,
            new Interrupts(
                random.stream("interrupts-core-" + index),
                config.timerHz(),
                config.deviceInterruptsPerSecond()),
            counters);
  }

  @Override
  public Receive<CoreMessage> createReceive() {
    return newReceiveBuilder()
        .onMessage(CoreMessage.Execute.class, this::onExecute)
        .onMessage(StepOver.class, this::onStepOver)
        .onMessage(CoreMessage.Preempt.class, this::onPreempt)
        .onMessage(CoreMessage.Leave.class, this::onLeave)
        .onMessage(CoreMessage.Interrupt.class, interrupt -> onInterrupt())
        .onMessage(CoreMessage.FailNextLeaf.class, fail -> onFailNextLeaf())
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
    running = execute;
    results = new ArrayList<>(execute.earlier());
    step = 0;
    switchDue = execute.dispatched();
    advance();
    return this;
  }

  /** Run steps until one takes time or the burst is over. */
  private void advance() {
    while (running != null) {
      begin();
      if (current.endNanos > clock.nowNanos()) {
        timing++;
        clock.tellAt(current.endNanos, getContext().getSelf(), new StepOver(timing));
        return;
      }
      end();
    }
  }

  private Behavior<CoreMessage> onStepOver(StepOver over) {
    if (over.timing() == timing && current != null) {
      end();
      advance();
    }
    return this;
  }

  private void begin() {
    long now = clock.nowNanos();
    time.skipTo(now);
    current = new StepRun();
    long nanos = 0;
    if (switchDue) {
      nanos += durations.software(Work.CONTEXT_SWITCH, 1);
      switchDue = false;
    }
    Step next = running.burst().steps().get(step);
    if (next instanceof Step.Encls encls) {
      beginLeaf(encls, now, nanos);
      return;
    }
    if (next instanceof Step.Software software) {
      nanos += durations.software(software.work(), software.times());
      current.result = StepResult.Done.DONE;
    } else if (next instanceof Step.Compute compute) {
      nanos += durations.compute(compute.cycles());
      current.result = StepResult.Done.DONE;
    } else if (next instanceof Step.Wrmsr wrmsr) {
      nanos += durations.of(Cost.WRMSR);
      current.result = new StepResult.Msr(processor.wrmsr(wrmsr.msr(), wrmsr.value()).ok());
      counters.msrWrites++;
    } else if (next instanceof Step.Enter enter) {
      current.visit = EnclaveVisit.begin(processor, enter, durations);
      nanos += current.visit.nanos();
      current.result = current.visit.result();
    } else if (next instanceof Step.Access access) {
      nanos += durations.of(Cost.ENCLAVE_ACCESS);
      current.result = new StepResult.Accessed(access(access));
    }
    current.endNanos = time.delayed(now + nanos);
  }

  private AccessResult access(Step.Access access) {
    processor.useTranslation(access.translation());
    return access.data() == null
        ? processor.load(access.linear(), access.length())
        : processor.store(access.linear(), access.data());
  }

  private void beginLeaf(Step.Encls encls, long now, long switchNanos) {
    current.leaf = processor.begin(encls.request());
    LeafResult result = current.leaf.result();
    long nanos = durations.leaf(encls.request(), result);
    if (result.leaf() != Leaf.EINIT) {
      current.endNanos = time.delayed(now + switchNanos + nanos);
      return;
    }
    counters.einits++;
    current.polls = result.isOk() || result.step() > EINIT_POLL_STEP;
    time.planEinit(current, time.takeUntil(now + switchNanos), nanos);
  }

  private void end() {
    StepRun over = current;
    current = null;
    if (over.leaf != null) {
      over.result = endLeaf(over);
    } else if (over.visit != null) {
      over.visit.leave();
    }
    results.add(over.result);
    step++;
    if (step == running.burst().steps().size() || failed(over.result)) {
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
  }

  /** A visit that must not go on ends as if it had faulted; kernel code ends its burst first. */
  private Behavior<CoreMessage> onLeave(CoreMessage.Leave leave) {
    if (running == null || !running.task().equals(leave.task())) {
      scheduler.tell(new SchedulerMessage.TaskLeft(leave.task()));
      return this;
    }
    Step now = running.burst().steps().get(step);
    boolean dies = leave.pageTable() == null;
    boolean visits =
        now instanceof Step.Enter enter && (dies || enter.translation() == leave.pageTable());
    if (visits || dies && now instanceof Step.Compute) {
      if (current.visit != null) {
        current.visit.leave();
      }
      results.add(
          new StepResult.Left(
              Bytes.zeros(0),
              dies ? "a fatal signal ended the thread" : "the enclave was unmapped meanwhile"));
      current = null;
      timing++;
      leaving = true;
      burstOver();
    } else if (dies) {
      leaving = true;
    } else {
      scheduler.tell(new SchedulerMessage.TaskLeft(leave.task()));
    }
    return this;
  }

  private StepResult endLeaf(StepRun over) {
    LeafResult result;
    if (over.interrupted) {
      result = over.leaf.abort128();
      counters.einitRetries++;
    } else {
      over.leaf.end();
      result = over.leaf.result();
    }
    if (result.leaf() == Leaf.EINIT && !result.isOk()) {
      counters.wastedNanos += over.leafNanos;
    }
    if (result.conflict()) {
      counters.conflicts++;
    }
    if (result.leaf() == Leaf.ETRACK && result.isOk()) {
      counters.tracks++;
    }
    boolean written =
        result.leaf() == Leaf.EWB && (result.isOk() || result.status() == Status.INFO);
    return new StepResult.Leaf(result, over.leaf.rbx(), written ? over.leaf.evicted() : null);
  }

  private static boolean failed(StepResult result) {
    if (result instanceof StepResult.Leaf leaf) {
      return !leaf.result().isOk();
    }
    if (result instanceof StepResult.Msr msr) {
      return !msr.ok();
    }
    if (result instanceof StepResult.Accessed accessed) {
      return accessed.result().isFault();
    }
    return result instanceof StepResult.Left left && !left.fault().isEmpty();
  }

  /** User-mode computing is cut at once; anything else ends its burst first. */
  private Behavior<CoreMessage> onPreempt(CoreMessage.Preempt preempt) {
    if (running == null || current == null || running.task().tid() != preempt.task().tid()) {
      return this;
    }
    List<Step> steps = running.burst().steps();
    if (running.burst().preemptOff() || !(steps.get(step) instanceof Step.Compute)) {
      return this;
    }
    long left = Math.max(0, current.endNanos - clock.nowNanos());
    List<Step> rest = new ArrayList<>();
    rest.add(new Step.Compute(durations.cycles(left)));
    rest.addAll(steps.subList(step + 1, steps.size()));
    giveUp(new Burst(rest, false));
    return this;
  }

  private void giveUp(Burst rest) {
    CoreMessage.Execute unfinished = withRest(rest);
    running = null;
    current = null;
    timing++;
    scheduler.tell(new SchedulerMessage.Yielded(index, unfinished));
  }

  private CoreMessage.Execute withRest(Burst rest) {
    return new CoreMessage.Execute(
        running.task(),
        running.request(),
        rest,
        List.copyOf(results),
        running.call(),
        running.replyTo(),
        false,
        running.signalPending());
  }

  private Behavior<CoreMessage> onInterrupt() {
    if (current == null) {
      time.interruptPending();
      return this;
    }
    time.interruptNow(current, clock.nowNanos());
    timing++;
    clock.tellAt(current.endNanos, getContext().getSelf(), new StepOver(timing));
    return this;
  }

  private Behavior<CoreMessage> onFailNextLeaf() {
    processor.failNextLeafWithConflict();
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
      if (current != null && current.leaf != null) {
        current.leaf.abort();
      } else if (current != null && current.visit != null) {
        current.visit.leave();
      }
      unfinished = running.burst().preemptOff() ? running : withRest(restOfBurst());
    }
    offline = true;
    running = null;
    current = null;
    timing++;
    scheduler.tell(new SchedulerMessage.CoreGone(index, unfinished));
    if (leaving) {
      leaving = false;
      scheduler.tell(new SchedulerMessage.TaskLeft(unfinished.task()));
    }
    return this;
  }

  private Burst restOfBurst() {
    List<Step> steps = running.burst().steps();
    return new Burst(steps.subList(step, steps.size()), false);
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
