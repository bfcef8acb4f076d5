package dev.ksgx.load.statistics;

import java.util.Map;
import java.util.TreeMap;

/**
 * Where the time of one launch went, from its start to its end.
 *
 * @param fromNanos when the first interval began
 * @param toNanos when the last one ended
 * @param phases length of each phase that ended
 * @param initNanos length of INIT, from its entry to its return; 0 if it did not get that far
 * @param spent time by what it was spent on: {@code wait:GROUP} in the queue of a group of
 *     resources, {@code serve:GROUP} in its service; service of a core is told by what it does:
 *     {@code core:WORK}
 */
public record Breakdown(
    long fromNanos,
    long toNanos,
    Map<Phase, Long> phases,
    long initNanos,
    Map<String, Long> spent) {
  /** Nothing was observed. */
  public static final Breakdown NONE = new Breakdown(0, 0, Map.of(), 0, Map.of());

  public static final String WAIT = "wait:";
  public static final String SERVE = "serve:";
  public static final String CORE = "core:";

  /**
   * The sum of {@code spent}; equal to the length of the launch if nothing was lost or counted
   * twice.
   */
  public long spentNanos() {
    return spent.values().stream().mapToLong(Long::longValue).sum();
  }

  /** {@code spent} with all that cores did as one: {@code serve:core}. */
  public static Map<String, Long> coresAsOne(Map<String, Long> spent) {
    Map<String, Long> whole = new TreeMap<>();
    spent.forEach(
        (what, nanos) ->
            whole.merge(what.startsWith(CORE) ? SERVE + "core" : what, nanos, Long::sum));
    return whole;
  }
}
