package dev.ksgx.trace.query;

import dev.ksgx.trace.store.TraceStore;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Intervals of requests, and who held what they waited for. */
final class Timelines {
  /** An interval of a request's timeline. */
  record Span(
      long id, boolean waited, long resource, String name, String group, long start, long stop) {}

  /** A request's stay at a resource: queued, then in service. */
  record Stay(long resource, long queued, long start, long stop) {}

  private record Hold(long task, long request, long start, long stop) {}

  private static final String UNTIL = "s.request = ? and s.stop > s.start and s.start < ? ";

  private final TraceStore store;
  private final Requests requests;
  private final Map<Long, Long> longestHold = new HashMap<>();

  Timelines(TraceStore store, Requests requests) {
    this.store = store;
    this.requests = requests;
  }

  /** In order. */
  List<Span> spans(long request) {
    return spans("s.request = ? and s.stop > s.start order by s.start", request);
  }

  /** The first of those that began before an instant, in order. */
  List<Span> firstUntil(long request, long nanos, int count) {
    return spans(UNTIL + "order by s.start limit ?", request, nanos, count);
  }

  /** The last of those that began before an instant, in order. */
  List<Span> lastUntil(long request, long nanos, int count) {
    List<Span> last =
        new ArrayList<>(spans(UNTIL + "order by s.start desc limit ?", request, nanos, count));
    Collections.reverse(last);
    return last;
  }

  /** How many began before an instant. */
  long countUntil(long request, long nanos) {
    return store
        .list("select count(*) from span s where " + UNTIL, row -> row.getLong(1), request, nanos)
        .get(0);
  }

  private List<Span> spans(String condition, Object... arguments) {
    return store.list(
        "select s.id, s.kind, s.resource, r.name, r.grp, s.start, s.stop from span s"
            + " join resource r on r.id = s.resource where "
            + condition,
        row ->
            new Span(
                row.getLong(1),
                row.getString(2).equals("wait"),
                row.getLong(3),
                row.getString(4),
                row.getString(5),
                row.getLong(6),
                row.getLong(7)),
        arguments);
  }

  List<Stay> stays(long request) {
    return stays("request = ?", request);
  }

  /** Those at a resource that began or ended at an instant. */
  List<Stay> staysAt(long request, long resource, long nanos) {
    // The plus keeps the index of a request that held very often out of it.
    return stays(
        "resource = ? and stop between ? and ? and +request = ? and (start = ? or stop = ?)",
        resource,
        nanos,
        nanos + longestHold(resource),
        request,
        nanos,
        nanos);
  }

  private List<Stay> stays(String condition, Object... arguments) {
    return store.list(
        "select resource, queued, start, stop from hold where " + condition,
        row -> new Stay(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4)),
        arguments);
  }

  /** Parts of each span of a request by label, by span; what no label covers is left out. */
  Map<Long, Map<String, Long>> splits(long request) {
    Map<Long, Map<String, Long>> splits = new HashMap<>();
    store.list(
        "select s.id, l.name, p.nanos from span s join part p on p.span = s.id"
            + " join label l on l.id = p.label where s.request = ? order by p.rowid",
        row ->
            splits
                .computeIfAbsent(row.getLong(1), span -> new LinkedHashMap<>())
                .merge(row.getString(2), row.getLong(3), Long::sum),
        request);
    return splits;
  }

  /** Parts of one span by label. */
  Map<String, Long> split(long span) {
    Map<String, Long> split = new LinkedHashMap<>();
    store.list(
        "select l.name, p.nanos from part p join label l on l.id = p.label where p.span = ?"
            + " order by p.rowid",
        row -> split.merge(row.getString(1), row.getLong(2), Long::sum),
        span);
    return split;
  }

  /** Others than the request that held the resource in that time, in order of their holds. */
  List<Holder> holders(long resource, long request, long from, long to) {
    // A hold that overlaps ends within the longest hold's length after the end of the wait.
    List<Hold> holds =
        store.list(
            "select task, request, start, stop from hold where resource = ? and stop > ?"
                + " and stop < ? and start < ? and request <> ? order by start, stop",
            row -> new Hold(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4)),
            resource,
            from,
            to + longestHold(resource),
            to,
            request == 0 ? -1 : request);
    List<Holder> holders = new ArrayList<>();
    for (Hold hold : holds) {
      long nanos = Math.min(hold.stop(), to) - Math.max(hold.start(), from);
      String name = hold.request() == 0 ? task(hold.task()) : requests.nameOf(hold.request());
      holders.add(new Holder(hold.task(), name, nanos));
    }
    return holders;
  }

  private String task(long number) {
    String name = store.notes().get("task." + number);
    return name == null ? "task " + number : "task " + number + " (" + name + ")";
  }

  private long longestHold(long resource) {
    return longestHold.computeIfAbsent(
        resource,
        r ->
            store
                .list(
                    "select coalesce(max(nanos), 0) from longest_hold where resource = ?",
                    row -> row.getLong(1),
                    r)
                .get(0));
  }

  /** What the maker of a request did between its plan and its beginning, in order. */
  List<Holder> inHandBefore(long request) {
    return store.list(
        "select other, stop - start from in_hand where request = ? order by start",
        row -> new Holder(0, requests.nameOf(row.getLong(1)), row.getLong(2)),
        request);
  }
}
