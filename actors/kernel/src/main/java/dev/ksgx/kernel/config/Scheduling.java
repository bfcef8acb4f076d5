package dev.ksgx.kernel.config;

/** How tasks get cores. */
public enum Scheduling {
  /**
   * An idle core first; otherwise by run time, as CFS does: who has run least is next, and a task
   * that wakes up takes a core, at its next preemption point, from the one that is furthest ahead
   * of it. A long sleeper is so served almost at once; a task that sleeps for a moment gains
   * nothing by it.
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
