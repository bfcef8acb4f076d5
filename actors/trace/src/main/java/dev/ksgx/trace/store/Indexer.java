package dev.ksgx.trace.store;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.ksgx.runtime.record.Recorder;
import dev.ksgx.trace.log.LogReader;
import dev.ksgx.trace.log.TraceEvents;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Fills the tables from a log, in one pass and one transaction. */
final class Indexer implements TraceEvents {
  private record Begun(int kind, long number, long planned) {}

  private record Part(int label, long nanos) {}

  private final List<Insert> inserts = new ArrayList<>();
  private final Insert actors;
  private final Insert types;
  private final Insert labels;
  private final Insert levelNames;
  private final Insert notes;
  private final Insert resources;
  private final Insert messages;
  private final Insert requests;
  private final Insert spans;
  private final Insert parts;
  private final Insert holds;
  private final Insert marks;
  private final Insert levels;
  private final Insert unended;
  private final Insert states;
  private final Insert inHand;
  private final Insert longestHolds;
  private final Milestones milestones;

  private final List<String> fieldNames = new ArrayList<>();
  private final Map<Long, Begun> begun = new HashMap<>();
  private final Map<Long, List<Part>> open = new HashMap<>();
  private final Map<Long, Long> ofThreads = new HashMap<>();
  private final StringBuilder json = new StringBuilder();
  private long[] longest = new long[64];
  private long messageCount;
  private boolean ended;
  private long lastNanos;
  private long spanCount;
  private long stateCount;

  private Indexer(Connection connection) throws SQLException {
    fieldNames.add("");
    actors = insert(connection, "actor", 2);
    types = insert(connection, "type", 2);
    labels = insert(connection, "label", 2);
    levelNames = insert(connection, "level_name", 2);
    notes = insert(connection, "meta", 2);
    resources = insert(connection, "resource", 4);
    messages = insert(connection, "message", 10);
    requests = insert(connection, "request", 6);
    spans = insert(connection, "span", 7);
    parts = insert(connection, "part", 3);
    holds = insert(connection, "hold", 7);
    marks = insert(connection, "mark", 3);
    levels = insert(connection, "level", 3);
    unended = insert(connection, "unended", 4);
    states = insert(connection, "state", 8);
    inHand = insert(connection, "in_hand", 4);
    longestHolds = insert(connection, "longest_hold", 2);
    milestones = new Milestones(insert(connection, "milestone", 3));
  }

  private Insert insert(Connection connection, String table, int columns) throws SQLException {
    Insert insert = new Insert(connection, table, columns);
    inserts.add(insert);
    return insert;
  }

  /** Reads the whole blocks of a log into the tables, which exist and are empty. */
  static void index(LogReader log, Connection connection, Progress progress)
      throws IOException, SQLException {
    Indexer indexer = new Indexer(connection);
    long size = Math.max(1, log.sizeBytes());
    while (log.next(indexer)) {
      progress.indexed(0.8 * log.readBytes() / size, indexer.messageCount);
    }
    indexer.begun.forEach(
        (request, told) ->
            indexer.unended.row(request, told.kind(), told.number(), told.planned()));
    indexer.notes.row("messages", Long.toString(indexer.messageCount));
    indexer.notes.row("lastNanos", Long.toString(indexer.lastNanos));
    indexer.notes.row("unreadBytes", Long.toString(log.sizeBytes() - log.readBytes()));
    indexer.notes.row(TraceStore.LOG_IDENTITY, log.identity());
    if (log.dropped() > 0) {
      indexer.notes.row("dropped", Long.toString(log.dropped()));
    }
    if (log.isDamaged() && !indexer.ended) {
      indexer.notes.row("damagedAtByte", Long.toString(log.readBytes()));
      indexer.notes.row("messagesBehindDamage", Long.toString(log.messagesBehindDamage()));
    }
    for (int i = 0; i < indexer.longest.length; i++) {
      if (indexer.longest[i] > 0) {
        indexer.longestHolds.row(i, indexer.longest[i]);
      }
    }
    for (Insert insert : indexer.inserts) {
      insert.close();
    }
    oneNumberAPath(connection);
  }

