package dev.ksgx.trace.query;

import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * A request that ended, or was under way when its trace did.
 *
 * @param kind what its user calls such requests, e.g. "launch"; null if nobody named it
 * @param number which of that kind; its id if nobody named it
 * @param planned when it was to begin; then it may have waited for who makes it
 * @param began first instant of its timeline; of one under way without a whole interval, its plan
 * @param ended last instant of its timeline; of one under way, the end of the trace
 * @param underWay whether its end is not in the trace
 */
public record Request(
    long id, String kind, long number, long planned, long began, long ended, boolean underWay) {
  static Request read(ResultSet row) throws SQLException {
    return new Request(
        row.getLong(1),
        row.getString(2),
        row.getLong(3),
        row.getLong(4),
        row.getLong(5),
        row.getLong(6),
        row.getInt(7) != 0);
  }

  /** What it took; of one under way, up to the end of the trace. */
  public long latencyNanos() {
    return ended - planned;
  }

  /** E.g. "launch 17". */
  public String name() {
    return (kind == null ? "request" : kind) + " " + number;
  }

  /** Its name, and that it did not end, e.g. "launch 20 (under way at the end)". */
  public String title() {
    return underWay ? name() + " (under way at the end)" : name();
  }
}
