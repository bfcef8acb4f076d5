package dev.ksgx.kernel.cpu;

import dev.ksgx.hardware.cpu.LogicalProcessor;
import dev.ksgx.hardware.leaf.LeafResult;
import dev.ksgx.hardware.leaf.SsaFrame;
import dev.ksgx.hardware.leaf.Status;
import dev.ksgx.hardware.leaf.Translation;
import dev.ksgx.hardware.program.EnclaveStep;
import dev.ksgx.hardware.program.EnclaveThread;
import dev.ksgx.hardware.program.StepResult.Exited;
import dev.ksgx.hardware.program.StepResult.Fault;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.kernel.cost.Cost;
import dev.ksgx.protocol.message.Step;
import dev.ksgx.protocol.message.StepResult;

/**
 * One stay in an enclave on a core: EENTER or ERESUME, the steps of a program each at its instant,
 * EEXIT or an asynchronous exit. EENTER, ERESUME and EEXIT take effect at the end of their time, an
 * asynchronous exit and a program step at its start.
 */
final class EnclaveVisit {
  /** How far {@link #goOn} came. */
  enum Progress {
    /** It goes on at {@link #nextNanos}. */
    TAKES_TIME,
    /** It could go on at once, but the core should look at its messages first. */
    BREATHES,
    /** It has left for another task; {@link #rest} goes on later. */
    YIELDS,
    /** {@link #result} is there. */
    OVER
  }

  private enum Phase {
    /** EENTER or ERESUME, at its end. */
    ENTERING,
    /** At work inside until {@code workEndNanos}, unless an interrupt comes before. */
    INSIDE,
    /** Thrown out by an event, and back when its handler is done. */
    INTERRUPTED,
    /** Thrown out for good, once the exit is paid. */
    LEAVING
  }

  /** Program steps that take no time, in one go. */
  private static final int STEPS_IN_ONE_GO = 64;

  private static final int TIMER_VECTOR = 0xec;
  private static final long AEP = 0x40_0000;

  private final LogicalProcessor processor;
  private final Durations durations;
  private final CoreTime time;
  private final CoreCounters counters;
  private final Step step;
  private final long tcs;
  private final Translation translation;
  private EnclaveThread thread;
  private Phase phase = Phase.ENTERING;
  private boolean exiting;
  private long nextNanos;
  private long workEndNanos;
  private StepResult result;

  /**
   * @param step Enter or Resume
   * @param startNanos when it begins
   */
  EnclaveVisit(
      LogicalProcessor processor,
      Durations durations,
      CoreTime time,
      CoreCounters counters,
      Step step,
      long startNanos) {
    this.processor = processor;
    this.durations = durations;
    this.time = time;
    this.counters = counters;
    this.step = step;
    long entry;
    if (step instanceof Step.Resume resume) {
      tcs = resume.tcs();
      translation = resume.translation();
      thread = resume.thread();
      entry = durations.of(Cost.ERESUME);
    } else {
      Step.Enter enter = (Step.Enter) step;
      tcs = enter.tcs();
      translation = enter.translation();
      entry = durations.of(Cost.ECALL_GLUE) + durations.of(Cost.EENTER);
    }
    nextNanos = time.delayed(startNanos + entry);
  }

  /** Whether {@code step} is one for a visit. */
  static boolean isFor(Step step) {
    return step instanceof Step.Enter || step instanceof Step.Resume;
  }

  Translation translation() {
    return translation;
  }

  /** When it goes on by itself. */
  long nextNanos() {
    return nextNanos;
  }

  /** What came of it. */
  StepResult result() {
    return result;
  }

  /** Goes on until something takes time. */
  Progress goOn(long nowNanos) {
    int steps = STEPS_IN_ONE_GO;
    while (nextNanos <= nowNanos) {
      switch (phase) {
        case ENTERING -> enter(nowNanos);
        case INTERRUPTED -> comeBack(nowNanos);
        case INSIDE -> {
          if (nextNanos < workEndNanos) {
            time.take();
            interrupted(nowNanos, time.handler());
          } else if (exiting) {
            exit();
          } else if (steps-- == 0) {
            return Progress.BREATHES;
          } else {
            issue(nowNanos);
          }
        }
        case LEAVING -> {
          return result == null ? Progress.YIELDS : Progress.OVER;
        }
      }
    }
    return Progress.TAKES_TIME;
  }

  private void enter(long now) {
    if (step instanceof Step.Enter enter) {
      LeafResult entered = account(processor.eenter(tcs, AEP, translation));
      if (entered.isOk()) {
        thread = new EnclaveThread(enter.program().get());
        work(now, 0);
      } else {
        refused(entered, step);
      }
    } else {
      resume(now, durations.nanos(thread.takeUnfinishedCycles()));
    }
  }

