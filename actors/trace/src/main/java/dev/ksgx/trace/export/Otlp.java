package dev.ksgx.trace.export;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ksgx.trace.store.TraceStore;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * OpenTelemetry's JSON, one object a line: a trace for each request that ended. Its root is the
 * request; the children are what it waited for and what served it; each message is a span of kind
 * CONSUMER from its sending to its handling under its cause, or linked to it if that serves another
 * request that ended. Instants are those of the run's clock.
 */
public final class Otlp {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int INTERNAL = 1;
  private static final int CONSUMER = 5;
  private static final long ROOT = 1L << 62;
  private static final long SPAN = 1L << 61;

  private record Row(String name, long id, long start, long stop) {}

  private final TraceStore store;
  private final Exported messages;
  private final Appendable out;

  /** Only they have spans that a link can lead to. */
  private final Set<Long> ended;

  private final StringBuilder line = new StringBuilder();

  private Otlp(TraceStore store, Appendable out) {
    this.store = store;
    this.messages = new Exported(store);
    this.out = out;
    this.ended = new HashSet<>(store.list("select id from request", row -> row.getLong(1)));
  }

  /**
   * Writes the requests of the selection.
   *
   * @return how many messages of the selection are left out, because they serve no request, or one
   *     that has no end in the trace
   */
  public static long write(TraceStore store, Selection selection, Appendable out)
      throws IOException {
    new Otlp(store, out).write(selection);
    return store
        .list(
            "select count(*) from message m "
                + selection.where("m.request", "m.handled", "m.handled")
                + "and not exists (select 1 from request q where q.id = m.request)",
            row -> row.getLong(1))
        .get(0);
  }

  private void write(Selection selection) throws IOException {
    List<Row> requests =
        store.list(
            "select coalesce(kind, 'request') || ' ' || number, id, planned, ended from requests "
                + selection.where("id", "planned", "ended")
                + "order by planned, id",
            row ->
                new Row(
                    Exported.quotable(row.getString(1)),
                    row.getLong(2),
                    row.getLong(3),
                    row.getLong(4)));
    for (Row request : requests) {
      trace(request);
    }
  }

  private void trace(Row request) throws IOException {
    line.setLength(0);
    line.append("{\"resourceSpans\":[{\"resource\":{\"attributes\":[{\"key\":\"service.name\",");
    line.append("\"value\":{\"stringValue\":\"ksgx\"}}]},\"scopeSpans\":[{\"scope\":{\"name\":");
    line.append("\"dev.ksgx.trace\"},\"spans\":[");
    long root = ROOT | request.id();
    span(request, root, 0, request.name(), INTERNAL, request.start(), request.stop());
    line.append('}');
    for (Row span :
        store.list(
            "select kind || ' ' || resource, id, start, stop from spans where request = ?"
                + " order by start",
            row ->
                new Row(
                    Exported.quotable(row.getString(1)),
                    row.getLong(2),
                    row.getLong(3),
                    row.getLong(4)),
            request.id())) {
      line.append(',');
      span(request, SPAN | span.id(), root, span.name(), INTERNAL, span.start(), span.stop());
      line.append('}');
    }
    messages.each(new Selection(request.id(), null, null), m -> message(request, root, m));
    out.append(line.append("]}]}]}\n"));
  }

  private void message(Row request, long root, Exported m) {
    line.append(',');
    boolean within = m.causeRequest == request.id();
    span(request, m.id, within ? m.cause : root, m.type(), CONSUMER, m.sent, m.handled);
    line.append(",\"attributes\":[");
    attribute("sender", m.actor(m.sender));
    line.append(',');
    attribute("receiver", m.actor(m.receiver));
    if (m.origin() != null) {
      line.append(',');
      attribute("origin", m.origin());
    }
    fields(m.fields);
    line.append(']');
    if (!within && ended.contains(m.causeRequest)) {
      line.append(",\"links\":[{\"traceId\":\"").append(traceId(m.causeRequest));
      line.append("\",\"spanId\":\"").append(hex(m.cause)).append("\"}]");
    }
    line.append('}');
  }

  private void attribute(String key, String value) {
    line.append("{\"key\":\"").append(key).append("\",\"value\":{\"stringValue\":\"");
    line.append(value).append("\"}}");
  }

  /** The fields of a message; one that is there several times has several numbers. */
  private void fields(String json) {
    if (json == null) {
      return;
    }
    try {
      for (Map.Entry<String, JsonNode> field : JSON.readTree(json).properties()) {
        line.append(",{\"key\":\"").append(Exported.quotable(field.getKey()));
        line.append("\",\"value\":");
        if (field.getValue().isArray()) {
          line.append("{\"arrayValue\":{\"values\":[");
          String separator = "";
          for (JsonNode value : field.getValue()) {
            line.append(separator);
            number(value);
            separator = ",";
          }
          line.append("]}}");
        } else {
          number(field.getValue());
        }
        line.append('}');
      }
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("fields of a message: " + json, e);
    }
  }

  /** In JSON 64-bit integers are strings. */
  private void number(JsonNode value) {
    line.append("{\"intValue\":\"").append(value.asLong()).append("\"}");
  }

  /** A span without its closing brace. */
  private void span(
      Row request, long id, long parent, String name, int kind, long start, long stop) {
    line.append("{\"traceId\":\"").append(traceId(request.id())).append("\",\"spanId\":\"");
    line.append(hex(id)).append('"');
    if (parent != 0) {
      line.append(",\"parentSpanId\":\"").append(hex(parent)).append('"');
    }
    line.append(",\"name\":\"").append(name).append("\",\"kind\":").append(kind);
    line.append(",\"startTimeUnixNano\":\"").append(start).append("\",\"endTimeUnixNano\":\"");
    line.append(stop).append('"');
  }

  private static String traceId(long request) {
    return hex(ROOT) + hex(request);
  }

  private static String hex(long value) {
    String digits = Long.toHexString(value);
    return "0".repeat(16 - digits.length()) + digits;
  }
}
