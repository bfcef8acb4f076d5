package dev.ksgx.trace.query;

import dev.ksgx.trace.store.TraceStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The messages of a trace. */
public final class Messages {
  private final TraceStore store;

  public Messages(TraceStore store) {
    this.store = store;
  }

  /** That message. */
  public Optional<Message> find(long id) {
    return store.list(Message.COLUMNS + "where id = ?", Message::read, id).stream().findFirst();
  }

  /** The first of them, in order of handling. */
  public List<Message> list(Filter filter, int limit) {
    List<Object> arguments = new ArrayList<>();
    String sql = Message.COLUMNS + filter.where(arguments) + "order by id limit ?";
    arguments.add(limit);
    return store.list(sql, Message::read, arguments.toArray());
  }

  /** What was sent or scheduled while that message was handled, in order of handling. */
  public List<Message> effects(long id) {
    return store.list(Message.COLUMNS + "where cause = ? order by id", Message::read, id);
  }

  /** Everything that served a request, in order of handling. */
  public List<Message> ofRequest(long request) {
    return store.list(Message.COLUMNS + "where request = ? order by id", Message::read, request);
  }

  /**
   * Ids of the message, its cause, the cause of that, and so on to the first that has none in the
   * model or in the trace. Under a server that never idles a chain can have many thousands.
   */
  public List<Long> causes(long id) {
    return store.list(
        "with recursive chain(id, cause, origin) as (select id, cause, origin from message"
            + " where id = ? union all select m.id, m.cause, m.origin from chain c join message m"
            + " on m.id = c.cause where c.cause <> 0 and c.origin = 0) select id from chain",
        row -> row.getLong(1),
        id);
  }
}
