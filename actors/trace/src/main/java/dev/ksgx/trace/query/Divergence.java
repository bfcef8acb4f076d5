package dev.ksgx.trace.query;

import dev.ksgx.trace.store.TraceStore;
import dev.ksgx.trace.store.TraceStoreException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Optional;

/**
 * The first message in which two traces differ, in order of handling: by instant, sender, receiver,
 * type, request, fields, cause, instant of sending or origin.
 *
 * @param same messages before it, the same in both
 * @param left the first trace's message; null if it has no more
 * @param right the second's; null if it has no more
 */
public record Divergence(long same, Message left, Message right) {

  /** Compares two traces; empty if their messages are the same. */
  public static Optional<Divergence> of(TraceStore left, TraceStore right) {
    String sql = Message.COLUMNS + "order by id";
    try (PreparedStatement one = left.connection().prepareStatement(sql);
        PreparedStatement other = right.connection().prepareStatement(sql);
        ResultSet a = one.executeQuery();
        ResultSet b = other.executeQuery()) {
      for (long same = 0; ; same++) {
        Message x = a.next() ? Message.read(a) : null;
        Message y = b.next() ? Message.read(b) : null;
        if (x == null && y == null) {
          return Optional.empty();
        }
        if (x == null || y == null || !alike(x, y)) {
          return Optional.of(new Divergence(same, x, y));
        }
      }
    } catch (SQLException e) {
      throw new TraceStoreException(e);
    }
  }

  private static boolean alike(Message x, Message y) {
    return x.handled() == y.handled()
        && x.sent() == y.sent()
        && x.cause() == y.cause()
        && x.request() == y.request()
        && Objects.equals(x.origin(), y.origin())
        && x.receiver().equals(y.receiver())
        && x.type().equals(y.type())
        && Objects.equals(x.sender(), y.sender())
        && Objects.equals(x.fields(), y.fields());
  }
}
