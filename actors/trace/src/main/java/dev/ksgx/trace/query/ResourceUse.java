package dev.ksgx.trace.query;

import dev.ksgx.trace.store.TraceStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How a family of resources was used in a window of a trace.
 *
 * @param capacity servers of all its members in the trace; one that came or went counts as if it
 *     had been there all the time
 * @param grants times it was taken in the window
 * @param waiting tasks that waited for it at the end of the trace
 * @param heldNanos time held in the window, summed over holders
 * @param waitNanos time waited for these grants, summed
 * @param queuedNanos time waited in the window, summed, whether or not there was a grant
 * @param queues mean queue in each slice of the window
 */
public record ResourceUse(
    String group,
    long capacity,
    long grants,
    long waiting,
    long heldNanos,
    long waitNanos,
    long queuedNanos,
    double[] queues) {

  private static final int SUMS = 4;

  /** Every family that was held or waited for, the most waited for first. */
  public static List<ResourceUse> of(TraceStore store, Window window) {
    Map<Long, long[]> byResource = sums(store, window);
    Map<String, long[]> byGroup = new LinkedHashMap<>();
    Map<String, Long> capacities = new LinkedHashMap<>();
    store.list(
        "select id, grp, capacity from resource order by id",
        row -> {
          capacities.merge(row.getString(2), row.getLong(3), Long::sum);
          return byGroup.merge(
              row.getString(2),
              byResource.getOrDefault(row.getLong(1), new long[SUMS + window.slices()]),
              ResourceUse::plus);
        });
    List<ResourceUse> uses = new ArrayList<>();
    byGroup.forEach(
        (group, sums) -> {
          double[] queues = new double[window.slices()];
          long queued = 0;
          for (int slice = 0; slice < queues.length; slice++) {
            queued += sums[SUMS + slice];
            queues[slice] = window.mean(sums[SUMS + slice], slice);
          }
          if (sums[2] + queued > 0 || sums[0] > 0) {
            uses.add(
                new ResourceUse(
                    group,
                    capacities.get(group),
                    sums[0],
                    sums[1],
                    sums[2],
                    sums[3],
                    queued,
                    queues));
          }
        });
    uses.sort((a, b) -> Long.compare(b.queuedNanos(), a.queuedNanos()));
    return uses;
  }

  private static long[] plus(long[] one, long[] other) {
    long[] sum = one.clone();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += other[i];
    }
    return sum;
  }

  /** Of each resource: grants, tasks still waiting, time held, time waited, waits by slice. */
  private static Map<Long, long[]> sums(TraceStore store, Window window) {
    long from = window.fromNanos();
    // Who still waits at the end has a row that begins and ends there.
    String sql =
        "select resource, sum(start >= :from and not (open and start = stop)),"
            + " sum(open and start = stop), sum(max(0, stop - max(start, :from))),"
            + " sum(iif(start >= :from and not (open and start = stop), start - queued, 0))";
    StringBuilder columns = new StringBuilder(sql.replace(":from", Long.toString(from)));
    for (int slice = 0; slice < window.slices(); slice++) {
      columns.append(", sum(max(0, min(start, ").append(window.start(slice + 1));
      columns.append(") - max(queued, ").append(window.start(slice)).append(")))");
    }
    Map<Long, long[]> sums = new LinkedHashMap<>();
    store.list(
        columns + " from hold where stop >= " + from + " group by resource",
        row -> {
          long[] read = new long[SUMS + window.slices()];
          for (int i = 0; i < read.length; i++) {
            read[i] = row.getLong(i + 2);
          }
          return sums.put(row.getLong(1), read);
        });
    return sums;
  }

  /** The last instant of the trace. */
  public static long endNanos(TraceStore store) {
    String end = store.notes().get("endNanos");
    return Long.parseLong(end == null ? store.notes().get("lastNanos") : end);
  }
}
