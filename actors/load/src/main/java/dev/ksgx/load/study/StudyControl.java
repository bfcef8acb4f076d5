package dev.ksgx.load.study;

/** How a study is watched from outside while it goes on. */
public interface StudyControl {
  /** Nobody watches. */
  StudyControl NONE = new StudyControl() {};

  /** Whether no further run is to begin and those under way are to be dropped; asked often. */
  default boolean stopRequested() {
    return false;
  }

  /**
   * Called whenever a run is over, from one thread at a time.
   *
   * @param done runs so far
   * @param planned runs as far as is known by now; intervals that are too wide add to it
   */
  default void progress(int done, int planned) {}
}
