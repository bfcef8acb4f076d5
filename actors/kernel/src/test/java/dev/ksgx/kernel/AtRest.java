package dev.ksgx.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.epc.EpcInspection;
import dev.ksgx.protocol.message.EpcMessage;
import dev.ksgx.runtime.virtual.Outcome;
import dev.ksgx.runtime.virtual.RunResult;

/** What must hold of a kernel in which nothing moves any more. */
public final class AtRest {
  private AtRest() {}

  /** Runs until nothing moves: nobody waits, no page is in use by a leaf, each frame is counted. */
  static void check(Rig rig, String when) {
    assertThat(framesOwned(rig, when)).as("frames owned, " + when).isEqualTo(used(rig.epc()));
  }

  /** As {@link #check}, and every process has exited: all frames are free. */
  public static void checkEmpty(Rig rig, String when) {
    assertThat(framesOwned(rig, when)).as("frames owned, " + when).isZero();
    assertThat(used(rig.epc())).as("frames not in the pool, " + when).isZero();
    assertThat(rig.epc().vaPages()).as("version arrays, " + when).isZero();
  }

  private static int used(EpcMessage.Counters epc) {
    return epc.frames() - epc.free();
  }

  private static int framesOwned(Rig rig, String when) {
    RunResult end = rig.system().runToQuiescence().orThrow();
    assertThat(end.outcome()).as(when).isEqualTo(Outcome.QUIESCENT);
    assertThat(rig.system().probe().openWaits()).as("open waits, " + when).isZero();
    int owned = 0;
    int touched = rig.epc().peakUsed();
    for (int frame = 0; frame < touched; frame++) {
      EpcInspection page = rig.machine.epc().inspect(frame);
      assertThat(page.accessWord()).as("access word of frame " + frame + ", " + when).isZero();
      owned += page.valid() ? 1 : 0;
    }
    return owned;
  }
}
