package dev.ksgx.trace.page;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.ksgx.trace.query.Blame;
import dev.ksgx.trace.query.Holder;
import dev.ksgx.trace.query.Part;
import dev.ksgx.trace.query.Request;
import dev.ksgx.trace.query.Requests;
import dev.ksgx.trace.store.TraceStore;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * A scene as the data of a page: columns rather than objects, instants of messages as differences.
 * A number that a double cannot hold is written as a string, and so is every request's id.
 */
final class SceneJson {
  private static final long MOST_EXACT = (1L << 53) - 1;
  private static final JsonFactory JSON = new JsonFactory();

  private record Resource(String name, String group, int capacity) {}

  private final TraceStore store;
  private final Scene scene;
  private final StringWriter text = new StringWriter();
  private final JsonGenerator json;
  private final Numbering<Integer> actors = new Numbering<>();
  private final Numbering<Integer> types = new Numbering<>();
  private final Numbering<Integer> origins = new Numbering<>();
  private final Numbering<List<String>> shapes = new Numbering<>();
  private final Numbering<Long> requests = new Numbering<>();
  private final Numbering<String> resources = new Numbering<>();
  private final Map<Long, Resource> known = new HashMap<>();

  private SceneJson(TraceStore store, Scene scene) throws IOException {
    this.store = store;
    this.scene = scene;
    this.json = JSON.createGenerator(text);
    store.list(
        "select id, name, grp, capacity from resource",
        row ->
            known.put(
                row.getLong(1), new Resource(row.getString(2), row.getString(3), row.getInt(4))));
  }

  static String of(TraceStore store, Scene scene, int mostMessages) throws IOException {
    Collection<SceneMessages.Row> messages = SceneMessages.of(store, scene, mostMessages);
    return new SceneJson(store, scene).write(messages);
  }

  private String write(Collection<SceneMessages.Row> messages) throws IOException {
    // Shown requests come first, in their order.
    scene.requests().forEach(request -> requests.of(request.id()));
    json.writeStartObject();
    json.writeStringField("title", scene.title());
    json.writeObjectFieldStart("notes");
    for (Map.Entry<String, String> note : store.notes().entrySet()) {
      json.writeStringField(note.getKey(), note.getValue());
    }
    json.writeEndObject();
    if (scene.isWindow()) {
      json.writeArrayFieldStart("window");
      number(scene.fromNanos());
      number(scene.toNanos());
      json.writeEndArray();
    }
    messages(messages);
    holds();
    marks();
    requests();
    names("actors", actors, "select id, path from actor");
    names("types", types, "select id, name from type");
    names("origins", origins, "select id, name from label");
    resources();
    json.writeEndObject();
    json.close();
    return text.toString();
  }

  private void messages(Collection<SceneMessages.Row> rows) throws IOException {
    json.writeObjectFieldStart("messages");
    differences("id", rows, SceneMessages.Row::id);
    differences("handled", rows, SceneMessages.Row::handled);
    column("mailbox", rows, row -> row.handled() - row.sent());
    column("cause", rows, SceneMessages.Row::cause);
    column("request", rows, row -> row.request() == 0 ? -1 : requests.of(row.request()));
    column("sender", rows, row -> row.sender() == 0 ? -1 : actors.of(row.sender()));
    column("receiver", rows, row -> actors.of(row.receiver()));
    column("type", rows, row -> types.of(row.type()));
    column("origin", rows, row -> row.origin() == 0 ? -1 : origins.of(row.origin()));
    column("context", rows, row -> row.context() ? 1 : 0);
    fields(rows);
    json.writeEndObject();
  }

