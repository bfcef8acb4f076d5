package dev.ksgx.trace.query;

import dev.ksgx.trace.store.TraceStore;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The requests of a trace that ended. */
public final class Requests {
  private static final String COLUMNS =
      "select id, kind, number, planned, began, ended from requests ";

  private final TraceStore store;
  private final Map<Long, String> names = new HashMap<>();

  public Requests(TraceStore store) {
    this.store = store;
  }

  /** The request of that id. */
  public Optional<Request> find(long id) {
    return store.list(COLUMNS + "where id = ?", Request::read, id).stream().findFirst();
  }

  /** The request that its user calls by that number; one that has a kind is preferred. */
  public Optional<Request> numbered(long number) {
    return store
        .list(COLUMNS + "where number = ? order by kind is null", Request::read, number)
        .stream()
        .findFirst();
  }

  /**
   * Those with a kind, the slowest first.
   *
   * @param plannedFrom earliest instant for which they were planned, nanoseconds
   */
  public List<Request> slowest(int count, long plannedFrom) {
    return store.list(
        COLUMNS
            + "where kind is not null and planned >= ? order by latency desc, number limit "
            + count,
        Request::read,
        plannedFrom);
  }

  /** Those with a kind that were planned from that instant on, in order of their ends. */
  public List<Request> plannedFrom(long nanos) {
    return store.list(
        COLUMNS + "where kind is not null and planned >= ? order by ended, number",
        Request::read,
        nanos);
  }

  /** Those with a kind, in order of their ends. */
  public List<Request> all() {
    return plannedFrom(0);
  }

  /** When the run began to measure, nanoseconds: its figures are of requests planned since. */
  public long measuredFromNanos() {
    return Long.parseLong(store.notes().getOrDefault("measuredFromNanos", "0"));
  }

  /** What to call a request of which only the id is known. */
  String nameOf(long id) {
    return names.computeIfAbsent(
        id, i -> find(i).map(Request::name).or(() -> unended(i)).orElse("request " + i));
  }

  private Optional<String> unended(long id) {
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
