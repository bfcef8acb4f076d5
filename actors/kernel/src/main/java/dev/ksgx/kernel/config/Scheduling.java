package dev.ksgx.kernel.config;

/** How tasks get cores. */
public enum Scheduling {
  /**
   * An idle core first; otherwise a task that wakes up takes a core from the task that has run
   * longest, at its next preemption point, as CFS lets a long sleeper do.
   */
  WAKEUP_PREEMPT("wakeup-preempt"),
  /** One queue, first come first served; a task is preempted only when its slice is over. */
  FIFO_QUANTUM("fifo-quantum"),
  /** Each task has one core for its whole life; first come first served on it. */
  PINNED("pinned");

  private final String key;

  Scheduling(String key) {
    this.key = key;
  }

  /** The name used in configuration. */
  public String key() {
    return key;
  }
}
