package dev.ksgx.hardware.leaf;

import dev.ksgx.hardware.paging.EvictedPage;
import dev.ksgx.hardware.structure.RdInfo;
import dev.ksgx.hardware.structure.SgxCode;

/**
 * A leaf between its begin and its end. The result is known from the start; the effect is seen by
 * others, and the access words are free, when it has ended. Used by the processor that began it.
 */
public final class LeafInFlight {
  /** What a leaf does to the machine once it may. */
  interface Effect {
    /** Makes contents, EPCM entry and counts visible; the access words are still held. */
    void publish();

    /** Takes back what begin counted; the access words are still held. */
    default void undo() {}
  }

  private static final int EINIT_POLL_STEP = 5;

  private final LeafResult result;
  private final AccessSet held;
  private final Effect effect;
  private final Object output;
  private boolean over;
  private boolean ended;

  private LeafInFlight(LeafResult result, AccessSet held, Effect effect, Object output) {
    this.result = result;
    this.held = held;
    this.effect = effect;
    this.output = output;
    this.over = held == null;
  }

  /** A leaf that a check ended: it holds nothing and changes nothing. */
  public static LeafInFlight refused(LeafResult result) {
    return new LeafInFlight(result, null, null, null);
  }

  /** A leaf that a check ended after it had taken access words, which are free again. */
  static LeafInFlight refused(LeafResult result, AccessSet held) {
    held.release();
    return refused(result);
  }

  /** A leaf that will succeed and leaves {@code output}, if not null, to software. */
  static LeafInFlight accepted(LeafResult result, AccessSet held, Effect effect, Object output) {
    return new LeafInFlight(result, held, effect, output);
  }

  /** How the leaf ends unless it is aborted. */
  public LeafResult result() {
    return result;
  }

  /** What EDBGRD leaves in RBX; 0 for other leaves. */
  public long rbx() {
    return output instanceof Long rbx ? rbx : 0;
  }

  /**
   * What EWB wrote to ordinary memory.
   *
   * @throws IllegalStateException unless the leaf is an EWB that evicted its page and has ended
   */
  public EvictedPage evicted() {
    return output(EvictedPage.class);
  }

  /**
   * What ERDINFO wrote to its RDINFO.
   *
   * @throws IllegalStateException unless the leaf is an ERDINFO that succeeded and has ended
   */
  public RdInfo rdInfo() {
    return output(RdInfo.class);
  }

  private <T> T output(Class<T> type) {
    if (!ended || !type.isInstance(output)) {
      throw new IllegalStateException(result.describe() + ": there is no " + type.getSimpleName());
    }
    return type.cast(output);
  }

  /** Whether nothing is held any more. */
  public boolean isOver() {
    return over;
  }

  /**
   * Publishes the effect and frees the access words. A refused leaf has nothing to end.
   *
   * @throws IllegalStateException if the leaf is over already
   */
  public void end() {
    if (held != null) {
      finish();
      effect.publish();
      held.release();
      ended = true;
    }
  }

  /**
   * Frees the access words with nothing published and nothing counted. A refused leaf has nothing
   * to abort.
   *
   * @throws IllegalStateException if the leaf is over already
   */
  public void abort() {
    if (held != null) {
      finish();
      effect.undo();
      held.release();
    }
  }

  /**
   * Aborts an EINIT that found an event pending at one of its polls.
   *
   * @return its result then: SGX_UNMASKED_EVENT
   */
  public LeafResult abort128() {
    if (result.leaf() != Leaf.EINIT) {
      throw new IllegalStateException(result.leaf() + " does not poll for events");
    }
    abort();
    return LeafResult.code(
        Leaf.EINIT, EINIT_POLL_STEP, SgxCode.UNMASKED_EVENT, Einit.EVENT_PENDING);
  }

  private void finish() {
    if (over) {
      throw new IllegalStateException(result.leaf() + " is over already");
    }
    over = true;
  }
}
