package dev.ksgx.load.workload.life;

import dev.ksgx.hardware.leaf.Translation;
import dev.ksgx.kernel.flow.Flow;
import dev.ksgx.protocol.message.Burst;
import dev.ksgx.protocol.message.Step;
import dev.ksgx.protocol.message.StepResult;
import java.util.function.Consumer;

/** Entries of threads into their enclave. */
final class Visits {
  private Visits() {}

  /**
   * The thread of {@code flow} enters, runs {@code program} and leaves; {@code then} hears how it
   * went. The thread still holds its core then.
   */
  static void enter(
      Flow flow,
      long tcs,
      Translation translation,
      TouchProgram program,
      Consumer<StepResult.Left> then) {
    flow.run(
        Burst.of(new Step.Enter(tcs, translation, () -> program)),
        ran -> then.accept((StepResult.Left) ran.last()));
  }
}
