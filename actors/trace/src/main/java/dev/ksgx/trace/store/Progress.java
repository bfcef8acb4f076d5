package dev.ksgx.trace.store;

/** Hears how far an index is. */
@FunctionalInterface
public interface Progress {
  /** Nobody listens. */
  Progress NONE = (share, messages) -> {};

  /**
   * @param share of the work that is done, 0 to 1
   */
  void indexed(double share, long messages);
}
