package dev.ksgx.trace.export;

import dev.ksgx.trace.query.Request;
import dev.ksgx.trace.query.Requests;
import dev.ksgx.trace.store.TraceStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Chrome's trace event JSON, for ui.perfetto.dev. Process 1 has a thread for each actor: a slice
 * for each message that it handles, and one where it sent or scheduled it, joined by a flow.
 * Process 2 has the requests as asynchronous slices, with what they waited for and what served them
 * inside. Process 3 has the levels as counters. Process 4 has a thread for each state of an actor,
 * with a slice for each value that it had; of a request, those of its time and its actors.
 *
 * <p>Handlers take no virtual time, so slices of actors have length 0; a flow is carried by the two
 * slices themselves, because a slice of length 0 encloses nothing.
 */
public final class Perfetto {
  /**
   * Which flows are drawn. The viewer walks all that hang together, so that "all" may freeze it.
   */
  public enum Flows {
    NONE,
    /** Those within one request. */
    LAUNCH,
    ALL
  }

  private static final int ACTORS = 1;
  private static final int REQUESTS = 2;
  private static final int LEVELS = 3;
  private static final int CHUNK = 1 << 15;

  private record Async(String name, long id, long start, long stop) {}

  private final TraceStore store;
  private final Selection selection;
  private final Flows flows;
  private final Appendable out;
  private final StringBuilder line = new StringBuilder();

  private Perfetto(TraceStore store, Selection selection, Flows flows, Appendable out) {
    this.store = store;
    this.selection = selection;
    this.flows = flows;
    this.out = out;
  }

  /** Writes the selected part of a trace. */
  public static void write(TraceStore store, Selection selection, Flows flows, Appendable out)
      throws IOException {
    new Perfetto(store, selection, flows, out).write();
  }

  private void write() throws IOException {
    out.append("{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n");
    process(ACTORS, "actors");
    process(REQUESTS, "requests");
    process(LEVELS, "levels");
    process(PerfettoStates.PROCESS, "states");
    Set<Integer> named = new LinkedHashSet<>();
    Exported.each(store, selection, m -> message(m, named));
    requests();
    levels();
    new PerfettoStates(store, selection.request(), window(), this::emit).write();
    line.setLength(line.length() - 2);
    out.append(line.append("\n]}\n"));
  }

  private void message(Exported m, Set<Integer> named) throws IOException {
    thread(m, m.receiver, named);
    boolean flow =
        m.sender != 0
            && m.origin() == null
            && (flows == Flows.ALL
                || flows == Flows.LAUNCH && m.request != 0 && m.request == m.causeRequest);
    if (flow) {
      thread(m, m.sender, named);
      slice("send", m.type(), m.sender, m.causeHandled);
      line.append(",\"bind_id\":\"").append(m.id).append("\",\"flow_out\":true}");
      emit();
    }
    slice("message", m.type(), m.receiver, m.handled);
    if (flow) {
      line.append(",\"bind_id\":\"").append(m.id).append("\",\"flow_in\":true");
    }
    line.append(",\"args\":{\"id\":").append(m.id).append(",\"cause\":").append(m.cause);
    line.append(",\"request\":").append(m.request);
    if (m.fields != null) {
      line.append(",\"fields\":").append(m.fields);
    }
    line.append("}}");
    emit();
    if (m.handled > m.sent) {
      async("b", "mailbox", m.type(), ACTORS, m.id, m.sent);
      async("e", "mailbox", m.type(), ACTORS, m.id, m.handled);
    }
  }

  private void slice(String category, String name, int thread, long nanos) {
    line.append("{\"ph\":\"X\",\"cat\":\"").append(category).append("\",\"name\":\"").append(name);
    line.append("\",\"pid\":").append(ACTORS).append(",\"tid\":").append(thread);
    line.append(",\"ts\":");
    micros(nanos);
    line.append(",\"dur\":0");
  }

  private void async(String phase, String category, String name, int pid, long id, long nanos)
      throws IOException {
    line.append("{\"ph\":\"").append(phase).append("\",\"cat\":\"").append(category);
    line.append("\",\"name\":\"").append(name).append("\",\"pid\":").append(pid);
    line.append(",\"tid\":0,\"id\":\"").append(id).append("\",\"ts\":");
    micros(nanos);
    line.append('}');
    emit();
  }

