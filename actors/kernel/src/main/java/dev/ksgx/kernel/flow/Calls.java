package dev.ksgx.kernel.flow;

import dev.ksgx.protocol.message.Reply;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** The answers that one actor waits for, and what it does with each. */
public final class Calls {
  private final Map<Long, Consumer<Reply>> waiting = new HashMap<>();
  private long last;

  /**
   * Reserve a number for a request whose answer {@code then} will take.
   *
   * @param <R> type of the answer; a request has exactly one kind of answer
   */
  @SuppressWarnings("unchecked")
  public <R extends Reply> long expect(Consumer<R> then) {
    long call = ++last;
    waiting.put(call, (Consumer<Reply>) then);
    return call;
  }

  /** Hand an answer to whoever waits for it; one that nobody waits for any more is dropped. */
  public void complete(Reply reply) {
    Consumer<Reply> then = waiting.remove(reply.call());
    if (then != null) {
      then.accept(reply);
    }
  }

  /** The answer with this number is not waited for any more. True if it still was. */
  public boolean forget(long call) {
    return waiting.remove(call) != null;
  }

  /** No answer that is out is waited for any more. */
  public void forgetAll() {
    waiting.clear();
  }

  /** How many answers are out. */
  public int size() {
    return waiting.size();
  }
}
