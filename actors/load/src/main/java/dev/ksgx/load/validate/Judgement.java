package dev.ksgx.load.validate;

/**
 * A target and what the model says to it.
 *
 * @param modelled null if the experiment failed
 * @param why what went wrong with the experiment; empty if nothing did
 */
public record Judgement(Target target, Double modelled, String why) {
  /** What came of it. */
  public enum Verdict {
    /** Within the tolerance. */
    PASS,
    /** Outside, or there is no figure. */
    FAIL,
    /** No tolerance was declared. */
    SHOWN
  }

  /** What came of it. */
  public Verdict verdict() {
    if (modelled == null) {
      return Verdict.FAIL;
    }
    if (target.bounds() == null) {
      return Verdict.SHOWN;
    }
    return target.bounds().hold(modelled) ? Verdict.PASS : Verdict.FAIL;
  }
}