  /**
   * For each message the names of its values, then all values in one row. A field that has several
   * has its name as often.
   */
  private void fields(Collection<SceneMessages.Row> rows) throws IOException {
    List<Long> values = new ArrayList<>();
    List<Integer> shape = new ArrayList<>(rows.size());
    for (SceneMessages.Row row : rows) {
      List<String> names = new ArrayList<>();
      if (row.fields() != null) {
        try (JsonParser parser = JSON.createParser(row.fields())) {
          String name = "";
          while (parser.nextToken() != null) {
            if (parser.currentToken() == JsonToken.FIELD_NAME) {
              name = parser.currentName();
            } else if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT) {
              names.add(name);
              values.add(parser.getLongValue());
            }
          }
        }
      }
      shape.add(shapes.of(names));
    }
    column("shape", shape, Integer::longValue);
    column("values", values, Long::longValue);
    json.writeArrayFieldStart("shapes");
    for (List<String> names : shapes.named()) {
      json.writeStartArray();
      for (String name : names) {
        json.writeString(name);
      }
      json.writeEndArray();
    }
    json.writeEndArray();
  }

  private void holds() throws IOException {
    Collection<SceneHolds.Hold> holds = SceneHolds.of(store, scene);
    json.writeObjectFieldStart("holds");
    column("resource", holds, hold -> resources.of(known.get(hold.resource()).name()));
    column("task", holds, SceneHolds.Hold::task);
    column("request", holds, hold -> hold.request() == 0 ? -1 : requests.of(hold.request()));
    column("queued", holds, SceneHolds.Hold::queued);
    column("start", holds, SceneHolds.Hold::start);
    column("stop", holds, SceneHolds.Hold::stop);
    json.writeEndObject();
  }

  private void marks() throws IOException {
    json.writeArrayFieldStart("marks");
    for (Request request : scene.requests()) {
      int number = requests.of(request.id());
      for (Object[] mark :
          store.list(
              "select l.name, m.at from mark m join label l on l.id = m.label"
                  + " where m.request = ? order by m.at, m.rowid",
              row -> new Object[] {row.getString(1), row.getLong(2)},
              request.id())) {
        json.writeStartArray();
        json.writeNumber(number);
        json.writeString((String) mark[0]);
        number((Long) mark[1]);
        json.writeEndArray();
      }
    }
    json.writeEndArray();
  }

  private void requests() throws IOException {
    Blame blame = new Blame(store);
    Requests all = new Requests(store);
    json.writeArrayFieldStart("requests");
    int number = 0;
    for (long id : requests.named()) {
      json.writeStartObject();
      json.writeStringField("id", Long.toString(id));
      json.writeStringField("name", all.nameOf(id));
      if (number < scene.requests().size()) {
        Request request = scene.requests().get(number);
        json.writeFieldName("planned");
        number(request.planned());
        json.writeFieldName("began");
        number(request.began());
        json.writeFieldName("ended");
        number(request.ended());
        if (request.underWay()) {
          json.writeBooleanField("underWay", true);
        }
        json.writeArrayFieldStart("path");
        for (Part part : blame.path(request)) {
          part(part);
        }
        json.writeEndArray();
      }
      number++;
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void part(Part part) throws IOException {
    json.writeStartObject();
    json.writeStringField("kind", part.kind().name().toLowerCase(java.util.Locale.ROOT));
    json.writeStringField("what", part.what());
    json.writeStringField("resource", part.resource());
    if (!part.resource().isEmpty()) {
      resources.of(part.resource());
    }
    json.writeStringField("group", part.group());
    json.writeFieldName("start");
    number(part.start());
    json.writeFieldName("stop");
    number(part.stop());
    json.writeArrayFieldStart("split");
    for (Map.Entry<String, Long> piece : part.split().entrySet()) {
      pair(piece.getKey(), piece.getValue());
    }
    json.writeEndArray();
    json.writeArrayFieldStart("holders");
    for (Holder holder : part.holders()) {
      pair(holder.name(), holder.nanos());
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void pair(String name, long nanos) throws IOException {
    json.writeStartArray();
    json.writeString(name);
    number(nanos);
    json.writeEndArray();
  }

  private void resources() throws IOException {
    Map<String, Resource> byName = new HashMap<>();
    known.values().forEach(resource -> byName.put(resource.name(), resource));
    json.writeArrayFieldStart("resources");
    for (String name : resources.named()) {
      Resource resource = byName.get(name);
      json.writeStartArray();
      json.writeString(name);
      json.writeString(resource.group());
      json.writeNumber(resource.capacity());
      json.writeEndArray();
    }
    json.writeEndArray();
  }

  private void names(String field, Numbering<Integer> used, String sql) throws IOException {
    Map<Integer, String> known = new HashMap<>();
    store.list(sql, row -> known.put(row.getInt(1), row.getString(2)));
    json.writeArrayFieldStart(field);
    for (int number : used.named()) {
      json.writeString(known.get(number));
    }
    json.writeEndArray();
  }

  private <T> void differences(String name, Collection<T> rows, ToLongFunction<T> value)
      throws IOException {
    long[] before = {0};
    column(
        name,
        rows,
        row -> {
          long now = value.applyAsLong(row);
          long difference = now - before[0];
          before[0] = now;
          return difference;
        });
  }

  private <T> void column(String name, Collection<T> rows, ToLongFunction<T> value)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (T row : rows) {
      number(value.applyAsLong(row));
    }
    json.writeEndArray();
  }

  private void number(long value) throws IOException {
    if (Math.abs(value) <= MOST_EXACT) {
      json.writeNumber(value);
    } else {
      json.writeString(Long.toString(value));
    }
  }
}
