package dev.ksgx.trace.query;

import dev.ksgx.trace.store.TraceStore;
import java.util.List;

/**
 * What an actor did. In virtual time handlers take no time, so an actor is measured by its
 * messages; its waiting shows in its resources.
 *
 * @param handled messages it handled
 * @param sent messages that it sent and somebody handled
 * @param mailboxNanos time its messages lay in its mailbox, summed; 0 in virtual time
 */
public record ActorUse(
    String path, long handled, long sent, long mailboxNanos, long firstNanos, long lastNanos) {

  /** Every actor that handled a message, the busiest first. */
  public static List<ActorUse> of(TraceStore store, int limit) {
    return store.list(
        "select a.path, i.n, coalesce(o.n, 0), i.wait, i.first, i.last from (select receiver,"
            + " count(*) n, sum(handled - sent) wait, min(handled) first, max(handled) last"
            + " from message group by receiver) i join actor a on a.id = i.receiver"
            + " left join (select sender, count(*) n from message group by sender) o"
            + " on o.sender = i.receiver order by i.n desc, a.id limit ?",
        row ->
            new ActorUse(
                row.getString(1),
                row.getLong(2),
                row.getLong(3),
                row.getLong(4),
                row.getLong(5),
                row.getLong(6)),
        limit);
  }
}
