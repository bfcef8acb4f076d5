package dev.ksgx.trace.export;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.ksgx.trace.query.StateChange;
import dev.ksgx.trace.store.TraceStore;
import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The selected messages one by one, their names at hand; one object serves them all. */
final class Exported {
  /** Hears each message in order of handling. */
  @FunctionalInterface
  interface Each {
    void message(Exported message) throws IOException;
  }

  private final Map<Integer, String> actors;
  private final Map<Integer, String> types;
  private final Map<Integer, String> labels;

  long id;
  long cause;
  long request;
  int sender;
  int receiver;
  long sent;
  long handled;
  private int typeNumber;
  private int originNumber;

  /** JSON object, or null. */
  String fields;

  /** Request that the cause serves; 0 if the cause is nobody's or not in the trace. */
  long causeRequest;

  /** Instant at which the cause was handled; that of sending if it is not in the trace. */
  long causeHandled;

  private final TraceStore store;

  Exported(TraceStore store) {
    this.store = store;
    actors = names(store, "select id, path from actor");
    types = names(store, "select id, name from type");
    labels = names(store, "select id, name from label");
  }

  private static Map<Integer, String> names(TraceStore store, String sql) {
    Map<Integer, String> names = new HashMap<>();
    store.list(sql, row -> names.put(row.getInt(1), quotable(row.getString(2))));
    return names;
  }

  /** As it stands between the quotes of a JSON string. */
  static String quotable(String text) {
    return new String(JsonStringEncoder.getInstance().quoteAsString(text));
  }

  String actor(int number) {
    return actors.getOrDefault(number, "(outside)");
  }

  String type() {
    return types.get(typeNumber);
  }

  /** Where it comes from, or null. */
  String origin() {
    return labels.get(originNumber);
  }

  /** Type and fields, in one line. */
  String label() {
    return fields == null
        ? type()
        : type() + "(" + fields.substring(1, fields.length() - 1).replace("\"", "") + ")";
  }

  /** The selected changes of states, in order. */
  static List<StateChange> states(TraceStore store, Selection selection) {
    return StateChange.list(
        store,
        null,
        null,
        selection.request(),
        selection.fromNanos() == null ? 0 : selection.fromNanos(),
        selection.toNanos() == null ? Long.MAX_VALUE : selection.toNanos(),
        Integer.MAX_VALUE);
  }

  static void each(TraceStore store, Selection selection, Each to) throws IOException {
    new Exported(store).each(selection, to);
  }

  /** Whether more messages than that are selected; it looks at no more. */
  static boolean areMoreThan(TraceStore store, Selection selection, int most) {
    return !store
        .list(
            "select 1 from message m "
                + selection.where("m.request", "m.handled", "m.handled")
                + "limit 1 offset ?",
            row -> true,
            most)
        .isEmpty();
  }

  /** As {@link #each(TraceStore, Selection, Each)}, for who asks many times: names are kept. */
  void each(Selection selection, Each to) throws IOException {
    each(selection.where("m.request", "m.handled", "m.handled"), to);
  }

  /** Those from one id to another, both included. */
  static void each(TraceStore store, long fromId, long toId, Each to) throws IOException {
    new Exported(store).each("where m.id between " + fromId + " and " + toId + " ", to);
  }

  private void each(String where, Each to) throws IOException {
    String sql =
        "select m.id, m.cause, m.request, m.sender, m.receiver, m.sent, m.handled, m.type, m.origin,"
            + " m.fields, c.request, c.handled from message m left join message c on c.id = m.cause "
            + where
            + "order by m.id";
    try (Statement statement = store.connection().createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      while (row.next()) {
        read(row);
        to.message(this);
      }
    } catch (SQLException e) {
      throw store.failure(e);
    }
  }

  private void read(ResultSet row) throws SQLException {
    id = row.getLong(1);
    cause = row.getLong(2);
    request = row.getLong(3);
    sender = row.getInt(4);
    receiver = row.getInt(5);
    sent = row.getLong(6);
    handled = row.getLong(7);
    typeNumber = row.getInt(8);
    originNumber = row.getInt(9);
    fields = row.getString(10);
    causeRequest = row.getLong(11);
    causeHandled = row.getLong(12);
    if (row.wasNull()) {
      causeHandled = sent;
    }
  }
}
