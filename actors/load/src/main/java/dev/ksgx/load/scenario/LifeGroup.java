package dev.ksgx.load.scenario;

/**
 * A group of processes whose enclaves live the same life, checked. Each component is the key of the
 * same name in {@code reference.conf}, which documents it.
 *
 * @param name free
 * @param inSequence {@code order = sequence}
 * @param startNanos when the group begins
 * @param repeats lives of each process
 * @param zeroCycles cycles of zeroing one page from inside
 * @param holdNanos idle time inside a life
 */
public record LifeGroup(
    String name,
    int processes,
    boolean inSequence,
    long startNanos,
    int repeats,
    int measuredPages,
    int unmeasuredPages,
    int threads,
    Adds adds,
    WarmStart warmStart,
    long zeroCycles,
    TouchPlan touch,
    long holdNanos,
    boolean destroy) {

  /** How pages are added. */
  public enum Adds {
    /** One ioctl a page. */
    PAGE,
    /** One ioctl for up to {@link #RANGE_PAGES} pages of one content. */
    RANGE
  }

  /** What happens between EINIT and the work. */
  public enum WarmStart {
    NONE,
    /** The heap is zeroed from inside. */
    SDK
  }

  /** Most pages that one ioctl adds: 1 MiB, the limit of mainline (costs.md 5). */
  public static final int RANGE_PAGES = 256;

  /** TCS and SSA frames of a thread, pages. */
  public static final int PAGES_PER_THREAD = 3;

  private static final int MAX_MEASURED = 1_000_000;
  private static final int MAX_HEAP = 1 << 24;
  private static final int MAX_ZERO_CYCLES = 1_000_000;

  /** Lives of the whole group. */
  public long lives() {
    return (long) processes * repeats;
  }

  /** Reads the keys of one group. */
  static LifeGroup from(String name, Values values) {
    int threads = values.count("threads", 0, 256);
    int measured = values.count("measured-pages", 0, MAX_MEASURED);
    int heap = values.count("unmeasured-pages", 0, MAX_HEAP);
    int least = threads == 0 ? 0 : threads * PAGES_PER_THREAD + 1;
    if (measured < least) {
      throw values.refused(
          "measured-pages",
          "at least " + least + ": " + PAGES_PER_THREAD + " for each thread and one of code");
    }
    if (measured + heap == 0) {
      throw values.refused("unmeasured-pages", "above 0, because no page is measured");
    }
    WarmStart warmStart = values.choice("warm-start", WarmStart.values());
    TouchPlan touch = TouchPlan.from(values, heap);
    if (threads == 0
        && (warmStart != WarmStart.NONE || touch.pattern() != TouchPlan.Pattern.NONE)) {
      throw values.refused("threads", "at least 1, because somebody has to enter the enclave");
    }
    return new LifeGroup(
        name,
        values.count("processes", 1, LivesPlan.MAX_PROCESSES),
        values.choice("order", Order.values()) == Order.SEQUENCE,
        values.nanos("start"),
        values.count("repeats", 1, 1_000_000),
        measured,
        heap,
        threads,
        values.choice("adds", Adds.values()),
        warmStart,
        values.count("zero-cycles", 0, MAX_ZERO_CYCLES),
        touch,
        values.nanos("hold"),
        values.flag("destroy"));
  }

  private enum Order {
    PARALLEL,
    SEQUENCE
  }
}
