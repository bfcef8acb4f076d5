package dev.ksgx.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("soak")
class ValidateIT {
  @Test
  void everyPublishedFigureIsMetAndEveryScenarioIsHeardOf() throws Exception {
    Ran ran = Jar.run("validate", "--json");
    JsonNode report = new ObjectMapper().readTree(ran.out());
    assertThat(report.get("rows"))
        .allSatisfy(
            row -> assertThat(row.get("verdict").asText()).as("%s", row).isNotEqualTo("fail"));
    assertThat(ran.code()).isZero();
    assertThat(report.get("rows")).hasSizeGreaterThan(20);
    List<String> progress = ran.err().lines().toList();
    assertThat(progress)
        .hasSizeGreaterThan(10)
        .allSatisfy(line -> assertThat(line).matches("[0-9]+ of " + progress.size() + ": .*"));
  }
}
