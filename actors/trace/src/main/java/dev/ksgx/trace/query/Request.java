package dev.ksgx.trace.query;

import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * A request that ended.
 *
 * @param kind what its user calls such requests, e.g. "launch"; null if nobody named it
 * @param number which of that kind; its id if nobody named it
 * @param planned when it was to begin; then it may have waited for who makes it
 * @param began first instant of its timeline
 */
public record Request(long id, String kind, long number, long planned, long began, long ended) {
  static Request read(ResultSet row) throws SQLException {
    return new Request(
        row.getLong(1),
        row.getString(2),
        row.getLong(3),
        row.getLong(4),
        row.getLong(5),
        row.getLong(6));
  }

  public long latencyNanos() {
    return ended - planned;
  }

  /** E.g. "launch 17". */
  public String name() {
    return (kind == null ? "request" : kind) + " " + number;
  }
}
