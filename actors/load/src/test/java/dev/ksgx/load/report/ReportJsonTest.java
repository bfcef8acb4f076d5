package dev.ksgx.load.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportJsonTest {
  private static final String[] LATENCY = {"mean", "p50", "p90", "p95", "p99", "p999", "max"};

  @Test
  void fieldsAreThoseThatConsumersAreTold() throws IOException {
    JsonNode json = parse(SampleResult.of(null));
    assertThat(fields(json))
        .containsExactly(
            "seed",
            "preset",
            "virtualSeconds",
            "wallSeconds",
            "messages",
            "digest",
            "saturated",
            "launches",
            "offeredPerSecond",
            "achievedPerSecond",
            "latencyMicros",
            "phasesMicros",
            "initMicros",
            "binds",
            "launchEnclave",
            "lePaging",
            "einitNaps",
            "cores",
            "einit",
            "epc",
            "paging");
    assertThat(fields(json.get("launches")))
        .containsExactly("requested", "succeeded", "inFlight", "notStarted", "failed");
    assertThat(json.get("launches").get("failed").get("-ENOMEM").asInt()).isEqualTo(1);
    assertThat(fields(json.get("latencyMicros"))).containsExactly(LATENCY);
    assertThat(fields(json.get("phasesMicros"))).containsExactly("create", "add", "token", "einit");
    assertThat(fields(json.get("phasesMicros").get("token"))).containsExactly(LATENCY);
    assertThat(fields(json.get("binds").get(0)))
        .containsExactly("resource", "utilisation", "meanQueue", "maxQueue", "waitMicros");
    assertThat(fields(json.get("launchEnclave")))
        .containsExactly("requests", "utilisation", "meanQueue", "maxQueue", "coldStarts");
    assertThat(fields(json.get("lePaging")))
        .containsExactly("evictions", "loads", "inits", "share", "waitMicros", "maxWaitMicros");
    assertThat(fields(json.get("einitNaps"))).containsExactly("launches", "share", "waitMicros");
    assertThat(fields(json.get("cores").get(0)))
        .containsExactly("utilisation", "einits", "msrWrites", "interrupts");
    assertThat(fields(json.get("einit"))).containsExactly("attempts", "retries", "wastedCycles");
    assertThat(fields(json.get("epc"))).containsExactly("frames", "peakUsed");
  }

  @Test
  void pagingHasItsFieldsEvenWhereThereIsNone() throws IOException {
    JsonNode paging = parse(SampleResult.of(null)).get("paging");
    assertThat(fields(paging))
        .containsExactly(
            "evictions",
            "loads",
            "softFaults",
            "hardFaults",
            "refaults",
            "etracks",
            "ipis",
            "aexs",
            "versionArraysPeak",
            "reclaim",
            "frames",
            "processes",
            "enclaves");
    assertThat(fields(paging.get("reclaim")))
        .containsExactly(
            "passes",
            "emptyPasses",
            "directPasses",
            "freed",
            "meanBatch",
            "directShare",
            "wakeUps",
            "swapperDuty");
    assertThat(fields(paging.get("frames")))
        .containsExactly("everyMicros", "pages", "versionArrays", "secs", "free");
    assertThat(fields(paging.get("enclaves"))).containsExactly("count", "jain", "most");
    assertThat(paging.get("enclaves").get("jain").isNull()).isTrue();
    assertThat(SampleResult.of(null).summary()).doesNotContain("paging");
  }

  @Test
  void partialReportIsMarked() throws IOException {
    assertThat(parse(SampleResult.of(true)).get("partial").asBoolean()).isTrue();
  }

  @Test
  void nothingMeasuredIsNullNotZero() throws IOException {
    JsonNode einit = parse(SampleResult.of(null)).get("phasesMicros").get("einit");
    assertThat(einit.get("p99").isNull()).isTrue();
  }

  @Test
  void lineIsOneLine() {
    assertThat(ReportJson.line(SampleResult.of(null).report())).doesNotContain("\n");
  }

  private static JsonNode parse(RunResult result) throws IOException {
    return new ObjectMapper().readTree(ReportJson.line(result.report()));
  }

  private static List<String> fields(JsonNode node) {
    List<String> names = new ArrayList<>();
    node.fieldNames().forEachRemaining(names::add);
    return names;
  }
}
