package dev.ksgx.trace.query;

import dev.ksgx.trace.store.TraceStore;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
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
    try (Side a = new Side(left);
        Side b = new Side(right)) {
      for (long same = 0; ; same++) {
        Message x = a.next();
        Message y = b.next();
        if (x == null && y == null) {
          return Optional.empty();
        }
        if (x == null || y == null || !alike(x, y)) {
          return Optional.of(new Divergence(same, x, y));
        }
      }
    }
  }

  /** The messages of one trace, which is named if they cannot be read. */
  private static final class Side implements AutoCloseable {
    private final TraceStore store;
    private final Statement statement;
    private final ResultSet rows;

    Side(TraceStore store) {
      this.store = store;
      try {
        statement = store.connection().createStatement();
        rows = statement.executeQuery(Message.COLUMNS + "order by id");
      } catch (SQLException e) {
        throw store.failure(e);
      }
    }

    /** The next one; null if there is none. */
    Message next() {
      try {
        return rows.next() ? Message.read(rows) : null;
      } catch (SQLException e) {
        throw store.failure(e);
      }
    }

    @Override
    public void close() {
      try {
        statement.close();
      } catch (SQLException e) {
        throw store.failure(e);
      }
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
