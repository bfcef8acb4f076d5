package dev.ksgx.load.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ksgx.load.run.LivesRun;
import dev.ksgx.load.run.RunControl;
import dev.ksgx.load.scenario.Scenario;
import dev.ksgx.load.scenario.Scenarios;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a run of lives tells programs and people. */
class LivesReportTest {
  private static LivesResult result;

  @BeforeAll
  static void run() {
    Scenario scenario =
        Scenarios.load(
            "sdk-heap-80mb",
            List.of(
                "load.groups.sdk.processes=2",
                "load.groups.sdk.unmeasured-pages=100",
                "load.groups.sdk.touch.pattern=uniform"),
            OptionalLong.empty());
    result = LivesRun.run(scenario, true, RunControl.NONE);
  }

  @Test
  void fieldsAreThoseThatConsumersAreTold() throws IOException {
    JsonNode json = new ObjectMapper().readTree(ReportJson.line(result.report()));
    assertThat(fields(json))
        .containsExactly(
            "seed",
            "preset",
            "virtualSeconds",
            "wallSeconds",
            "messages",
            "digest",
            "groups",
            "binds",
            "launchEnclave",
            "cores",
            "einit",
            "epc",
            "paging");
    JsonNode group = json.get("groups").get(0);
    assertThat(fields(group))
        .containsExactly(
            "name",
            "lives",
            "lifeMicros",
            "partsMicros",
            "touches",
            "fairness",
            "processes",
            "timeShares");
    assertThat(fields(group.get("lives")))
        .containsExactly("planned", "completed", "unfinished", "notBegun", "failed");
    assertThat(fields(group.get("partsMicros")))
        .containsExactly("create", "init", "start", "run", "hold", "destroy");
    assertThat(fields(group.get("lifeMicros"))).containsExactly("mean", "min", "p50", "p95", "max");
    assertThat(group.get("partsMicros").get("hold").get("mean").isNull()).isTrue();
    assertThat(group.get("touches").asLong()).isEqualTo(20_000);
    assertThat(group.get("processes")).hasSize(2);
  }

  @Test
  void sharesOfTimeSumToOne() {
    assertThat(
            result.report().groups().get(0).timeShares().values().stream()
                .mapToDouble(Double::doubleValue)
                .sum())
        .isBetween(0.9999, 1.0001);
  }

  @Test
  void summaryFitsOnATerminalAndNamesPartsAndWhatBinds() {
    String summary = result.summary();
    assertThat(summary.lines()).allMatch(line -> line.length() <= 80);
    assertThat(summary)
        .contains("sdk: 2 processes at once; enclaves of 316 measured and 100 unmeasured pages, 1")
        .contains("  planned 2 = completed 2 + failed 0 + unfinished 0 + not begun 0")
        .contains("    create  ")
        .contains("    start  ")
        .doesNotContain("    hold  ")
        .contains("  pages touched 20,000, zeroing not counted")
        .contains("fairness between its processes")
        .contains("What binds: ");
  }

  @Test
  void histogramLogHasARowForEachPart() {
    assertThat(result.histogramLog())
        .contains("Tag=sdk,")
        .contains("Tag=sdk.create,")
        .contains("Tag=sdk.destroy,");
  }

  private static List<String> fields(JsonNode node) {
    List<String> names = new ArrayList<>();
    node.fieldNames().forEachRemaining(names::add);
    return names;
  }
}
