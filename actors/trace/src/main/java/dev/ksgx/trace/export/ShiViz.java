package dev.ksgx.trace.export;

import dev.ksgx.trace.store.TraceStore;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A log for ShiViz: an event for each message handled, with its vector clock; hosts are actors.
 * Read by ShiViz' own default expression, {@code (?<event>.*)\n(?<host>\S*) (?<clock>{.*})}.
 */
public final class ShiViz {
  /**
   * What separates the executions of {@link #write(Execution, Execution, long, int, Appendable)}.
   */
  public static final String DELIMITER = "^=== (?<trace>.*) ===$";

  /**
   * Most messages of a log of one execution: each has a clock that may name every actor, so that a
   * log grows with the product of the two, and the viewer draws each of them.
   */
  public static final int MOST_MESSAGES = 20_000;

  private final Appendable out;
  private final boolean withIds;
  private final Map<Integer, TreeMap<Integer, Integer>> actors = new HashMap<>();
  private final Map<Long, TreeMap<Integer, Integer>> events = new HashMap<>();

  /** A trace with a label of its own. */
  public record Execution(String label, TraceStore store) {}

  private ShiViz(Appendable out, boolean withIds) {
    this.out = out;
    this.withIds = withIds;
  }

  /**
   * Writes the selected messages. Made for a launch: clocks name every actor that matters.
   *
   * @throws IllegalArgumentException if they are more than {@link #MOST_MESSAGES}; nothing is
   *     written then
   */
  public static void write(TraceStore store, Selection selection, Appendable out)
      throws IOException {
    write(store, selection, MOST_MESSAGES, out);
  }

  static void write(TraceStore store, Selection selection, int most, Appendable out)
      throws IOException {
    if (Exported.areMoreThan(store, selection, most)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "more than %,d messages, each of which has a vector clock", most));
    }
    Exported.each(store, selection, new ShiViz(out, true)::event);
  }

  /**
   * Writes two executions around the first message in which they differ. Events have no ids here:
   * ShiViz tells executions apart by what their events say, and ids shift.
   *
   * @param same how many messages at the beginning are the same in both
   * @param around so many messages before that point and so many from there on, of each
   */
  public static void write(Execution one, Execution other, long same, int around, Appendable out)
      throws IOException {
    if (one.label().equals(other.label())) {
      throw new IllegalArgumentException("both executions are called " + one.label());
    }
    for (Execution execution : List.of(one, other)) {
      out.append("=== ").append(execution.label()).append(" ===\n");
      List<Long> ids =
          execution
              .store()
              .list(
                  "select id from message order by id limit ? offset ?",
                  row -> row.getLong(1),
                  around + Math.min(around, same),
                  Math.max(0, same - around));
      if (!ids.isEmpty()) {
        long last = ids.get(ids.size() - 1);
        Exported.each(execution.store(), ids.get(0), last, new ShiViz(out, false)::event);
      }
    }
  }

  private void event(Exported m) throws IOException {
    TreeMap<Integer, Integer> clock = actors.computeIfAbsent(m.receiver, a -> new TreeMap<>());
    Map<Integer, Integer> cause = events.get(m.cause);
    if (cause != null) {
      cause.forEach((actor, time) -> clock.merge(actor, time, Math::max));
    }
    clock.merge(m.receiver, 1, Integer::sum);
    events.put(m.id, new TreeMap<>(clock));
    if (withIds) {
      out.append('m').append(Long.toString(m.id)).append(' ');
    }
    out.append(m.label()).append('\n');
    out.append(host(m, m.receiver)).append(" {");
    String separator = "\"";
    for (Map.Entry<Integer, Integer> entry : clock.entrySet()) {
      out.append(separator).append(host(m, entry.getKey())).append("\":");
      out.append(entry.getValue().toString());
      separator = ",\"";
    }
    out.append("}\n");
  }

  /** Hosts have no blanks. */
  private static String host(Exported m, int actor) {
    return m.actor(actor).replace(' ', '_');
  }
}
