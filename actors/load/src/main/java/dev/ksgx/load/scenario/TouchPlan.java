package dev.ksgx.load.scenario;

/**
 * Which pages of its heap each thread of an enclave touches, checked. Each component is the key of
 * the same name under {@code touch} in {@code reference.conf}, which documents it.
 *
 * @param pages how much of the heap is touched, pages; {@code all} is resolved
 * @param count touches of each thread in a life
 * @param cycles of one touch
 * @param exponent skew (zipf)
 * @param workingSet pages of the window (phases)
 * @param phase touches until the window moves (phases)
 */
public record TouchPlan(
    Pattern pattern,
    int pages,
    long count,
    long cycles,
    double exponent,
    int workingSet,
    long phase) {

  /** In which order. */
  public enum Pattern {
    NONE,
    SEQUENTIAL,
    UNIFORM,
    ZIPF,
    PHASES
  }

  private static final long MAX_COUNT = 1_000_000_000_000L;
  private static final long MAX_CYCLES = 1_000_000_000;

  static TouchPlan from(Values values, int heapPages) {
    Pattern pattern = values.choice("touch.pattern", Pattern.values());
    int pages = pages(values, heapPages);
    if (pattern != Pattern.NONE && heapPages == 0) {
      throw values.refused("touch.pattern", "none, because the heap has no page");
    }
    int workingSet = values.count("touch.working-set", 1, Integer.MAX_VALUE);
    if (pattern == Pattern.PHASES && workingSet > pages) {
      throw values.refused("touch.working-set", "at most the " + pages + " pages that are touched");
    }
    return new TouchPlan(
        pattern,
        pages,
        values.whole("touch.count", 1, MAX_COUNT, "a whole number from 1 to " + MAX_COUNT),
        values.whole("touch.cycles", 0, MAX_CYCLES, "a whole number from 0 to " + MAX_CYCLES),
        values.positive("touch.exponent", 10, "skew"),
        workingSet,
        values.whole("touch.phase", 1, MAX_COUNT, "a whole number from 1 to " + MAX_COUNT));
  }

  private static int pages(Values values, int heapPages) {
    return values.text("touch.pages").equals("all")
        ? heapPages
        : (int)
            values.whole(
                "touch.pages",
                1,
                heapPages,
                "all or a whole number from 1 to the " + heapPages + " pages of the heap");
  }
}
