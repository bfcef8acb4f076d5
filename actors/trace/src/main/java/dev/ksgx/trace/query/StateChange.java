package dev.ksgx.trace.query;

import dev.ksgx.trace.store.TraceStore;
import java.util.ArrayList;
import java.util.List;

/**
 * A state of an actor changed.
 *
 * @param actor path; null if nobody knows
 * @param name of the state, unique in the actor
 * @param value what it is from now on; null if it is over
 * @param cause the message that the actor was handling; 0 if none
 * @param request on whose behalf; 0 if nobody's
 */
public record StateChange(
    String actor, String name, String value, long at, long cause, long request) {
  private static final String COLUMNS =
      "select actor, name, value, at, cause, request from states ";

  /**
   * The first changes, in order.
   *
   * @param actor part of the actor's path; null means any
   * @param name of the state; null means any
   * @param request on whose behalf; null means any
   * @param fromNanos then or later
   * @param toNanos then or earlier
   */
  public static List<StateChange> list(
      TraceStore store,
      String actor,
      String name,
      Long request,
      long fromNanos,
      long toNanos,
      int limit) {
    StringBuilder where = new StringBuilder("where at >= ? and at <= ?");
    List<Object> arguments = new ArrayList<>(List.of(fromNanos, toNanos));
    if (actor != null) {
      where.append(" and instr(actor, ?) > 0");
      arguments.add(actor);
    }
    if (name != null) {
      where.append(" and name = ?");
      arguments.add(name);
    }
    if (request != null) {
      where.append(" and request = ?");
      arguments.add(request);
    }
    arguments.add(limit);
    return read(store, where + " order by id limit ?", arguments.toArray());
  }

  /** What changed while that message was handled, in order. */
  public static List<StateChange> during(TraceStore store, long message) {
    return read(store, "where cause = ? order by id", message);
  }

  private static List<StateChange> read(TraceStore store, String where, Object... arguments) {
    return store.list(
        COLUMNS + where,
        row ->
            new StateChange(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getLong(4),
                row.getLong(5),
                row.getLong(6)),
        arguments);
  }

  /** E.g. "life = CREATED". */
  public String inWords() {
    return name + (value == null ? " is over" : " = " + value);
  }
}
