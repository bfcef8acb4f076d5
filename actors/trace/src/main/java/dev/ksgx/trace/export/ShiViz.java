package dev.ksgx.trace.export;

import dev.ksgx.trace.store.TraceStore;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * A log for ShiViz: an event for each message handled, with its vector clock; hosts are actors.
 * Read by ShiViz' own default expression, {@code (?<event>.*)\n(?<host>\S*) (?<clock>{.*})}.
 */
public final class ShiViz {
  private ShiViz() {}

  /** Writes the selected messages. Made for a launch: clocks name every actor that matters. */
  public static void write(TraceStore store, Selection selection, Appendable out)
      throws IOException {
    Map<Integer, TreeMap<Integer, Integer>> actors = new HashMap<>();
    Map<Long, TreeMap<Integer, Integer>> events = new HashMap<>();
    Exported.each(
        store,
        selection,
        m -> {
          TreeMap<Integer, Integer> clock =
              actors.computeIfAbsent(m.receiver, a -> new TreeMap<>());
          Map<Integer, Integer> cause = events.get(m.cause);
          if (cause != null) {
            cause.forEach((actor, time) -> clock.merge(actor, time, Math::max));
          }
          clock.merge(m.receiver, 1, Integer::sum);
          events.put(m.id, new TreeMap<>(clock));
          out.append('m').append(Long.toString(m.id)).append(' ').append(m.label()).append('\n');
          out.append(host(m, m.receiver)).append(" {");
          String separator = "\"";
          for (Map.Entry<Integer, Integer> entry : clock.entrySet()) {
            out.append(separator).append(host(m, entry.getKey())).append("\":");
            out.append(entry.getValue().toString());
            separator = ",\"";
          }
          out.append("}\n");
        });
  }

  /** Hosts have no blanks. */
  private static String host(Exported m, int actor) {
    return m.actor(actor).replace(' ', '_');
  }
}
