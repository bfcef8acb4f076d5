package dev.ksgx.load.workload.life;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.program.EnclaveStep;
import dev.ksgx.hardware.program.StepResult;
import dev.ksgx.hardware.structure.Bytes;
import org.junit.jupiter.api.Test;

class TouchProgramTest {
  private static final StepResult.Done DONE = new StepResult.Done(Bytes.zeros(0), 0);

  private int touched;

  @Test
  void touchesPagesOfTheHeapOneAStepThenLeaves() {
    TouchProgram program =
        new TouchProgram(0x10000, PageChoice.sequential(2, 0), 3, 77, true, () -> touched++);
    assertThat(program.next(null)).isEqualTo(new EnclaveStep.Touch(0x10000, true, 77));
    assertThat(program.next(DONE)).isEqualTo(new EnclaveStep.Touch(0x11000, true, 77));
    assertThat(touched).isEqualTo(1);
    assertThat(program.next(DONE)).isEqualTo(new EnclaveStep.Touch(0x10000, true, 77));
    assertThat(program.next(DONE)).isInstanceOf(EnclaveStep.Exit.class);
    assertThat(touched).isEqualTo(3);
  }
}
