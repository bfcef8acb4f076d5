package dev.ksgx.trace.query;

import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * A message when it was handled. Instants are nanoseconds of the run's clock.
 *
 * @param cause the message handled when it was sent or scheduled; 0 if none
 * @param request on whose behalf; 0 if nobody's
 * @param sender path of the actor; null if it came from outside
 * @param origin where it comes from if it has no cause in the model, e.g. "arrival"; null if it has
 * @param fields a JSON object of numbers; null if it has none
 */
public record Message(
    long id,
    long cause,
    long request,
    String sender,
    String receiver,
    long sent,
    long handled,
    String type,
    String origin,
    String fields) {

  static final String COLUMNS =
      "select id, cause, request, sender, receiver, sent, handled, type, origin, fields"
          + " from messages ";

  static Message read(ResultSet row) throws SQLException {
    return new Message(
        row.getLong(1),
        row.getLong(2),
        row.getLong(3),
        row.getString(4),
        row.getString(5),
        row.getLong(6),
        row.getLong(7),
        row.getString(8),
        row.getString(9),
        row.getString(10));
  }

  /** Whether the model has no cause for it: it comes from outside, from boot, or is an arrival. */
  public boolean isRoot() {
    return cause == 0 || origin != null;
  }
}
