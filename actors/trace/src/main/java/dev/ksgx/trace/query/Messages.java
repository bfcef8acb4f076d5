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
   * model or in the trace. Under a server that never idles a chain can have millions: {@link
   * #chain} is quick all the same.
   */
  public List<Long> causes(long id) {
    return Chain.all(store, id);
  }

  /**
   * The ends of the chain of causes of that message.
   *
   * @param ends how many causes at each end, at least
   */
  public Chain chain(long id, int ends) {
    return Chain.of(store, id, ends);
  }
}
