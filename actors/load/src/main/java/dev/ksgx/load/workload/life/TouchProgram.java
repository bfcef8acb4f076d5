package dev.ksgx.load.workload.life;

import dev.ksgx.hardware.program.EnclaveProgram;
import dev.ksgx.hardware.program.EnclaveStep;
import dev.ksgx.hardware.program.StepResult;
import dev.ksgx.hardware.structure.Bytes;

/** What a thread does inside: touches pages of its heap, one a step, and leaves. */
final class TouchProgram implements EnclaveProgram {
  private static final int PAGE = 4096;
  private static final EnclaveStep EXIT = new EnclaveStep.Exit(Bytes.zeros(0));

  private final long heap;
  private final PageChoice choice;
  private final long count;
  private final long cycles;
  private final boolean write;
  private final Runnable touched;
  private long begun;

  /**
   * @param heap linear address of the heap
   * @param count touches
   * @param cycles of each, the access included; 0: the access alone
   * @param write stores instead of loads
   * @param touched is told of each touch that is over
   */
  TouchProgram(
      long heap, PageChoice choice, long count, long cycles, boolean write, Runnable touched) {
    this.heap = heap;
    this.choice = choice;
    this.count = count;
    this.cycles = cycles;
    this.write = write;
    this.touched = touched;
  }

  @Override
  public EnclaveStep next(StepResult.Done previous) {
    if (previous != null) {
      touched.run();
    }
    if (begun == count) {
      return EXIT;
    }
    begun++;
    return new EnclaveStep.Touch(heap + (long) choice.next() * PAGE, write, cycles);
  }
}
