package dev.ksgx.protocol.message;

import akka.actor.typed.ActorRef;
import dev.ksgx.hardware.leaf.Translation;
import dev.ksgx.protocol.abi.RequestId;
import dev.ksgx.protocol.abi.TaskRef;
import java.util.ArrayList;
import java.util.List;

/** Root of what a core receives. A core alone holds a logical processor: only it runs leaves. */
public interface CoreMessage {
  /** What others may send to a core. */
  sealed interface Request extends CoreMessage {}

  /**
   * The scheduler has put {@code task} on this core: execute its burst.
   *
   * @param earlier results of steps that ran before the burst was cut; empty at first
   * @param dispatched the task comes onto the core with it: a context switch
   * @param signalPending a signal waits for the task
   */
  record Execute(
      TaskRef task,
      RequestId request,
      Burst burst,
      List<StepResult> earlier,
      long call,
      ActorRef<? super Executed> replyTo,
      boolean dispatched,
      boolean signalPending)
      implements Request {

    /**
     * What is left of it when it was cut.
     *
     * @param next what is left of step {@code step}
     * @param results of the steps before
     */
    public Execute rest(Step next, int step, List<StepResult> results) {
      List<Step> all = burst.steps();
      List<Step> rest = new ArrayList<>(all.size() - step);
      rest.add(next);
      rest.addAll(all.subList(step + 1, all.size()));
      return new Execute(
          task,
          request,
          new Burst(rest, false),
          List.copyOf(results),
          call,
          replyTo,
          false,
          signalPending);
    }
  }

  /** Execute, by a task that comes onto the core with it. */
  static Execute dispatched(Execute execute) {
    return new Execute(
        execute.task(),
        execute.request(),
        execute.burst(),
        execute.earlier(),
        execute.call(),
        execute.replyTo(),
        true,
        execute.signalPending());
  }

  /** The scheduler wants the core for another task as soon as the running step allows it. */
  record Preempt(TaskRef task) implements Request {}

  /**
   * If {@code task} runs in user mode here (inside the enclave behind {@code pageTable}, or
   * anything if that is null) it stops at once: its burst ends as if the step had faulted. The
   * scheduler is told {@link SchedulerMessage.TaskLeft} when it has.
   */
  record Leave(TaskRef task, Translation pageTable) implements Request {}

  /**
   * An interrupt by another core, so that threads inside enclaves leave. The scheduler is told
   * {@link SchedulerMessage.InterruptTaken} once it has been taken.
   */
  record Shootdown(long shootdown) implements Request {}

  /**
   * An interrupt from outside, now. A core that is idle takes it in its next burst, an EINIT at its
   * first poll.
   */
  enum Interrupt implements Request {
    NOW
  }

  /** The core goes offline: what it has in flight is aborted and the burst moves elsewhere. */
  enum Unplug implements Request {
    NOW
  }

  /**
   * Tasks of that kind go to user mode no more: one that is there is cut and given back by {@link
   * SchedulerMessage.Yielded}, one that comes there too.
   */
  record Freeze(TaskRef.Kind kind) implements Request {}

  /**
   * The processor goes offline for the time of a sleep: after what runs now it runs nothing.
   * Answered with {@link Stopped}.
   */
  record Stop(long call, ActorRef<? super Stopped> replyTo) implements Request {}

  /** The end of {@link Stop} and {@link Freeze}. */
  enum Thaw implements Request {
    NOW
  }

  /** Nothing runs on the core: it is outside enclaves and has no leaf in flight. */
  record Stopped(long call) implements Reply {}

  /** The next leaf of this core answers with its table conflict (isa.md 3.2). */
  enum FailNextLeaf implements Request {
    CONFLICT
  }

  /**
   * A cross call of the kernel: write these registers in an interrupt, now. Answered with {@link
   * MsrsWritten}; a core that is offline writes nothing.
   */
  record WriteMsrs(List<Step.Wrmsr> writes, long call, ActorRef<? super MsrsWritten> replyTo)
      implements Request {
    public WriteMsrs {
      writes = List.copyOf(writes);
    }
  }

  /** The cross call has been taken. */
  record MsrsWritten(long call) implements Reply {}

  /** Zero the counters of {@link Counters}. */
  enum ResetCounters implements Request {
    NOW
  }

  /** Tell the counters. */
  record AskCounters(long call, ActorRef<? super Counters> replyTo) implements Request {}

  /**
   * What a core has counted.
   *
   * @param core index
   * @param einits EINITs executed, whatever their outcome
   * @param einitRetries EINITs that ended with SGX_UNMASKED_EVENT
   * @param wastedCycles cycles in EINITs that did not initialise an enclave
   * @param msrWrites WRMSRs executed
   * @param interrupts interrupts taken while a task ran
   * @param conflicts leaves that met a table conflict
   * @param exits asynchronous exits from enclaves, for whatever reason
   * @param shootdowns interrupts taken from other cores
   * @param tracks ETRACKs that began a tracking cycle
   */
  record Counters(
      long call,
      int core,
      long einits,
      long einitRetries,
      long wastedCycles,
      long msrWrites,
      long interrupts,
      long conflicts,
      long exits,
      long shootdowns,
      long tracks)
      implements Reply {}
}
