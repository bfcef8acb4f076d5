package dev.ksgx.runtime.virtual;

/** How a run ended. */
public enum Outcome {
  /** Nothing is ready, no timer but daemons is pending, and nobody waits for a resource. */
  QUIESCENT,
  /** The instant given was reached with work still to come. */
  TIME,
  /** The step limit was reached. */
  STEPS,
  /** The condition given became true. */
  DONE,
  /** Quiescent, but tasks still wait for resources. */
  DEADLOCK,
  /** An actor failed; the system is not driven any further. */
  FAILED
}
