package dev.ksgx.load.run;

import dev.ksgx.kernel.check.ConservationWatch;
import dev.ksgx.runtime.record.RunRecorder;
import java.util.Map;

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

  /** Keeps the run, message by message; null if nobody does. */
  default RunRecorder recorder() {
    return null;
  }

  /** The same, and the run is kept by that recorder. */
  default RunControl recordedBy(RunRecorder recorder) {
    return new RecordedRun(this, recorder);
  }

  /** Whether the books of the driver are checked on the way ({@link ConservationWatch}). */
  default boolean checks() {
    return false;
  }

  /**
   * Called once at the end of a run that {@link #checks}.
   *
   * @param known what known bugs of the driver broke, by id
   * @param waiting frames of which it is not known whether they are lost: calls in progress had
   *     them when the window closed, and may have them still, because the pool is empty or the run
   *     was stopped
   */
  default void checked(Map<String, ConservationWatch.Known> known, int waiting) {}
}
