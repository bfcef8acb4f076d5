package dev.ksgx.trace.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ksgx.trace.query.Divergence;
import dev.ksgx.trace.query.Filter;
import dev.ksgx.trace.query.Message;
import dev.ksgx.trace.query.Messages;
import dev.ksgx.trace.record.Only;
import dev.ksgx.trace.record.TraceOptions;
import dev.ksgx.trace.scenario.Yard;
import dev.ksgx.trace.store.Progress;
import dev.ksgx.trace.store.TraceStore;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportTest {
  private static final Selection SECOND = new Selection(102L, null, null);
  private static final Filter ANY = new Filter(null, null, null, Map.of(), null, null);
  private static final int MESSAGES = 37;
  private static final int MESSAGES_OF_SECOND = 10;

  @TempDir Path folder;
  private final ObjectMapper json = new ObjectMapper();
  private final StringBuilder out = new StringBuilder();
  private TraceStore store;

  @BeforeEach
  void recordAndOpen() throws Exception {
    Path file = folder.resolve("yard.trace");
    Yard.record(file, TraceOptions.everything());
    store = TraceStore.open(file, Progress.NONE);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void perfettoKeepsItsRules() throws IOException {
    Perfetto.write(store, Selection.ALL, Perfetto.Flows.ALL, out);
    PerfettoRules rules = PerfettoRules.check(json.readTree(out.toString()));
    assertThat(rules.messages()).isEqualTo(MESSAGES);
    assertThat(rules.requests()).isEqualTo(3);
    // The last ship casts off after 110 us.
    assertThat(rules.last()).isEqualByComparingTo("110");
    long caused =
        store
            .list(
                "select count(*) from messages where sender is not null and origin is null",
                row -> row.getLong(1))
            .get(0);
    assertThat(rules.flows()).isEqualTo((int) caused);
  }

  @Test
  void perfettoDrawsByDefaultTheArrowsWithinOneLaunch() throws IOException {
    Perfetto.write(store, SECOND, Perfetto.Flows.LAUNCH, out);
    PerfettoRules rules = PerfettoRules.check(json.readTree(out.toString()));
    assertThat(rules.messages()).isEqualTo(MESSAGES_OF_SECOND);
    // Load and AskStamp come from the ship's start, a Finish each from another launch's.
    assertThat(rules.flows()).isEqualTo(6);
    assertThat(rules.flowsAcross()).isZero();
    out.setLength(0);
    Perfetto.write(store, SECOND, Perfetto.Flows.NONE, out);
    assertThat(PerfettoRules.check(json.readTree(out.toString())).flows()).isZero();
  }

  @Test
  void perfettoDrawsByDefaultNoArrowBetweenLaunches() throws IOException {
    Perfetto.write(store, Selection.ALL, Perfetto.Flows.LAUNCH, out);
    PerfettoRules within = PerfettoRules.check(json.readTree(out.toString()));
    assertThat(within.flows()).isPositive();
    assertThat(within.flowsAcross()).isZero();
    out.setLength(0);
    Perfetto.write(store, Selection.ALL, Perfetto.Flows.ALL, out);
    assertThat(PerfettoRules.check(json.readTree(out.toString())).flowsAcross()).isPositive();
  }

  /** In virtual time nobody's mailbox keeps a message; in a live system it does. */
  @Test
  void perfettoShowsHowLongAMessageLayInTheMailbox() throws Exception {
    store.close();
    Path database = folder.resolve("yard.trace.sqlite");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
        Statement statement = connection.createStatement()) {
      statement.executeUpdate("update message set sent = handled - 500 where handled > 50000");
    }
    store = TraceStore.open(database, Progress.NONE);
    Perfetto.write(store, Selection.ALL, Perfetto.Flows.LAUNCH, out);
    PerfettoRules.check(json.readTree(out.toString()));
    String kept = "{\"ph\":\"b\",\"cat\":\"mailbox\"";
    assertThat(out.toString().lines().filter(line -> line.startsWith(kept)).count())
        .isPositive()
        .isEqualTo(
            store
                .list("select count(*) from message where sent < handled", row -> row.getLong(1))
                .get(0));
  }

  @Test
  void shiVizClocksKeepTheirRules() throws IOException {
    ShiViz.write(store, Selection.ALL, out);
    assertThat(ShiVizRules.check(out.toString())).isEqualTo(MESSAGES);
    out.setLength(0);
    ShiViz.write(store, SECOND, out);
    assertThat(ShiVizRules.check(out.toString())).isEqualTo(MESSAGES_OF_SECOND);
  }

  /** Whoever comes later by a chain of causes has a clock that says so, and nobody else's does. */
  @Test
  void shiVizClocksSayWhatTheCausesSay() throws IOException {
    ShiViz.write(store, Selection.ALL, out);
    List<String> lines = out.toString().lines().toList();
    Map<Long, JsonNode> clocks = new HashMap<>();
    Map<String, JsonNode> before = new HashMap<>();
    for (Message message : new Messages(store).list(ANY, MESSAGES)) {
      int at = 2 * clocks.size();
      assertThat(lines.get(at)).startsWith("m" + message.id() + " " + message.type());
      assertThat(lines.get(at + 1)).startsWith(message.receiver() + " {");
      JsonNode clock = json.readTree(lines.get(at + 1).substring(message.receiver().length() + 1));
      Map<String, Integer> expected = new HashMap<>();
      for (JsonNode known :
          Arrays.asList(before.get(message.receiver()), clocks.get(message.cause()))) {
        if (known != null) {
          known
              .properties()
              .forEach(e -> expected.merge(e.getKey(), e.getValue().asInt(), Math::max));
        }
      }
      expected.merge(message.receiver(), 1, Integer::sum);
      assertThat(clock).isEqualTo(json.readTree(json.writeValueAsString(expected)));
      clocks.put(message.id(), clock);
      before.put(message.receiver(), clock);
    }
  }

  @Test
  void shiVizRefusesWhatWouldFillADisk() throws IOException {
    ShiViz.write(store, Selection.ALL, MESSAGES, out);
    assertThat(ShiVizRules.check(out.toString())).isEqualTo(MESSAGES);
    out.setLength(0);
    assertThatThrownBy(() -> ShiViz.write(store, Selection.ALL, MESSAGES - 1, out))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("more than 36 messages, each of which has a vector clock");
    assertThat(out.toString()).isEmpty();
    ShiViz.write(store, SECOND, MESSAGES - 1, out);
    assertThat(ShiVizRules.check(out.toString())).isEqualTo(MESSAGES_OF_SECOND);
  }

  @Test
  void twoExecutionsAroundWhereTheyPartKeepTheRulesEach() throws IOException {
    Path other = folder.resolve("other.trace");
    Yard.record(other, TraceOptions.everything().withOnly(Only.parse(List.of("from=1"))));
    try (TraceStore second = TraceStore.open(other, Progress.NONE)) {
      int failing = new Messages(second).list(ANY, 1000).size();
      assertThat(failing).isLessThan(25);
      Divergence parted = Divergence.of(store, second).orElseThrow();
      var a = new ShiViz.Execution("passing", store);
      var b = new ShiViz.Execution("failing", second);
      ShiViz.write(a, b, parted.same(), 1000, out);
      assertThat(ShiVizRules.checkExecutions(out.toString()))
          .containsExactly(Map.entry("passing", MESSAGES), Map.entry("failing", failing));
      out.setLength(0);
      ShiViz.write(a, b, 20, 5, out);
      assertThat(ShiVizRules.checkExecutions(out.toString()))
          .containsExactly(Map.entry("passing", 10), Map.entry("failing", failing - 15));
      // A line for the label, two for each of the five messages before.
      assertThat(out.toString().lines().toList().get(11))
          .startsWith(new Messages(store).list(ANY, 21).get(20).type());
      assertThatThrownBy(() -> ShiViz.write(a, a, 1, 1, out))
          .hasMessage("both executions are called passing");
    }
  }

  @Test
  void aLineOfJsonHasAMessage() throws IOException {
    JsonLines.write(store, Selection.ALL, out);
    String[] lines = out.toString().split("\n");
    assertThat(lines).hasSize(MESSAGES);
    JsonNode finish = json.readTree(lines[MESSAGES - 4]);
    assertThat(finish.get("id").asLong()).isEqualTo(34);
    assertThat(finish.get("cause").asLong()).isEqualTo(29);
    assertThat(finish.get("fields").get("ship").asInt()).isEqualTo(2);
    assertThat(finish.get("type").asText()).isEqualTo("Yard$Finish");
  }

  @Test
  void otlpKeepsItsSchema() throws IOException {
    Otlp.write(store, Selection.ALL, out);
    int messages = OtlpRules.check(out.toString());
    assertThat(links()).as("a stamp of the next launch").isNotEmpty();
    assertThat(messages)
        .isEqualTo(
            new Messages(store).ofRequest(101).size()
                + new Messages(store).ofRequest(102).size()
                + new Messages(store).ofRequest(103).size());
    assertThat(out.toString()).contains("{\"key\":\"ship\",\"value\":{\"intValue\":\"2\"}}");
  }

  /** At 105 us the second launch is under way; what it caused has a link to what is not there. */
  @Test
  void otlpSaysHowManyMessagesOfNoSpanAreLeftOutAndLinksToNone() throws IOException {
    Path cut = folder.resolve("cut.trace");
    Yard.record(cut, TraceOptions.everything(), 105_000);
    try (TraceStore store = TraceStore.open(cut, Progress.NONE)) {
      long leftOut = Otlp.write(store, Selection.ALL, out);
      int told = OtlpRules.check(out.toString());
      assertThat(leftOut).isPositive().isEqualTo(new Messages(store).list(ANY, 1000).size() - told);
      assertThat(out.toString()).contains("launch 1", "launch 3").doesNotContain("launch 2");
      assertThat(links()).isEmpty();
      out.setLength(0);
      assertThat(Otlp.write(store, SECOND, out))
          .isEqualTo(new Messages(store).ofRequest(102).size());
      assertThat(out.toString()).isEmpty();
    }
  }

  /** To which traces spans have links. */
  private List<String> links() throws IOException {
    List<String> links = new ArrayList<>();
    for (String line : out.toString().split("\n")) {
      for (JsonNode span : json.readTree(line).at("/resourceSpans/0/scopeSpans/0/spans")) {
        span.path("links").forEach(link -> links.add(link.get("traceId").asText()));
      }
    }
    return links;
  }

  @Test
  void perfettoHasARequestUnderWayUpToTheEnd() throws IOException {
    Path cut = folder.resolve("cut.trace");
    Yard.record(cut, TraceOptions.everything(), 105_000);
    try (TraceStore store = TraceStore.open(cut, Progress.NONE)) {
      Perfetto.write(store, SECOND, Perfetto.Flows.LAUNCH, out);
      PerfettoRules rules = PerfettoRules.check(json.readTree(out.toString()));
      assertThat(rules.requests()).isEqualTo(1);
      assertThat(out.toString().lines())
          .filteredOn(line -> line.contains("\"name\":\"launch 2 (under way at the end)\""))
          .satisfiesExactly(
              line -> assertThat(line).contains("\"ph\":\"b\"", "\"ts\":10.000"),
              line -> assertThat(line).contains("\"ph\":\"e\"", "\"ts\":105.000"));
    }
  }

  @Test
  void diagramsHaveAnArrowForEachMessage() throws IOException {
    Diagram.MERMAID.write(store, SECOND, out);
    assertThat(out.toString()).startsWith("sequenceDiagram\n  participant a");
    assertThat(out.toString().lines().filter(line -> line.contains("->>")))
        .hasSize(MESSAGES_OF_SECOND);
    out.setLength(0);
    Diagram.PLANTUML.write(store, SECOND, out);
    assertThat(out.toString()).startsWith("@startuml\n").endsWith("@enduml\n");
    assertThat(out.toString().lines().filter(line -> line.contains(" -> ")))
        .hasSize(MESSAGES_OF_SECOND);
  }

  @Test
  void mermaidIsCutWhereItsViewersWouldRefuseIt() {
    assertThat(Diagram.MERMAID.fits(500, 40_000)).isTrue();
    assertThat(Diagram.MERMAID.fits(501, 40_000)).isFalse();
    assertThat(Diagram.MERMAID.fits(10, 50_000)).isFalse();
    assertThat(Diagram.PLANTUML.fits(501, 50_000)).isTrue();
  }
}
