package dev.ksgx.trace.query;

import dev.ksgx.trace.store.TraceStore;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What an actor did in a window of a trace. In virtual time handlers take no time, and a trace has
 * no instant at which a handler is done, so an actor is measured by its messages; its waiting shows
 * in its resources.
 *
 * @param handled messages it handled
 * @param sent messages that it sent and somebody handled
 * @param mailboxNanos time these messages lay in its mailbox, summed; 0 in virtual time
 * @param firstNanos when it handled the first
 * @param lastNanos when it handled the last
 * @param handledOver messages it handled in each slice of the window
 * @param mailbox messages in its mailbox, on average over each slice
 */
public record ActorUse(
    String path,
    long handled,
    long sent,
    long mailboxNanos,
    long firstNanos,
    long lastNanos,
    long[] handledOver,
    double[] mailbox) {

  private static final class Sums {
    private final int receiver;
    private long handled;
    private long mailboxNanos;
    private long first = Long.MAX_VALUE;
    private long last;
    private final long[] over;
    private final long[] kept;

    Sums(int receiver, int slices) {
      this.receiver = receiver;
      over = new long[slices];
      kept = new long[slices];
    }
  }

  /** Every actor that handled a message, the busiest first. */
  public static List<ActorUse> of(TraceStore store, Window window, int limit) {
    Map<Integer, Sums> sums = new HashMap<>();
    int slices = window.slices();
    long length = Math.max(1, window.nanos());
    store.list(
        "select receiver, min(?, (handled - ?) * ? / ?) as slice, count(*), sum(handled - sent),"
            + " min(handled), max(handled) from message where handled >= ? group by receiver, slice",
        row -> {
          Sums sum = sums.computeIfAbsent(row.getInt(1), actor -> new Sums(actor, slices));
          sum.over[row.getInt(2)] += row.getLong(3);
          sum.handled += row.getLong(3);
          sum.mailboxNanos += row.getLong(4);
          sum.first = Math.min(sum.first, row.getLong(5));
          sum.last = Math.max(sum.last, row.getLong(6));
          return sum;
        },
        slices - 1,
        window.fromNanos(),
        slices,
        length,
        window.fromNanos());
    mailboxes(store, window, sums);
    Map<Integer, Long> sent = new HashMap<>();
    store.list(
        "select sender, count(*) from message where handled >= ? group by sender",
        row -> sent.put(row.getInt(1), row.getLong(2)),
        window.fromNanos());
    Map<Integer, String> paths = new HashMap<>();
    store.list("select id, path from actor", row -> paths.put(row.getInt(1), row.getString(2)));
    List<Sums> busiest = new ArrayList<>(sums.values());
    busiest.sort(
        Comparator.<Sums>comparingLong(sum -> -sum.handled).thenComparing(sum -> sum.receiver));
    List<ActorUse> uses = new ArrayList<>();
    for (Sums sum : busiest.subList(0, Math.min(limit, busiest.size()))) {
      double[] mailbox = new double[slices];
      for (int slice = 0; slice < slices; slice++) {
        mailbox[slice] = window.mean(sum.kept[slice], slice);
      }
      uses.add(
          new ActorUse(
              paths.get(sum.receiver),
              sum.handled,
              sent.getOrDefault(sum.receiver, 0L),
              sum.mailboxNanos,
              sum.first,
              sum.last,
              sum.over,
              mailbox));
    }
    return uses;
  }

  /** In virtual time no message is kept waiting, so there is nothing to read. */
  private static void mailboxes(TraceStore store, Window window, Map<Integer, Sums> sums) {
    StringBuilder sql = new StringBuilder("select receiver");
    for (int slice = 0; slice < window.slices(); slice++) {
      sql.append(", sum(max(0, min(handled, ").append(window.start(slice + 1));
      sql.append(") - max(sent, ").append(window.start(slice)).append(")))");
    }
    sql.append(" from message where handled > sent and handled >= ? group by receiver");
    store.list(
        sql.toString(),
        row -> {
          long[] kept = sums.get(row.getInt(1)).kept;
          for (int slice = 0; slice < kept.length; slice++) {
            kept[slice] = row.getLong(slice + 2);
          }
          return kept;
        },
        window.fromNanos());
  }
}
