package dev.ksgx.trace.export;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;

/** What OTLP's JSON encoding asks. */
public final class OtlpRules {
  private static final Set<String> SPAN_KEYS =
      Set.of(
          "traceId",
          "spanId",
          "parentSpanId",
          "name",
          "kind",
          "startTimeUnixNano",
          "endTimeUnixNano",
          "attributes",
          "links");

  private OtlpRules() {}

  /** Number of spans that are messages, of lines that keep the rules. */
  public static int check(String lines) throws IOException {
    ObjectMapper json = new ObjectMapper();
    int messages = 0;
    for (String line : lines.split("\n")) {
      JsonNode resource = json.readTree(line).get("resourceSpans").get(0);
      attributes(resource.get("resource").get("attributes"));
      assertThat(resource.get("scopeSpans").get(0).get("scope").get("name").asText()).isNotEmpty();
      Set<String> ids = new HashSet<>();
      Set<String> traces = new HashSet<>();
      JsonNode spans = resource.get("scopeSpans").get(0).get("spans");
      for (JsonNode span : spans) {
        span.fieldNames().forEachRemaining(key -> assertThat(SPAN_KEYS).contains(key));
        assertThat(span.get("traceId").asText()).matches("[0-9a-f]{32}").doesNotMatch("0+");
        assertThat(span.get("spanId").asText()).matches("[0-9a-f]{16}").doesNotMatch("0+");
        assertThat(span.get("name").asText()).isNotEmpty();
        assertThat(span.get("kind").isInt()).isTrue();
        assertThat(span.get("kind").asInt()).isBetween(1, 5);
        assertThat(span.get("startTimeUnixNano").isTextual()).isTrue();
        assertThat(span.get("endTimeUnixNano").isTextual()).isTrue();
        attributes(span.path("attributes"));
        for (JsonNode link : span.path("links")) {
          assertThat(link.get("traceId").asText())
              .matches("[0-9a-f]{32}")
              .doesNotMatch("0+")
              .isNotEqualTo(span.get("traceId").asText());
          assertThat(link.get("spanId").asText()).matches("[0-9a-f]{16}").doesNotMatch("0+");
        }
        assertThat(Long.parseLong(span.get("endTimeUnixNano").asText()))
            .isGreaterThanOrEqualTo(Long.parseLong(span.get("startTimeUnixNano").asText()));
        assertThat(ids.add(span.get("spanId").asText())).as("ids are unique").isTrue();
        traces.add(span.get("traceId").asText());
        messages += span.get("kind").asInt() == 5 ? 1 : 0;
      }
      assertThat(traces).as("one trace a line").hasSize(1);
      assertThat(spans).filteredOn(span -> !span.has("parentSpanId")).as("roots").hasSize(1);
      for (JsonNode span : spans) {
        if (span.has("parentSpanId")) {
          assertThat(ids).contains(span.get("parentSpanId").asText());
        }
      }
    }
    return messages;
  }

  private static void attributes(JsonNode attributes) {
    for (JsonNode attribute : attributes) {
      assertThat(attribute.get("key").asText()).isNotEmpty();
      value(attribute.get("value"));
    }
  }

  private static void value(JsonNode value) {
    assertThat(value).hasSize(1);
    value.path("arrayValue").path("values").forEach(OtlpRules::value);
    value
        .fieldNames()
        .forEachRemaining(
            kind ->
                assertThat(kind)
                    .isIn("stringValue", "boolValue", "intValue", "doubleValue", "arrayValue"));
    if (value.has("intValue")) {
      assertThat(value.get("intValue").isTextual()).as("64-bit integers are strings").isTrue();
    }
  }
}
