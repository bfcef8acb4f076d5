package dev.ksgx.trace.query;

import java.util.List;
import java.util.Map;

/**
 * A piece of a request's critical path. The pieces abut from the planned beginning to the end, so
 * that they sum to the latency exactly.
 *
 * @param kind what the request did
 * @param resource what it waited for or was served by; empty for a late start and for what was open
 *     when a run was killed
 * @param group the resource's family
 * @param split parts of a service, by label; they sum to at most its length
 * @param holders for waits: who held the resource meanwhile, in order of their holds; for a late
 *     start: what else its maker had in hand
 */
public record Part(
    Kind kind,
    String resource,
    String group,
    long start,
    long stop,
    Map<String, Long> split,
    List<Holder> holders) {

  /** What a request does in a part of its path. */
  public enum Kind {
    /** Who was to make it was busy. */
    LATE,
    /** It waited for a resource that others held. */
    WAIT,
    /** It was served. */
    SERVE,
    /** It waited for work of its own that went on beside, such as a deferred add. */
    OWN,
    /** What was open when a run was killed, whose trace does not have it. */
    OPEN
  }

  public long nanos() {
    return stop - start;
  }

  /** What to blame, e.g. "wait launch-enclave". */
  public String what() {
    return switch (kind) {
      case LATE -> "late start";
      case WAIT -> "wait " + group;
      case SERVE -> "serve " + group;
      case OWN -> "own work at " + group;
      case OPEN -> "not over at the end";
    };
  }
}
