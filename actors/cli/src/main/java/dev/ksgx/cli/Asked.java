package dev.ksgx.cli;

import dev.ksgx.trace.query.ResourceUse;
import dev.ksgx.trace.store.TraceStore;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What questions to a trace may ask for; what has no answer is said in one line. */
final class Asked {
  private Asked() {}

  /** Such as a limit. */
  static void atLeastOne(String option, Integer value) {
    if (value != null && value < 1) {
      throw new BadInput(option + " " + value + ": must be at least 1");
    }
  }

  /** Of these options, none of which is true if it was not given, at most one. */
  static void atMostOne(String names, boolean... given) {
    int count = 0;
    for (boolean one : given) {
      count += one ? 1 : 0;
    }
    if (count > 1) {
      throw new BadInput(names + " exclude each other: give one");
    }
  }

  /** A piece of time that is in the trace at least in part; null means any. */
  static void time(TraceStore store, Long from, Long to) {
    if (from == null) {
      return;
    }
    if (to != null && from > to) {
      throw new BadInput("--from " + from + " --to " + to + ": ends before it begins");
    }
    long end = ResourceUse.endNanos(store);
    if (from > end) {
      throw new BadInput("--from " + from + ": the trace ends at " + end);
    }
  }

  /** A trace of a run that did not record messages cannot answer what is asked of them. */
  static void messages(TraceStore store) {
    if (!hasMessages(store)) {
      throw new BadInput(
          "there are no messages in this trace, which was recorded with --trace-detail requests;"
              + " blame, resources, page and sql have answers");
    }
  }

  /** Whether messages were recorded. */
  static boolean hasMessages(TraceStore store) {
    return !detail(store).equals("REQUESTS");
  }

  /** How much was recorded of messages. */
  static String detail(TraceStore store) {
    return store.notes().getOrDefault("detail", "FIELDS");
  }

  /** Key fields by name. */
  static Map<String, Long> fields(List<String> conditions) {
    Map<String, Long> fields = new LinkedHashMap<>();
    for (String condition : conditions) {
      int equals = condition.indexOf('=');
      String name = equals < 0 ? "" : condition.substring(0, equals);
      String value = condition.substring(equals + 1);
      if (!name.matches("[^\"\\s]+") || !value.matches("-?[0-9]{1,18}")) {
        throw new BadInput(
            "--field " + condition + ": expected NAME=VALUE with a whole number, such as task=12");
      }
      fields.put(name, Long.valueOf(value));
    }
    return fields;
  }

  /** Nothing was found: is there such an actor at all? */
  static void actor(TraceStore store, String text) {
    if (text != null
        && isNone(store, "select 1 from actor where instr(path, ?) > 0 limit 1", text)) {
      throw unknown("actor", text, "sql FILE \"select path from actor order by 1\"");
    }
  }

  /** Nothing was found: is there such a type at all? */
  static void type(TraceStore store, String text) {
    if (text != null
        && isNone(store, "select 1 from type where instr(name, ?) > 0 limit 1", text)) {
      throw unknown("message of type", text, "sql FILE \"select name from type order by 1\"");
    }
  }

  /** Nothing was found: is there such a key field at all? */
  static void field(TraceStore store, String name) {
    if (!isNone(store, "select 1 from actor where instr(path, ?) > 0 limit 1", "/" + name + "-")) {
      return;
    }
    if (detail(store).equals("MESSAGES")) {
      throw new BadInput(
          "there are no key fields in this trace, which was recorded with --trace-detail messages");
    }
    if (isNone(store, "select 1 from message where instr(fields, ?) > 0 limit 1", quoted(name))) {
      throw unknown(
          "key field",
          name,
          "sql FILE \"select distinct f.key from message m, json_each(m.fields) f order by 1\"");
    }
  }

  private static String quoted(String name) {
    return "\"" + name + "\":";
  }

  /** Nothing was found: is there such a state at all? */
  static void state(TraceStore store, String name) {
    if (name != null && isNone(store, "select 1 from states where name = ? limit 1", name)) {
      throw unknown("state", name, "sql FILE \"select distinct name from states order by 1\"");
    }
  }

  private static boolean isNone(TraceStore store, String sql, String text) {
    return store.list(sql, row -> true, text).isEmpty();
  }

  private static BadInput unknown(String what, String name, String question) {
    return new BadInput(
        "no " + what + " " + name + " in this trace; ksgx trace " + question + " lists them");
  }
}
