package dev.ksgx.load.statistics;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * The lives of one group: planned = completed + failed + unfinished + not begun.
 *
 * @param group its name
 * @param planned lives of all its processes
 * @param completed lives that succeeded to their end
 * @param failed lives that failed, by the name of their code
 * @param checks by the same name, the check that the first of those failed
 * @param unfinished lives that had begun and not ended at the end of the run
 * @param notBegun the rest
 * @param total begin to end of the lives counted in {@code completed}
 * @param parts the parts of those lives; a part that no life has has no durations
 * @param touches pages touched by the group's threads since the window opened, whatever became of
 *     the life; zeroing is not counted
 * @param processes one a process, by number
 * @param spent time of the group's threads by what it was spent on, in nanoseconds, whatever became
 *     of the life ({@link Breakdown})
 * @param untold the first life that its parts do not cover, in words; empty if there is none
 */
public record LifeFigures(
    String group,
    long planned,
    long completed,
    SortedMap<String, Long> failed,
    SortedMap<String, String> checks,
    long unfinished,
    long notBegun,
    Distribution total,
    Map<LifePart, Distribution> parts,
    long touches,
    List<OfProcess> processes,
    SortedMap<String, Long> spent,
    String untold) {

  /**
   * The completed lives of one process.
   *
   * @param pid of the process; 0 if it was not made yet
   * @param totalNanos their lengths summed
   */
  public record OfProcess(int pid, long completed, long totalNanos) {
    /** Lives per second of living; 0 if none was completed. */
    public double pace() {
      return totalNanos == 0 ? 0 : completed * 1e9 / totalNanos;
    }
  }

  /** Failed lives of all codes. */
  public long failures() {
    return failed.values().stream().mapToLong(Long::longValue).sum();
  }

  /** How even the processes' pace is, of those that completed a life; NaN if none did. */
  public double fairness() {
    return Jain.index(
        processes.stream()
            .filter(each -> each.completed > 0)
            .mapToDouble(OfProcess::pace)
            .toArray());
  }
}