  private void requests() throws IOException {
    List<Async> requests = new ArrayList<>();
    requests.addAll(
        store.list(
            "select coalesce(kind, 'request') || ' ' || number, id, planned, ended from requests "
                + selection.where("id", "planned", "ended")
                + "order by planned, id",
            row ->
                new Async(
                    Exported.quotable(row.getString(1)),
                    row.getLong(2),
                    row.getLong(3),
                    row.getLong(4))));
    for (Request open : new Requests(store).underWay(0)) {
      if (selection.overlaps(open.id(), open.planned(), open.ended())) {
        String title = Exported.quotable(open.title());
        requests.add(new Async(title, open.id(), open.planned(), open.ended()));
      }
    }
    for (Async request : requests) {
      async("b", "request", request.name(), REQUESTS, request.id(), request.start());
      for (Async span : spans(request.id())) {
        async("b", "request", span.name(), REQUESTS, request.id(), span.start());
        async("e", "request", span.name(), REQUESTS, request.id(), span.stop());
      }
      async("e", "request", request.name(), REQUESTS, request.id(), request.stop());
    }
  }

  private List<Async> spans(long request) {
    return store.list(
        "select kind || ' ' || resource, request, start, stop from spans where request = ?"
            + " and stop > start order by start",
        row ->
            new Async(
                Exported.quotable(row.getString(1)),
                row.getLong(2),
                row.getLong(3),
                row.getLong(4)),
        request);
  }

  private void levels() throws IOException {
    for (Async change :
        store.list(
            "select n.name, l.value, l.at from level l join level_name n on n.id = l.level "
                + window().where("", "l.at", "l.at")
                + "order by l.rowid",
            row ->
                new Async(
                    Exported.quotable(row.getString(1)), row.getLong(2), row.getLong(3), 0))) {
      line.append("{\"ph\":\"C\",\"pid\":").append(LEVELS).append(",\"name\":\"");
      line.append(change.name()).append("\",\"ts\":");
      micros(change.start());
      line.append(",\"args\":{\"value\":").append(change.id()).append("}}");
      emit();
    }
  }

  /** Levels and states are nobody's: of a request, those of its time. */
  private Selection window() {
    if (selection.request() == null) {
      return selection;
    }
    return new Requests(store)
        .find(selection.request())
        .map(request -> new Selection(null, request.planned(), request.ended()))
        .orElse(new Selection(null, selection.fromNanos(), selection.toNanos()));
  }

  private void process(int pid, String name) throws IOException {
    line.append("{\"ph\":\"M\",\"name\":\"process_name\",\"pid\":").append(pid);
    line.append(",\"args\":{\"name\":\"").append(name).append("\"}}");
    emit();
    line.append("{\"ph\":\"M\",\"name\":\"process_sort_index\",\"pid\":").append(pid);
    line.append(",\"args\":{\"sort_index\":").append(pid).append("}}");
    emit();
  }

  private void thread(Exported m, int actor, Set<Integer> named) throws IOException {
    if (named.add(actor)) {
      line.append("{\"ph\":\"M\",\"name\":\"thread_name\",\"pid\":").append(ACTORS);
      line.append(",\"tid\":").append(actor).append(",\"args\":{\"name\":\"");
      line.append(m.actor(actor)).append("\"}}");
      emit();
    }
  }

  private void micros(long nanos) {
    micros(line, nanos);
  }

  static void micros(StringBuilder line, long nanos) {
    line.append(nanos / 1000).append('.');
    long rest = nanos % 1000;
    line.append(rest / 100).append(rest / 10 % 10).append(rest % 10);
  }

  private void emit(StringBuilder event) throws IOException {
    line.append(event);
    emit();
  }

  /** The event in {@code line} is complete; lines are handed on many at a time. */
  private void emit() throws IOException {
    if (line.length() > CHUNK) {
      out.append(line);
      line.setLength(0);
    }
    line.append(",\n");
  }
}
