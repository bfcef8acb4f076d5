package dev.ksgx.load.scenario;

/** How long the measured window stays open. */
public sealed interface RunLength {
  /**
   * For a time.
   *
   * @param nanos virtual nanoseconds, above 0
   */
  record Time(long nanos) implements RunLength {}

  /**
   * Until a number of launches have ended in it, whatever their outcome.
   *
   * @param launches above 0
   */
  record Count(long launches) implements RunLength {}
}
