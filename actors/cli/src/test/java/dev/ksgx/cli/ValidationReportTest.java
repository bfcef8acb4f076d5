package dev.ksgx.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.load.validate.Judgement;
import dev.ksgx.load.validate.Target;
import java.util.List;
import org.junit.jupiter.api.Test;

class ValidationReportTest {
  private static final Target.Bounds BOUNDS = new Target.Bounds(0.42, 0.68, "0.42-0.68");

  private static Target target(String id, Target.Bounds bounds, boolean fitted) {
    return new Target(id, "256 MB never touched, 2017", "a5", "", "s", "s", 0.5, bounds, fitted);
  }

  private static final ValidationReport REPORT =
      ValidationReport.of(
          List.of(
              new Judgement(target("A4-100mb", BOUNDS, true), 0.5, ""),
              new Judgement(target("A5", BOUNDS, false), 0.7, ""),
              new Judgement(target("A6", BOUNDS, false), null, "no frame is free"),
              new Judgement(target("A7-destroy", BOUNDS, false), null, "no frame is free"),
              new Judgement(target("A1-user", null, true), 0.0001059, "")),
          12.34);

  @Test
  void tableSaysOfEachRowWhatWasPublishedModelledAcceptedAndFitted() {
    assertThat(REPORT.text().lines())
        .anySatisfy(
            line -> assertThat(line).matches("A4-100mb .* 0.5000 s +0.5000 s 0.42-0.68 +pass yes"))
        .anySatisfy(line -> assertThat(line).matches("A5 .* 0.5000 s +0.7000 s .* FAIL no"))
        .anySatisfy(line -> assertThat(line).matches("A6 .* 0.5000 s +- .* FAIL no"))
        .anySatisfy(line -> assertThat(line).matches("A1-user .* 0.1059 ms none +- +yes"))
        .allSatisfy(line -> assertThat(line.length()).as(line).isLessThanOrEqualTo(80));
  }

  @Test
  void endSaysHowManyWhyAndWhatNoRowTests() {
    assertThat(REPORT.text())
        .contains(
            "A6, A7-destroy: no frame is free\n",
            "1 pass, 3 fail, 1 shown without a declared tolerance; 12 s\n",
            "One cost model (p-cfl)",
            "No row tests EINIT, the launch enclave, WRMSR or concurrency.\n");
    assertThat(REPORT.failed()).isEqualTo(3);
  }

  @Test
  void jsonHasTheSameWithoutRounding() throws Exception {
    com.fasterxml.jackson.databind.ObjectMapper mapper =
        new com.fasterxml.jackson.databind.ObjectMapper();
    com.fasterxml.jackson.databind.JsonNode json =
        mapper.readTree(mapper.writeValueAsString(REPORT));
    assertThat(json.at("/rows/1/verdict").asText()).isEqualTo("fail");
    assertThat(json.at("/rows/1/low").asDouble()).isEqualTo(0.42);
    assertThat(json.at("/rows/1/fitted").asBoolean()).isFalse();
    assertThat(json.at("/rows/2/modelled").isNull()).isTrue();
    assertThat(json.at("/rows/2/why").asText()).isEqualTo("no frame is free");
    assertThat(json.at("/rows/4/low").isNull()).isTrue();
    assertThat(json.at("/notTested").size()).isEqualTo(4);
    assertThat(json.at("/failed").asInt()).isEqualTo(3);
  }
}