  private void comeBack(long now) {
    resume(now, workEndNanos);
  }

  /**
   * @param leftNanos what is left of the step at hand
   */
  private void resume(long now, long leftNanos) {
    LeafResult resumed = account(processor.eresume(tcs, AEP, translation));
    if (resumed.isOk()) {
      work(now, leftNanos);
    } else {
      keep(leftNanos);
      refused(resumed, again());
    }
  }

  private LeafResult account(LeafResult entry) {
    if (entry.conflict()) {
      counters.conflicts++;
    }
    return entry;
  }

  private void refused(LeafResult entry, Step again) {
    leave(
        entry.status() == Status.PF
            ? new StepResult.Faulted(again, entry.address(), entry.code(), entry.describe())
            : new StepResult.Left(Bytes.zeros(0), entry.describe()));
  }

  private void leave(StepResult with) {
    result = with;
    phase = Phase.LEAVING;
  }

  /** At work for that long, up to the next interrupt. */
  private void work(long now, long nanos) {
    phase = Phase.INSIDE;
    workEndNanos = now + nanos;
    nextNanos = Math.min(workEndNanos, Math.max(now, time.nextInterrupt()));
  }

  private void issue(long now) {
    EnclaveStep pending = thread.pending();
    if (pending instanceof EnclaveStep.Exit) {
      exiting = true;
      work(now, durations.of(Cost.EEXIT) + durations.of(Cost.ECALL_GLUE));
    } else if (thread.step(processor) instanceof Fault fault) {
      fault(now, fault);
    } else {
      work(now, durations.program(pending));
    }
  }

  private void exit() {
    Exited exited = (Exited) thread.step(processor);
    leave(new StepResult.Left(exited.value(), thread.fault()));
  }

  /** #PF is the kernel's to resolve; after #GP the thread unwinds and the caller is told. */
  private void fault(long now, Fault fault) {
    exitAsynchronously(fault.vector(), fault.errorCode(), fault.address());
    if (fault.vector() == SsaFrame.PF) {
      nextNanos = time.delayed(now + durations.of(Cost.AEX));
      leave(new StepResult.Faulted(again(), fault.address(), fault.errorCode(), fault.check()));
    } else {
      thread.abandon(fault.check());
      away(now, 0, 0);
    }
  }

  private void exitAsynchronously(int vector, int errorCode, long address) {
    processor.aex(vector, errorCode, address);
    counters.exits++;
  }

  /**
   * An interrupt now, from outside: whoever is inside is thrown out and comes back after the
   * handler; otherwise the handler puts off what is under way.
   */
  void interrupt(long nowNanos, long handlerNanos) {
    if (phase == Phase.INSIDE) {
      interrupted(nowNanos, handlerNanos);
    } else {
      nextNanos = Math.max(nowNanos, nextNanos) + handlerNanos;
    }
  }

  private void interrupted(long now, long handlerNanos) {
    exitAsynchronously(TIMER_VECTOR, 0, 0);
    away(now, handlerNanos, Math.max(0, workEndNanos - now));
  }

  /** Outside until the handler is done; {@code workEndNanos} keeps what is left inside. */
  private void away(long now, long handlerNanos, long leftNanos) {
    phase = Phase.INTERRUPTED;
    workEndNanos = leftNanos;
    nextNanos =
        time.delayed(now + durations.of(Cost.AEX) + handlerNanos + durations.of(Cost.ERESUME));
  }

  /** Leave for another task, if there is anything to leave; {@link #rest} goes on later. */
  void yield(long nowNanos) {
    if (phase == Phase.LEAVING) {
      return;
    }
    boolean inside = phase == Phase.INSIDE;
    stop(nowNanos);
    nextNanos = nowNanos + (inside ? durations.of(Cost.AEX) : 0);
    leave(null);
  }

  /** Out at once, whatever is under way. */
  void stop(long nowNanos) {
    if (phase == Phase.INSIDE) {
      exitAsynchronously(TIMER_VECTOR, 0, 0);
      keep(Math.max(0, workEndNanos - nowNanos));
    } else if (phase == Phase.INTERRUPTED) {
      keep(workEndNanos);
    }
  }

  /** What the step at hand still takes stays with the thread; EEXIT is begun anew. */
  private void keep(long leftNanos) {
    thread.interrupt(exiting ? 0 : durations.cycles(leftNanos));
  }

  /** What is left to do after {@link #yield} or {@link #stop}. */
  Step rest() {
    return thread == null ? step : again();
  }

  private Step again() {
    return step instanceof Step.Resume ? step : new Step.Resume(tcs, translation, thread);
  }
}
