package dev.ksgx.trace.query;

import dev.ksgx.trace.store.TraceStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The requests of a trace: those that ended, and those with a name that had begun and did not. */
public final class Requests {
  private static final String ENDED =
      "select id, kind, number, planned, began, ended, 0 from requests ";

  /** A part of a trace may have but the name of a request, as that of a holder. */
  private static final String UNDER_WAY =
      "select u.id, l.name, u.number, u.planned,"
          + " coalesce((select min(s.start) from span s where s.request = u.id), u.planned),"
          + " max(?, u.planned,"
          + " coalesce((select max(s.stop) from span s where s.request = u.id), 0)), 1"
          + " from unended u join label l on l.id = u.kind"
          + " where (? or exists (select 1 from span s where s.request = u.id)) and ";

  private final TraceStore store;
  private final Map<Long, String> names = new HashMap<>();

  public Requests(TraceStore store) {
    this.store = store;
  }

  /** The request of that id. */
  public Optional<Request> find(long id) {
    return first(store.list(ENDED + "where id = ?", Request::read, id))
        .or(() -> first(underWay("u.id = ?", id)));
  }

  /** The request that its user calls by that number; one that has a kind is preferred. */
  public Optional<Request> numbered(long number) {
    List<Request> found =
        new ArrayList<>(
            store.list(ENDED + "where number = ? order by kind is null", Request::read, number));
    if (found.isEmpty() || found.get(0).kind() == null) {
      found.addAll(0, underWay("u.number = ?", number));
    }
    return first(found);
  }

  private static Optional<Request> first(List<Request> found) {
    return found.stream().findFirst();
  }

  /**
   * Those with a kind that ended, the slowest first.
   *
   * @param plannedFrom earliest instant for which they were planned, nanoseconds
   */
  public List<Request> slowest(int count, long plannedFrom) {
    return store.list(
        ENDED + "where kind is not null and planned >= ? order by latency desc, number limit ?",
        Request::read,
        plannedFrom,
        count);
  }

  /** Those with a kind that were planned from that instant on and ended, in order of their ends. */
  public List<Request> plannedFrom(long nanos) {
    return store.list(
        ENDED + "where kind is not null and planned >= ? order by ended, number",
        Request::read,
        nanos);
  }

  /** Those with a kind that ended, in order of their ends. */
  public List<Request> all() {
    return plannedFrom(0);
  }

  /**
   * Those with a kind that had begun and not ended when the trace did, in order of their plans.
   *
   * @param plannedFrom earliest instant for which they were planned, nanoseconds
   */
  public List<Request> underWay(long plannedFrom) {
    return underWay("u.planned >= ? order by u.planned, u.number", plannedFrom);
  }

  private List<Request> underWay(String condition, long value) {
    Map<String, String> notes = store.notes();
    boolean whole = !notes.containsKey("only") && notes.getOrDefault("oneIn", "1").equals("1");
    return store.list(
        UNDER_WAY + condition, Request::read, ResourceUse.endNanos(store), whole, value);
  }

  /** When the run began to measure, nanoseconds: its figures are of requests planned since. */
  public long measuredFromNanos() {
    return Long.parseLong(store.notes().getOrDefault("measuredFromNanos", "0"));
  }

  /** What to call a request of which only the id is known. */
  public String nameOf(long id) {
    return names.computeIfAbsent(
        id, i -> find(i).map(Request::name).or(() -> nameAlone(i)).orElse("request " + i));
  }

  private Optional<String> nameAlone(long id) {
    return store
        .list(
            "select l.name || ' ' || u.number from unended u join label l on l.id = u.kind"
                + " where u.id = ?",
            row -> row.getString(1),
            id)
        .stream()
        .findFirst();
  }
}
