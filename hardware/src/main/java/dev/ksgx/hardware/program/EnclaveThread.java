package dev.ksgx.hardware.program;

import dev.ksgx.hardware.cpu.LogicalProcessor;
import dev.ksgx.hardware.epc.Epc;
import dev.ksgx.hardware.leaf.AccessResult;
import dev.ksgx.hardware.leaf.LeafResult;
import dev.ksgx.hardware.leaf.SsaFrame;
import dev.ksgx.hardware.leaf.Status;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.Report;
import java.util.function.Supplier;

/**
 * A thread that executes an {@link EnclaveProgram}, on whatever processor it runs at the moment.
 * Who owns it enters the enclave, calls {@link #step}, and on a fault does the asynchronous exit,
 * resolves the fault, resumes and calls {@link #step} again.
 */
public final class EnclaveThread {
  private static final int KEY_BYTES = 16;
  private static final int SECOND_OPERAND = 512;
  private static final int THIRD_OPERAND = 1024;

  private final EnclaveProgram program;
  private EnclaveStep pending;
  private StepResult.Done previous;
  private long stepsDone;
  private long unfinishedCycles;
  private String fault = "";

  /** A thread at the start of {@code program}. */
  public EnclaveThread(EnclaveProgram program) {
    this.program = program;
  }

  /** How many steps are done: it does not grow while a step faults again and again. */
  public long stepsDone() {
    return stepsDone;
  }

  /** The step that {@link #step} will issue; the same until it is done. */
  public EnclaveStep pending() {
    if (pending == null) {
      pending = program.next(previous);
    }
    return pending;
  }

  /**
   * An asynchronous exit cuts the work that the last step stands for; the rest follows ERESUME.
   *
   * @param cycles what is left of it
   */
  public void interrupt(long cycles) {
    unfinishedCycles = cycles;
  }

  /** What an asynchronous exit has left of the last step, in cycles, once; 0 if nothing. */
  public long takeUnfinishedCycles() {
    long cycles = unfinishedCycles;
    unfinishedCycles = 0;
    return cycles;
  }

  /**
   * The program cannot go on, as {@code why} says: whatever it wanted to do, its next step is an
   * exit without a value. Stands for an exception handler inside that unwinds the thread, so that
   * its TCS can be entered again.
   */
  public void abandon(String why) {
    fault = why;
    unfinishedCycles = 0;
    pending = new EnclaveStep.Exit(Bytes.zeros(0));
  }

  /** Why the program was abandoned; empty if it was not. */
  public String fault() {
    return fault;
  }

  /**
   * Issues the pending step on a processor that is inside the thread's enclave.
   *
   * @throws IllegalStateException if the processor is not inside an enclave
   */
  public StepResult step(LogicalProcessor cpu) {
    if (!cpu.inEnclave()) {
      throw new IllegalStateException("processor " + cpu.index() + " is not inside an enclave");
    }
    StepResult result = issue(cpu, pending());
    if (result instanceof StepResult.Done done) {
      previous = done;
      pending = null;
      stepsDone++;
    } else if (result instanceof StepResult.Exited) {
      previous = StepResult.Done.NOTHING;
      pending = null;
    }
    return result;
  }

  private static StepResult issue(LogicalProcessor cpu, EnclaveStep step) {
    if (step instanceof EnclaveStep.Touch touch) {
      AccessResult access = cpu.touch(touch.linear(), touch.write());
      return access.isFault() ? fault(access) : StepResult.Done.NOTHING;
    }
    if (step instanceof EnclaveStep.Read read) {
      return read(cpu, read.linear(), read.length());
    }
    if (step instanceof EnclaveStep.Write write) {
      return write(cpu, write.linear(), write.data());
    }
    if (step instanceof EnclaveStep.GetKey getKey) {
      return getKey(cpu, getKey);
    }
    if (step instanceof EnclaveStep.MakeReport makeReport) {
      return makeReport(cpu, makeReport);
    }
    if (step instanceof EnclaveStep.Exit exit) {
      cpu.eexit();
      return new StepResult.Exited(exit.value());
    }
    return StepResult.Done.NOTHING;
  }

  /** Reads page by page; all ones from EPC of others, zeros from ordinary memory. */
  private static StepResult read(LogicalProcessor cpu, long linear, int length) {
    byte[] out = new byte[length];
    int at = 0;
    while (at < length) {
      int n = Math.min(length - at, bytesToPageEnd(linear + at));
      AccessResult access = cpu.load(linear + at, n);
      if (access.isFault()) {
        return fault(access);
      }
      if (access.data() != null) {
        access.data().copyTo(0, out, at, n);
      }
      at += n;
    }
    return StepResult.Done.of(Bytes.copyOf(out));
  }

  /** Writes page by page; issued again after a fault it writes the same bytes again. */
  private static StepResult write(LogicalProcessor cpu, long linear, Bytes data) {
    int at = 0;
    while (at < data.length()) {
      int n = Math.min(data.length() - at, bytesToPageEnd(linear + at));
      AccessResult access = cpu.store(linear + at, data.slice(at, n));
      if (access.isFault()) {
        return fault(access);
      }
      at += n;
    }
    return StepResult.Done.NOTHING;
  }

  private static StepResult getKey(LogicalProcessor cpu, EnclaveStep.GetKey step) {
    long page = step.operandPage();
    StepResult stored = write(cpu, page, step.request().bytes());
    if (stored instanceof StepResult.Fault) {
      return stored;
    }
    LeafResult result = cpu.egetkey(page, page + SECOND_OPERAND);
    return finish(result, () -> read(cpu, page + SECOND_OPERAND, KEY_BYTES));
  }

  private static StepResult makeReport(LogicalProcessor cpu, EnclaveStep.MakeReport step) {
    long page = step.operandPage();
    StepResult stored = write(cpu, page, step.target().bytes());
    if (stored instanceof StepResult.Done) {
      stored = write(cpu, page + SECOND_OPERAND, step.reportData());
    }
    if (stored instanceof StepResult.Fault) {
      return stored;
    }
    LeafResult result = cpu.ereport(page, page + SECOND_OPERAND, page + THIRD_OPERAND);
    return finish(result, () -> read(cpu, page + THIRD_OPERAND, Report.LAYOUT.size()));
  }

  private static StepResult finish(LeafResult result, Supplier<StepResult> readOutput) {
    return switch (result.status()) {
      case OK -> readOutput.get();
      case INFO, CODE -> new StepResult.Done(Bytes.zeros(0), result.code());
      case GP, PF ->
          new StepResult.Fault(
              result.status() == Status.PF ? SsaFrame.PF : SsaFrame.GP,
              result.code(),
              result.address(),
              result.describe());
    };
  }

  private static StepResult fault(AccessResult access) {
    boolean pageFault = access.outcome() == AccessResult.Outcome.PF;
    return new StepResult.Fault(
        pageFault ? SsaFrame.PF : SsaFrame.GP,
        access.errorCode(),
        access.address(),
        access.check());
  }

  private static int bytesToPageEnd(long linear) {
    return Epc.PAGE_BYTES - (int) (linear & Epc.PAGE_BYTES - 1);
  }
}
