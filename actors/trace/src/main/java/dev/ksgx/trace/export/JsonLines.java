package dev.ksgx.trace.export;

import dev.ksgx.trace.query.StateChange;
import dev.ksgx.trace.store.TraceStore;
import java.io.IOException;
import java.util.Iterator;

/**
 * One JSON object a line for each message in order of handling, and for each state that changed
 * meanwhile: also the canonical dump.
 */
public final class JsonLines {
  private JsonLines() {}

  /** Writes the selected messages and states. */
  public static void write(TraceStore store, Selection selection, Appendable out)
      throws IOException {
    StringBuilder line = new StringBuilder();
    Iterator<StateChange> states = Exported.states(store, selection).iterator();
    StateChange[] next = {next(states)};
    Exported.each(
        store,
        selection,
        m -> {
          while (next[0] != null && next[0].cause() < m.id) {
            out.append(state(next[0], line));
            next[0] = next(states);
          }
          line.setLength(0);
          line.append("{\"id\":").append(m.id).append(",\"cause\":").append(m.cause);
          line.append(",\"request\":").append(m.request);
          if (m.sender != 0) {
            line.append(",\"sender\":\"").append(m.actor(m.sender)).append('"');
          }
          line.append(",\"receiver\":\"").append(m.actor(m.receiver)).append('"');
          line.append(",\"sent\":").append(m.sent).append(",\"handled\":").append(m.handled);
          line.append(",\"type\":\"").append(m.type()).append('"');
          if (m.origin() != null) {
            line.append(",\"origin\":\"").append(m.origin()).append('"');
          }
          if (m.fields != null) {
            line.append(",\"fields\":").append(m.fields);
          }
          out.append(line.append("}\n"));
        });
    while (next[0] != null) {
      out.append(state(next[0], line));
      next[0] = next(states);
    }
  }

  private static StateChange next(Iterator<StateChange> states) {
    return states.hasNext() ? states.next() : null;
  }

  private static StringBuilder state(StateChange change, StringBuilder line) {
    line.setLength(0);
    line.append("{\"state\":\"").append(Exported.quotable(change.name())).append('"');
    if (change.actor() != null) {
      line.append(",\"actor\":\"").append(Exported.quotable(change.actor())).append('"');
    }
    if (change.value() != null) {
      line.append(",\"value\":\"").append(Exported.quotable(change.value())).append('"');
    }
    line.append(",\"at\":").append(change.at()).append(",\"cause\":").append(change.cause());
    return line.append(",\"request\":").append(change.request()).append("}\n");
  }
}