  /** An actor that was made anew under its name goes on as the one before. */
  private static void oneNumberAPath(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("create temp table again(id integer primary key, first integer not null)");
      int again =
          statement.executeUpdate(
              "insert into again select id, first from (select id, min(id) over (partition by path)"
                  + " as first from actor) where id <> first");
      if (again > 0) {
        merge(statement, "message", "sender");
        merge(statement, "message", "receiver");
        merge(statement, "state", "actor");
        statement.executeUpdate("delete from actor where id in (select id from again)");
      }
      statement.execute("drop table again");
    }
  }

  private static void merge(Statement statement, String table, String column) throws SQLException {
    statement.executeUpdate(
        ("update %1$s set %2$s = (select first from again where id = %2$s)"
                + " where %2$s in (select id from again)")
            .formatted(table, column));
  }

  @Override
  public void name(Dictionary dictionary, int number, String name) {
    switch (dictionary) {
      case ACTOR -> actors.row(number, name);
      case TYPE -> types.row(number, name);
      case LABEL -> labels.row(number, name);
      case LEVEL -> levelNames.row(number, name);
      case FIELD -> fieldNames.add(quotable(name));
      case NOTE -> {
        int equals = name.indexOf('=');
        ended |= name.startsWith("ended=");
        notes.row(name.substring(0, equals), name.substring(equals + 1));
      }
    }
  }

  @Override
  public void resource(int number, String name, String group, int capacity) {
    resources.row(number, name, group, capacity);
  }

  @Override
  public void message(
      long id,
      long cause,
      long request,
      int sender,
      int receiver,
      long sentNanos,
      long handledNanos,
      int type,
      int origin,
      int fieldCount,
      int[] names,
      long[] values) {
    messageCount++;
    lastNanos = Math.max(lastNanos, handledNanos);
    if (id >= Recorder.FIRST_LIVE_ID) {
      ofThreads.put(id, messageCount);
    }
    milestones.message(number(id), number(cause), origin != 0);
    messages.row(
        number(id),
        number(cause),
        request,
        sender,
        receiver,
        sentNanos,
        handledNanos,
        type,
        origin,
        fieldCount == 0 ? null : fields(fieldCount, names, values));
  }

  /** Of a live system: its threads count their own, and the log has them in order of handling. */
  private long number(long id) {
    return id < Recorder.FIRST_LIVE_ID ? id : ofThreads.getOrDefault(id, id);
  }

  /** As it stands between the quotes of a JSON string. */
  private static String quotable(String name) {
    return new String(JsonStringEncoder.getInstance().quoteAsString(name));
  }

  /** A JSON object; a field that comes several times becomes an array. */
  private String fields(int count, int[] names, long[] values) {
    json.setLength(0);
    json.append('{');
    for (int i = 0; i < count; i++) {
      if (i > 0) {
        json.append(',');
      }
      json.append('"').append(fieldNames.get(names[i])).append("\":");
      if (i + 1 < count && names[i + 1] == names[i]) {
        char separator = '[';
        int name = names[i];
        for (; i < count && names[i] == name; i++) {
          json.append(separator).append(values[i]);
          separator = ',';
        }
        i--;
        json.append(']');
      } else {
        json.append(values[i]);
      }
    }
    return json.append('}').toString();
  }

  @Override
  public void interval(
      long request, boolean waited, int resource, long holder, long fromNanos, long toNanos) {
    lastNanos = Math.max(lastNanos, toNanos);
    long id = ++spanCount;
    spans.row(id, request, waited ? "wait" : "serve", resource, holder, fromNanos, toNanos);
    List<Part> told = open.remove(request);
    if (told != null) {
      told.forEach(part -> parts.row(id, part.label(), part.nanos()));
    }
  }

  @Override
  public void spent(long request, int label, long nanos) {
    open.computeIfAbsent(request, r -> new ArrayList<>(4)).add(new Part(label, nanos));
  }

  @Override
  public void hold(
      int resource,
      long task,
      long request,
      long queuedNanos,
      long fromNanos,
      long toNanos,
      boolean stillHeld) {
    if (resource >= longest.length) {
      longest = Arrays.copyOf(longest, 2 * resource);
    }
    lastNanos = Math.max(lastNanos, toNanos);
    longest[resource] = Math.max(longest[resource], toNanos - fromNanos);
    holds.row(resource, task, request, queuedNanos, fromNanos, toNanos, stillHeld ? 1 : 0);
  }

  @Override
  public void mark(long request, int label, long atNanos) {
    marks.row(request, label, atNanos);
  }

  @Override
  public void begun(long request, int kind, long number, long plannedNanos) {
    begun.put(request, new Begun(kind, number, plannedNanos));
  }

  @Override
  public void inHand(long request, long other, long fromNanos, long toNanos) {
    inHand.row(request, other, fromNanos, toNanos);
  }

  @Override
  public void done(long request, long fromNanos, long toNanos) {
    Begun known = begun.remove(request);
    Begun told = known == null ? new Begun(0, request, fromNanos) : known;
    requests.row(request, told.kind(), told.number(), told.planned(), fromNanos, toNanos);
  }

  @Override
  public void level(int level, long value, long atNanos) {
    levels.row(level, value, atNanos);
  }

  @Override
  public void state(
      int actor, int name, Value kind, long value, long atNanos, long cause, long request) {
    long label = kind == Value.LABEL ? value : 0;
    String number = kind == Value.NUMBER ? Long.toString(value) : null;
    states.row(++stateCount, actor, name, label, number, atNanos, number(cause), request);
  }
}
