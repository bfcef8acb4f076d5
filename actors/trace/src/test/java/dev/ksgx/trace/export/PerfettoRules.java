package dev.ksgx.trace.export;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/** What Perfetto's importer asks of trace event JSON. */
public record PerfettoRules(int messages, int requests, int flows, int states) {

  /** Counts of a trace that keeps the rules. */
  public static PerfettoRules check(JsonNode trace) {
    int messages = 0;
    int requests = 0;
    int states = 0;
    Map<String, BigDecimal> out = new HashMap<>();
    Map<String, BigDecimal> in = new HashMap<>();
    Map<String, BigDecimal> sliceEnds = new HashMap<>();
    Map<String, Deque<String>> open = new HashMap<>();
    for (JsonNode event : trace.get("traceEvents")) {
      String phase = event.get("ph").asText();
      assertThat(event.hasNonNull("pid")).isTrue();
      if (phase.equals("M")) {
        continue;
      }
      BigDecimal at = event.get("ts").decimalValue();
      assertThat(at.scale()).as("nanoseconds are the finest").isLessThanOrEqualTo(3);
      switch (phase) {
        case "X" -> {
          BigDecimal length = event.get("dur").decimalValue();
          if (event.get("cat").asText().equals("message")) {
            messages++;
            // In order of handling, so that on a track one ends before the next begins.
            BigDecimal end = sliceEnds.get(event.get("tid").asText());
            assertThat(end == null || end.compareTo(at) <= 0).as("%s overlaps", event).isTrue();
            sliceEnds.put(event.get("tid").asText(), at.add(length));
          } else if (event.get("cat").asText().equals("state")) {
            states++;
            String track = "state " + event.get("tid").asText();
            BigDecimal end = sliceEnds.get(track);
            assertThat(end == null || end.compareTo(at) <= 0).as("%s overlaps", event).isTrue();
            assertThat(length.signum()).as("a state lasts").isNotNegative();
            sliceEnds.put(track, at.add(length));
          } else {
            assertThat(length.signum()).as("a send has no length").isZero();
          }
          if (event.has("flow_out")) {
            assertThat(out.put(event.get("bind_id").asText(), at)).isNull();
          }
          if (event.has("flow_in")) {
            assertThat(in.put(event.get("bind_id").asText(), at)).isNull();
          }
        }
        case "b" -> {
          requests += event.get("name").asText().startsWith("launch ") ? 1 : 0;
          open.computeIfAbsent(key(event), k -> new ArrayDeque<>())
              .push(event.get("name").asText());
        }
        case "e" -> assertThat(open.get(key(event)).pop()).isEqualTo(event.get("name").asText());
        default -> assertThat(phase).isEqualTo("C");
      }
    }
    assertThat(open.values()).allSatisfy(left -> assertThat(left).isEmpty());
    assertThat(in.keySet()).isEqualTo(out.keySet());
    in.forEach((id, at) -> assertThat(at).isGreaterThanOrEqualTo(out.get(id)));
    return new PerfettoRules(messages, requests, in.size(), states);
  }

  private static String key(JsonNode event) {
    return event.get("pid") + " " + event.get("cat") + " " + event.get("id").asText();
  }
}
