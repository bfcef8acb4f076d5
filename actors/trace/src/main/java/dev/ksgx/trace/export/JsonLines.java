package dev.ksgx.trace.export;

import dev.ksgx.trace.store.TraceStore;
import java.io.IOException;

/** One JSON object a line for each message, in order of handling: also the canonical dump. */
public final class JsonLines {
  private JsonLines() {}

  /** Writes the selected messages. */
  public static void write(TraceStore store, Selection selection, Appendable out)
      throws IOException {
    StringBuilder line = new StringBuilder();
    Exported.each(
        store,
        selection,
        m -> {
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
  }
}
