package dev.ksgx.trace.query;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Which messages; null or empty means any.
 *
 * @param actor part of the path of sender or receiver
 * @param type part of the type's name
 * @param fields values of key fields, by name, e.g. task 12 or result -22. Enclave 16 is also what
 *     goes to or comes from the actor {@code enclave-16} or one below it
 * @param fromNanos handled at that instant or later
 * @param toNanos handled at that instant or earlier
 */
public record Filter(
    String actor,
    String type,
    Long request,
    Map<String, Long> fields,
    Long fromNanos,
    Long toNanos) {

  String where(List<Object> arguments) {
    List<String> conditions = new ArrayList<>();
    if (actor != null) {
      conditions.add("(instr(sender, ?) > 0 or instr(receiver, ?) > 0)");
      arguments.add(actor);
      arguments.add(actor);
    }
    if (type != null) {
      conditions.add("instr(type, ?) > 0");
      arguments.add(type);
    }
    if (request != null) {
      conditions.add("request = ?");
      arguments.add(request);
    }
    fields.forEach(
        (name, value) -> {
          conditions.add(
              "(exists (select 1 from json_each(fields, ?) where value = ?)"
                  + " or instr(sender || '/', ?) > 0 or instr(receiver || '/', ?) > 0)");
          arguments.add("$.\"" + name + "\"");
          arguments.add(value);
          String actor = "/" + name + "-" + value + "/";
          arguments.add(actor);
          arguments.add(actor);
        });
    if (fromNanos != null) {
      conditions.add("handled >= ?");
      arguments.add(fromNanos);
    }
    if (toNanos != null) {
      conditions.add("handled <= ?");
      arguments.add(toNanos);
    }
    return conditions.isEmpty() ? "" : "where " + String.join(" and ", conditions) + " ";
  }
}
