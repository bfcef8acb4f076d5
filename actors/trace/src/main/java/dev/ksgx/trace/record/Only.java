package dev.ksgx.trace.record;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Which part of a run is kept. What is asked of different keys must all hold; of several values of
 * one key, one must. Launches that are kept are kept whole, and so is each hold of a resource while
 * one of them waited for it.
 *
 * @param launches numbers of requests, by which their users call them
 * @param kinds what users call such requests, e.g. "launch"
 * @param requests ids of requests
 * @param actors parts of the path of sender or receiver; others' messages and states are left out
 * @param types parts of the type's name; other messages are left out
 * @param fromNanos launches planned then or later; of what is no launch, what happens then or later
 * @param toNanos launches planned then or earlier; of what is no launch, what happens until then
 */
public record Only(
    List<Range> launches,
    Set<String> kinds,
    List<Range> requests,
    List<String> actors,
    List<String> types,
    long fromNanos,
    long toNanos) {
  /** Everything. */
  public static final Only ALL =
      new Only(List.of(), Set.of(), List.of(), List.of(), List.of(), 0, Long.MAX_VALUE);

  /** Numbers from {@code first} to {@code last}, both included. */
  public record Range(long first, long last) {
    @Override
    public String toString() {
      return first == last ? Long.toString(first) : first + ".." + last;
    }
  }

  public Only {
    launches = List.copyOf(launches);
    kinds = Set.copyOf(kinds);
    requests = List.copyOf(requests);
    actors = List.copyOf(actors);
    types = List.copyOf(types);
  }

  /** Those launches. */
  public static Only launches(List<Long> numbers) {
    return new Only(
        numbers.stream().map(number -> new Range(number, number)).toList(),
        Set.of("launch"),
        List.of(),
        List.of(),
        List.of(),
        0,
        Long.MAX_VALUE);
  }

  /**
   * Conditions as people write them: {@code KEY=VALUE[,VALUE...]} with the keys {@code launch} and
   * {@code request} (numbers, or {@code FIRST..LAST}), {@code kind}, {@code actor}, {@code type},
   * {@code from} and {@code to} (nanoseconds).
   *
   * @throws IllegalArgumentException with one line if a condition cannot be understood
   */
  public static Only parse(List<String> conditions) {
    List<Range> launches = new ArrayList<>();
    Set<String> kinds = new LinkedHashSet<>();
    List<Range> requests = new ArrayList<>();
    List<String> actors = new ArrayList<>();
    List<String> types = new ArrayList<>();
    long from = 0;
    long to = Long.MAX_VALUE;
    for (String condition : conditions) {
      int equals = condition.indexOf('=');
      String key = equals < 0 ? condition : condition.substring(0, equals);
      for (String value : values(condition, equals)) {
        switch (key) {
          case "launch" -> launches.add(range(condition, value));
          case "request" -> requests.add(range(condition, value));
          case "kind" -> kinds.add(value);
          case "actor" -> actors.add(value);
          case "type" -> types.add(value);
          case "from" -> from = number(condition, value);
          case "to" -> to = number(condition, value);
          default ->
              throw new IllegalArgumentException(
                  condition
                      + ": no such condition; there are launch, request, kind, actor, type, from"
                      + " and to");
        }
      }
    }
    if (from > to) {
      throw new IllegalArgumentException("from=" + from + " to=" + to + ": ends before it begins");
    }
    return new Only(launches, kinds, requests, actors, types, from, to);
  }

  private static List<String> values(String condition, int equals) {
    String[] values =
        equals < 0 ? new String[] {""} : condition.substring(equals + 1).split(",", -1);
    for (String value : values) {
      if (value.isBlank()) {
        throw new IllegalArgumentException(
            condition + ": expected KEY=VALUE[,VALUE...], such as launch=17,18,19");
      }
    }
    return List.of(values);
  }

  private static Range range(String condition, String value) {
    int dots = value.indexOf("..");
    long first = number(condition, dots < 0 ? value : value.substring(0, dots));
    long last = dots < 0 ? first : number(condition, value.substring(dots + 2));
    if (first > last) {
      throw new IllegalArgumentException(condition + ": " + value + " ends before it begins");
    }
    return new Range(first, last);
  }

  private static long number(String condition, String value) {
    if (!value.matches("[0-9]{1,18}")) {
      throw new IllegalArgumentException(
          condition + ": " + value + " is no number of at most 18 digits");
    }
    return Long.parseLong(value);
  }

  /** Whether a request that has that name is asked for. */
  boolean names(String kind, long number) {
    return (kinds.isEmpty() || kinds.contains(kind)) && isIn(launches, number);
  }

  /** Whether only requests that have a name are asked for. */
  boolean onlyNamed() {
    return !launches.isEmpty() || !kinds.isEmpty();
  }

  boolean hasRequest(long id) {
    return isIn(requests, id);
  }

  boolean hasInstant(long nanos) {
    return nanos >= fromNanos && nanos <= toNanos;
  }

  private static boolean isIn(List<Range> ranges, long number) {
    if (ranges.isEmpty()) {
      return true;
    }
    for (Range range : ranges) {
      if (number >= range.first() && number <= range.last()) {
        return true;
      }
    }
    return false;
  }

  /** As {@link #parse} reads it, conditions separated by blanks; empty for everything. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    add(text, "launch", launches);
    add(text, "request", requests);
    add(text, "kind", kinds.stream().sorted().toList());
    add(text, "actor", actors);
    add(text, "type", types);
    add(text, "from", fromNanos == 0 ? List.of() : List.of(fromNanos));
    add(text, "to", toNanos == Long.MAX_VALUE ? List.of() : List.of(toNanos));
    return text.toString();
  }

  private static void add(StringBuilder text, String key, List<?> values) {
    String separator = (text.isEmpty() ? "" : " ") + key + "=";
    for (Object value : values) {
      text.append(separator).append(value);
      separator = ",";
    }
  }
}
