package dev.ksgx.trace.query;

import dev.ksgx.trace.store.TraceStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How a family of resources was used over the whole trace.
 *
 * @param capacity servers of all of them, if none goes before the end
 * @param grants times it was taken
 * @param busyNanos time held, summed over holders
 * @param waitNanos time waited by those who got it, summed
 * @param queues mean queue in each of equal slices of the trace
 */
public record ResourceUse(
    String group, long capacity, long grants, long busyNanos, long waitNanos, double[] queues) {

  /** Every family that was held, the most waited for first. */
  public static List<ResourceUse> of(TraceStore store, int slices) {
    long end = endNanos(store);
    Map<String, long[]> sums = new LinkedHashMap<>();
    Map<String, double[]> queues = new LinkedHashMap<>();
    store.list(
        "select r.grp, h.queued, h.start, h.stop from hold h join resource r on r.id = h.resource",
        row -> {
          String group = row.getString(1);
          long queued = row.getLong(2);
          long start = row.getLong(3);
          long[] sum = sums.computeIfAbsent(group, g -> new long[3]);
          sum[0]++;
          sum[1] += row.getLong(4) - start;
          sum[2] += start - queued;
          if (start > queued && end > 0) {
            spread(queues.computeIfAbsent(group, g -> new double[slices]), queued, start, end);
          }
          return null;
        });
    List<ResourceUse> uses = new ArrayList<>();
    store
        .list(
            "select grp, sum(capacity) from resource group by grp order by min(id)",
            row -> Map.entry(row.getString(1), row.getLong(2)))
        .forEach(
            group -> {
              long[] sum = sums.get(group.getKey());
              if (sum != null) {
                double[] queue = queues.getOrDefault(group.getKey(), new double[slices]);
                uses.add(
                    new ResourceUse(
                        group.getKey(), group.getValue(), sum[0], sum[1], sum[2], queue));
              }
            });
    uses.sort((a, b) -> Long.compare(b.waitNanos(), a.waitNanos()));
    return uses;
  }

  private static void spread(double[] slices, long from, long to, long end) {
    double width = (double) end / slices.length;
    for (int i = (int) (from / width); i < slices.length && i * width < to; i++) {
      double overlap = Math.min(to, (i + 1) * width) - Math.max(from, i * width);
      slices[i] += Math.max(0, overlap) / width;
    }
  }

  /** The last instant of the trace. */
  public static long endNanos(TraceStore store) {
    String end = store.notes().get("endNanos");
    return Long.parseLong(end == null ? store.notes().get("lastNanos") : end);
  }
}
