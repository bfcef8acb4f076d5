package dev.ksgx.trace.export;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What Perfetto's importer asks of trace event JSON, and what it needs to draw all of it
 * (trace-formats.md 3.2).
 *
 * @param last instant of the last message in microseconds
 * @param flowsAcross flows between messages that serve different requests, or nobody's
 */
public record PerfettoRules(
    int messages, int requests, int flows, int states, int flowsAcross, BigDecimal last) {
  private static final Set<String> KEYS =
      Set.of(
          "ph",
          "ts",
          "dur",
          "pid",
          "tid",
          "cat",
          "name",
          "args",
          "id",
          "bind_id",
          "flow_in",
          "flow_out");

  private record Slice(String track, BigDecimal start, BigDecimal end, int place, JsonNode event) {}

  private record FlowEnd(String track, BigDecimal at, int place) {}

  private static final class Reading {
    final List<Slice> slices = new ArrayList<>();
    final Map<String, FlowEnd> out = new HashMap<>();
    final Map<String, FlowEnd> in = new HashMap<>();
    final Map<String, Deque<JsonNode>> open = new HashMap<>();
    final Map<String, BigDecimal> latest = new HashMap<>();
    final Set<String> named = new HashSet<>();
    final Map<Long, Long> requestOf = new HashMap<>();
    final Map<Long, String> handled = new HashMap<>();
    final Map<String, Long> causeOf = new HashMap<>();
    int messages;
    int requests;
    int states;
    int place;
    BigDecimal last = BigDecimal.ZERO;
  }

  /** Counts of a trace that keeps the rules. */
  public static PerfettoRules check(JsonNode trace) {
    must(trace.isObject() && trace.get("displayTimeUnit").asText().equals("ns"), trace);
    Reading read = new Reading();
    for (JsonNode event : trace.get("traceEvents")) {
      read.place++;
      event.fieldNames().forEachRemaining(key -> must(KEYS.contains(key), event));
      must(event.get("pid").isInt() && (!event.has("tid") || event.get("tid").isInt()), event);
      must(!event.get("name").asText().isEmpty(), event);
      must(!event.has("args") || event.get("args").isObject(), event);
      switch (event.get("ph").asText()) {
        case "M" -> metadata(event, read);
        case "X" -> slice(event, at(event), read);
        case "b" -> {
          read.requests += event.get("name").asText().startsWith("launch ") ? 1 : 0;
          inOrder(event, read);
          read.open.computeIfAbsent(key(event), k -> new ArrayDeque<>()).push(event);
        }
        case "e" -> {
          Deque<JsonNode> open = read.open.get(key(event));
          must(open != null && !open.isEmpty(), event);
          must(open.pop().get("name").equals(event.get("name")), event);
          inOrder(event, read);
        }
        case "C" -> {
          at(event);
          event.get("args").forEach(value -> must(value.isNumber(), event));
        }
        default -> must(false, event);
      }
    }
    read.open.values().forEach(left -> must(left.isEmpty(), left));
    nested(read.slices);
    named(read);
    flows(read);
    int across = (int) read.slices.stream().filter(slice -> across(slice.event(), read)).count();
    return new PerfettoRules(
        read.messages, read.requests, read.in.size(), read.states, across, read.last);
  }

  private static void must(boolean holds, Object what) {
    if (!holds) {
      throw new AssertionError("Perfetto would not take " + what);
    }
  }

  private static BigDecimal at(JsonNode event) {
    must(event.get("ts").isNumber(), event);
    BigDecimal at = event.get("ts").decimalValue();
    must(at.scale() <= 3 && at.signum() >= 0, event);
    return at;
  }

  /** The importer sorts by time: what is nested in the file must be so in time. */
  private static void inOrder(JsonNode event, Reading read) {
    BigDecimal before = read.latest.put(key(event), at(event));
    must(before == null || before.compareTo(at(event)) <= 0, event);
  }

  private static void metadata(JsonNode event, Reading read) {
    String name = event.get("name").asText();
    if (name.endsWith("_name")) {
      must(!event.get("args").get("name").asText().isEmpty(), event);
      String of = name.equals("thread_name") ? track(event) : event.get("pid").asText();
      must(read.named.add(of), event);
    } else {
      must(name.endsWith("_sort_index") && event.get("args").get("sort_index").isInt(), event);
    }
  }

  private static void slice(JsonNode event, BigDecimal at, Reading read) {
    must(event.get("dur").isNumber() && event.get("dur").decimalValue().signum() >= 0, event);
    BigDecimal end = at.add(event.get("dur").decimalValue());
    read.slices.add(new Slice(track(event), at, end, read.place, event));
    switch (event.get("cat").asText()) {
      case "message" -> {
        read.messages++;
        read.last = read.last.max(at);
        JsonNode args = event.get("args");
        read.requestOf.put(args.get("id").asLong(), args.get("request").asLong());
        read.handled.put(args.get("id").asLong(), track(event) + " " + at);
        if (event.has("flow_in")) {
          must(event.get("bind_id").asText().equals(args.get("id").asText()), event);
          read.causeOf.put(event.get("bind_id").asText(), args.get("cause").asLong());
        }
      }
      case "state" -> read.states++;
      default -> must(event.get("cat").asText().equals("send"), event);
    }
    must(!event.has("bind_id") || event.has("flow_out") != event.has("flow_in"), event);
    FlowEnd flow = new FlowEnd(track(event), at, read.place);
    if (event.has("flow_out")) {
      must(read.out.put(event.get("bind_id").asText(), flow) == null, event);
    }
    if (event.has("flow_in")) {
      must(read.in.put(event.get("bind_id").asText(), flow) == null, event);
    }
  }

  /**
   * Slices of a track lie beside or within each other; the importer goes by time, then by place.
   */
  private static void nested(List<Slice> slices) {
    slices.sort(Comparator.comparing(Slice::start).thenComparing(Slice::place));
    Map<String, Deque<Slice>> tracks = new HashMap<>();
    for (Slice slice : slices) {
      Deque<Slice> open = tracks.computeIfAbsent(slice.track(), t -> new ArrayDeque<>());
      while (!open.isEmpty() && open.peek().end().compareTo(slice.start()) <= 0) {
        open.pop();
      }
      must(open.isEmpty() || slice.end().compareTo(open.peek().end()) <= 0, slice);
      open.push(slice);
    }
  }

  /** Every process and every thread with slices has a name to be found by. */
  private static void named(Reading read) {
    for (Slice slice : read.slices) {
      must(read.named.contains(slice.track()), slice);
      must(read.named.contains(slice.event().get("pid").asText()), slice);
    }
  }

  /**
   * Each flow has one slice to leave and, not before it, one to come to. It leaves where and when
   * the cause was handled, as far as that is shown.
   */
  private static void flows(Reading read) {
    assertThat(read.in.keySet()).isEqualTo(read.out.keySet());
    read.in.forEach(
        (id, to) -> {
          FlowEnd from = read.out.get(id);
          int later = to.at().compareTo(from.at());
          must(later > 0 || later == 0 && to.place() > from.place(), "flow " + id);
          String cause = read.handled.get(read.causeOf.get(id));
          must(cause == null || cause.equals(from.track() + " " + from.at()), "flow " + id);
        });
  }

  private static boolean across(JsonNode event, Reading read) {
    if (!event.has("flow_in")) {
      return false;
    }
    JsonNode args = event.get("args");
    Long before = read.requestOf.get(args.get("cause").asLong());
    return args.get("request").asLong() == 0
        || before != null && before != args.get("request").asLong();
  }

  private static String track(JsonNode event) {
    return event.get("pid") + "/" + event.get("tid");
  }

  private static String key(JsonNode event) {
    must(event.has("id") && event.has("cat"), event);
    return event.get("pid") + " " + event.get("cat") + " " + event.get("id").asText();
  }
}
