package dev.ksgx.load.run;

/** How a run is watched from outside while it goes on. */
public interface RunControl {
  /** Nobody watches. */
  RunControl NONE = new RunControl() {};

  /**
   * Whether the run is to close its window now and report what it has; asked often, from the
   * driving thread.
   */
  default boolean stopRequested() {
    return false;
  }

  /**
   * Called now and then from the driving thread.
   *
   * @param virtualNanos virtual time since boot
   * @param messages messages delivered so far
   */
  default void progress(long virtualNanos, long messages) {}
}
