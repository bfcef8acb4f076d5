package dev.ksgx.trace.page;

import dev.ksgx.trace.query.Request;
import dev.ksgx.trace.store.TraceStore;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.TreeMap;

/**
 * Who held the resources of a scene: for requests, those that they waited for, were served by or
 * held themselves, while they lasted; for a piece of time, all. What took no time is left out.
 */
final class SceneHolds {
  /** {@code rowid} orders them; the resource's number is that of the trace. */
  record Hold(
      long rowid,
      long resource,
      long task,
      long request,
      long queued,
      long start,
      long stop,
      boolean open) {}

  private static final String COLUMNS =
      "select rowid, resource, task, request, queued, start, stop, open from hold ";

  private SceneHolds() {}

  static Collection<Hold> of(TraceStore store, Scene scene) {
    TreeMap<Long, Hold> holds = new TreeMap<>();
    if (scene.isWindow()) {
      store
          .list(
              COLUMNS + "where stop > queued and stop >= ? and queued <= ?",
              SceneHolds::read,
              scene.fromNanos(),
              scene.toNanos())
          .forEach(hold -> holds.put(hold.rowid(), hold));
    }
    for (Request request : scene.isWindow() ? Set.<Request>of() : scene.requests()) {
      Set<Long> resources =
          new LinkedHashSet<>(
              store.list(
                  "select distinct resource from span where request = ? union"
                      + " select distinct resource from hold where request = ?",
                  row -> row.getLong(1),
                  request.id(),
                  request.id()));
      for (long resource : resources) {
        store
            .list(
                COLUMNS + "where resource = ? and stop > queued and stop >= ? and queued <= ?",
                SceneHolds::read,
                resource,
                request.planned(),
                request.ended())
            .forEach(hold -> holds.put(hold.rowid(), hold));
      }
    }
    return holds.values();
  }

  private static Hold read(ResultSet row) throws SQLException {
    return new Hold(
        row.getLong(1),
        row.getLong(2),
        row.getLong(3),
        row.getLong(4),
        row.getLong(5),
        row.getLong(6),
        row.getLong(7),
        row.getInt(8) != 0);
  }
}
