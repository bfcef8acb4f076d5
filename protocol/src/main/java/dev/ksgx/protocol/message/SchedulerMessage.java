package dev.ksgx.protocol.message;

import akka.actor.typed.ActorRef;
import dev.ksgx.hardware.leaf.Translation;
import dev.ksgx.protocol.abi.RequestId;
import dev.ksgx.protocol.abi.TaskRef;
import java.util.List;

/** Root of what the scheduler receives: run queues, placement, preemption. */
public interface SchedulerMessage {
  /** What others may send to the scheduler. */
  sealed interface Request extends SchedulerMessage {}

  /**
   * Execute {@code burst} as {@code task}: at once if the task holds a core, after its turn in the
   * run queue if it slept. Answered by the core with {@link Executed}.
   *
   * @param underLock the task holds a lock of the driver: it is not preempted before this burst, as
   *     kernel code is not between the points where it offers to yield
   */
  record Run(
      TaskRef task,
      RequestId request,
      Burst burst,
      boolean underLock,
      long call,
      ActorRef<? super Executed> replyTo)
      implements Request {
    /** A burst without a lock. */
    public Run(
        TaskRef task,
        RequestId request,
        Burst burst,
        long call,
        ActorRef<? super Executed> replyTo) {
      this(task, request, burst, false, call, replyTo);
    }
  }

  /** The task sleeps and gives up its core; nothing but its next {@link Run} wakes it. */
  record Block(TaskRef task) implements Request {}

  /**
   * The task sleeps until its next {@link Run} or until a signal, which is answered with {@link
   * Interrupted}, at once if one is pending.
   */
  record BlockInterruptibly(TaskRef task, long call, ActorRef<? super Interrupted> replyTo)
      implements Request {}

  /** The task is over. */
  record Exit(TaskRef task) implements Request {}

  /**
   * A signal for the task: pending until {@link SignalHandled}. The driver says so when it returns
   * from a call that the signal ended; a caller whose call ended without it says so itself, or the
   * signal ends its next interruptible sleep or its next wait for an EPC frame.
   */
  record Signal(TaskRef task) implements Request {}

  /** A fatal signal for every task of the process. */
  record SignalProcess(int pid) implements Request {}

  /** A call that a signal ended returns to user space, where the handler runs. */
  record SignalHandled(TaskRef task) implements Request {}

  /**
   * The threads of the process leave what they run in user mode: by AEX the enclave behind {@code
   * pageTable}, after its entries were cleared and the translations flushed; or, if that is null,
   * all they do, because the process dies. Answered with {@link Left} when none is there any more.
   */
  record LeaveUserMode(int pid, Translation pageTable, long call, ActorRef<? super Left> replyTo)
      implements Request {}

  /**
   * An interrupt to every core on which a task of the processes {@code pids} runs: a thread that is
   * inside an enclave there leaves it by AEX and comes back. Answered with {@link Acknowledged}
   * when each of these cores has taken it.
   */
  record Shootdown(List<Integer> pids, long call, ActorRef<? super Acknowledged> replyTo)
      implements Request {
    public Shootdown {
      pids = List.copyOf(pids);
    }
  }

  /** A core's answer: it has taken the interrupt. */
  record InterruptTaken(long shootdown) implements Request {}

  /**
   * Every core has taken the interrupt.
   *
   * @param cores how many there were
   */
  record Acknowledged(long call, int cores) implements Reply {}

  /** A core's answer: the task does not run there in the way it should not. */
  record TaskLeft(TaskRef task) implements Request {}

  /** No thread of the process is where it should not be. */
  record Left(long call) implements Reply {}

  /** Tasks of that kind run no user mode until {@link Thaw}; kernel code they still run. */
  record Freeze(TaskRef.Kind kind) implements Request {}

  /** Whoever was frozen goes on. */
  enum Thaw implements Request {
    NOW
  }

  /** Every task of the process is over. */
  record ExitProcess(int pid) implements Request {}

  /**
   * Core {@code core} has gone offline. {@code unfinished} is the burst it did not finish, or null.
   */
  record CoreGone(int core, CoreMessage.Execute unfinished) implements Request {}

  /**
   * The core reached a preemption point with a wish to preempt; {@code rest} is what is left to
   * run.
   */
  record Yielded(int core, CoreMessage.Execute rest) implements Request {}

  /** How long has a task held cores? Answered with {@link TaskTime}. */
  record AskTaskTime(TaskRef task, long call, ActorRef<? super TaskTime> replyTo)
      implements Request {}

  /**
   * A task's time on cores.
   *
   * @param nanos since boot, up to now
   */
  record TaskTime(long call, long nanos) implements Reply {}

  /** The cores. Answered with {@link Cores}. */
  record AskCores(long call, ActorRef<? super Cores> replyTo) implements Request {}

  /** The cores, by index. */
  record Cores(long call, List<ActorRef<CoreMessage.Request>> cores) implements Reply {}
}
