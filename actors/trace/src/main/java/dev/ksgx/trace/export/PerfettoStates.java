package dev.ksgx.trace.export;

import dev.ksgx.trace.query.ResourceUse;
import dev.ksgx.trace.query.StateChange;
import dev.ksgx.trace.store.TraceStore;
import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * States as threads of a process of their own: a slice lasts from one change to the next, or to the
 * end of what is shown, so that slices of one thread never overlap.
 */
final class PerfettoStates {
  static final int PROCESS = 4;

  /** Takes an event. */
  @FunctionalInterface
  interface Events {
    void add(StringBuilder event) throws IOException;
  }

  private final TraceStore store;
  private final Events events;
  private final Long request;
  private final long from;
  private final long to;
  private final Map<String, Integer> threads = new LinkedHashMap<>();
  private final StringBuilder line = new StringBuilder();

  /**
   * @param request only of actors that served it; null for all
   */
  PerfettoStates(TraceStore store, Long request, Selection window, Events events) {
    this.store = store;
    this.events = events;
    this.request = request;
    long last = ResourceUse.endNanos(store);
    this.from = window.fromNanos() == null ? 0 : window.fromNanos();
    this.to = window.toNanos() == null ? last : Math.min(last, window.toNanos());
  }

  void write() throws IOException {
    Set<String> actors = request == null ? null : actors();
    Map<String, StateChange> open = new LinkedHashMap<>();
    for (StateChange change : Exported.states(store, new Selection(null, null, to))) {
      if (actors == null || actors.contains(change.actor())) {
        String of = change.actor() + " " + change.name();
        slice(of, open.put(of, change), change.at());
      }
    }
    for (Map.Entry<String, StateChange> still : open.entrySet()) {
      slice(still.getKey(), still.getValue(), to);
    }
  }

  private Set<String> actors() {
    return new HashSet<>(
        store.list(
            "select distinct receiver from messages where request = ?",
            row -> row.getString(1),
            request));
  }

  private void slice(String of, StateChange was, long until) throws IOException {
    if (was == null || was.value() == null || until <= from) {
      return;
    }
    line.setLength(0);
    Integer thread = threads.get(of);
    if (thread == null) {
      thread = threads.size() + 1;
      threads.put(of, thread);
      line.append("{\"ph\":\"M\",\"name\":\"thread_name\",\"pid\":").append(PROCESS);
      line.append(",\"tid\":").append(thread).append(",\"args\":{\"name\":\"");
      line.append(Exported.quotable(of)).append("\"}}");
      events.add(line);
      line.setLength(0);
    }
    long start = Math.max(was.at(), from);
    line.append("{\"ph\":\"X\",\"cat\":\"state\",\"name\":\"");
    line.append(Exported.quotable(was.value())).append("\",\"pid\":").append(PROCESS);
    line.append(",\"tid\":").append(thread).append(",\"ts\":");
    Perfetto.micros(line, start);
    line.append(",\"dur\":");
    Perfetto.micros(line, until - start);
    line.append(",\"args\":{\"cause\":").append(was.cause()).append(",\"request\":");
    line.append(was.request()).append("}}");
    events.add(line);
  }
}
