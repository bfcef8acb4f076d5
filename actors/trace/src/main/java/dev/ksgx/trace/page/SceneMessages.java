package dev.ksgx.trace.page;

import dev.ksgx.trace.query.Request;
import dev.ksgx.trace.store.TraceStore;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The messages of a scene, and before them what caused them, back to the roots. */
final class SceneMessages {
  /** Numbers of names are those of the trace; 0 stands for none. */
  record Row(
      long id,
      long cause,
      long request,
      int sender,
      int receiver,
      long sent,
      long handled,
      int type,
      int origin,
      String fields,
      boolean context) {}

  private static final String COLUMNS =
      "select id, cause, request, sender, receiver, sent, handled, type, origin, fields"
          + " from message ";
  private static final int MOST_CAUSES = 5_000;
  private static final int AT_ONCE = 500;

  private final TraceStore store;
  private final TreeMap<Long, Row> rows = new TreeMap<>();

  private SceneMessages(TraceStore store) {
    this.store = store;
  }

  /**
   * Reads them, in order of handling.
   *
   * @throws IllegalArgumentException if the scene has more than a page can show
   */
  static Collection<Row> of(TraceStore store, Scene scene, int most) {
    SceneMessages messages = new SceneMessages(store);
    if (scene.isWindow()) {
      messages.read("handled between ? and ?", most, scene.fromNanos(), scene.toNanos());
    } else {
      for (Request request : scene.requests()) {
        messages.read("request = ?", most, request.id());
      }
    }
    messages.addCauses();
    return messages.rows.values();
  }

  private void read(String condition, int most, Object... arguments) {
    String sql = COLUMNS + "where " + condition + " order by id limit " + (most + 1);
    store.list(sql, row -> read(row, false), arguments).forEach(row -> rows.put(row.id(), row));
    if (rows.size() > most) {
      throw new IllegalArgumentException(
          String.format(
              "that is more than the %,d messages a page can show; choose fewer requests or a"
                  + " shorter time",
              most));
    }
  }

  /** The latest first, so that what is nearest is there if not all can be. */
  private void addCauses() {
    TreeSet<Long> missing = new TreeSet<>();
    rows.values().forEach(row -> want(row, missing));
    for (int added = 0; !missing.isEmpty() && added < MOST_CAUSES; ) {
      List<Long> ids = missing.descendingSet().stream().limit(AT_ONCE).toList();
      ids.forEach(missing::remove);
      String list = ids.stream().map(String::valueOf).collect(Collectors.joining(","));
      List<Row> found = store.list(COLUMNS + "where id in (" + list + ")", row -> read(row, true));
      found.forEach(row -> rows.put(row.id(), row));
      new ArrayList<>(found).forEach(row -> want(row, missing));
      added += ids.size();
    }
  }

  private void want(Row row, TreeSet<Long> missing) {
    if (row.cause() != 0 && row.origin() == 0 && !rows.containsKey(row.cause())) {
      missing.add(row.cause());
    }
  }

  private static Row read(ResultSet row, boolean context) throws SQLException {
    return new Row(
        row.getLong(1),
        row.getLong(2),
        row.getLong(3),
        row.getInt(4),
        row.getInt(5),
        row.getLong(6),
        row.getLong(7),
        row.getInt(8),
        row.getInt(9),
        row.getString(10),
        context);
  }
}
