package dev.ksgx.load.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What counts as a change. */
class StudyDiffTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  @Test
  void whatTheIntervalsAllowIsNoChange() {
    // 3 and 4 together allow 5
    assertThat(StudyDiff.of(SampleStudy.report(120, 3), SampleStudy.report(125, 4))).isEmpty();
    assertThat(StudyDiff.of(SampleStudy.report(120, 3), SampleStudy.report(126, 4)))
        .containsExactly("v5, load 0.4: mean 120.000 us, now 126.000 (+5.0 %, beyond ±5.000)");
  }

  @Test
  void pointsThatOnlyOneHasAreTold() {
    StudyReport report = SampleStudy.report(120, 3);
    StudyReport less =
        new StudyReport(
            1,
            "less",
            "",
            1,
            5,
            report.designs(),
            report.axes(),
            report.points().subList(0, 1),
            List.of(),
            List.of(),
            List.of(),
            report.scenario());
    assertThat(StudyDiff.of(report, less)).containsExactly("direct, load 0.4: only in the old one");
    assertThat(StudyDiff.of(less, report)).containsExactly("direct, load 0.4: only in the new one");
  }

  @Test
  void reportIsReadBackAsItWasWritten() throws IOException {
    StudyReport report = SampleStudy.report(120, 3);
    JsonNode json = MAPPER.readTree(StudyFiles.json(report));
    assertThat(StudyFiles.read(json)).isEqualTo(report);
    assertThat(StudyFiles.json(StudyFiles.read(json))).isEqualTo(StudyFiles.json(report));
  }

  /** Anything may be handed to {@code diff}: it is told from a report before it is compared. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"format\":1,\"points\":[{\"design\":\"a\"}]}",
        "{\"format\":1,\"points\":null}",
        "WITH {\"points\":null}",
        "WITH {\"points\":[null]}",
        "POINT {\"at\":null}",
        "POINT {\"achievedPerSecond\":null}",
        "POINT {\"replications\":null}",
        "POINT {\"failed\":null}"
      })
  void whatIsNoReportIsRefused(String change) throws IOException {
    ObjectNode json = (ObjectNode) MAPPER.readTree(StudyFiles.json(SampleStudy.report(120, 3)));
    if (change.startsWith("WITH ")) {
      json.setAll((ObjectNode) MAPPER.readTree(change.substring(5)));
    } else if (change.startsWith("POINT ")) {
      ((ObjectNode) json.path("points").get(0))
          .setAll((ObjectNode) MAPPER.readTree(change.substring(6)));
    } else {
      json = (ObjectNode) MAPPER.readTree(change);
    }
    JsonNode refused = json;
    assertThatThrownBy(() -> StudyFiles.read(refused))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("is no report of a study: ");
  }

  @Test
  void anotherLayoutIsRefused() throws IOException {
    JsonNode json = MAPPER.readTree("{\"format\":2,\"points\":[]}");
    assertThatThrownBy(() -> StudyFiles.read(json))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("has format 2; this version reads format 1");
  }

  @Test
  void singleRunsDifferInWhateverDiffersButTheTimeTheyTook() throws IOException {
    JsonNode old =
        MAPPER.readTree(
            "{\"seed\":1,\"wallSeconds\":2.5,\"einit\":{\"retries\":3},\"cores\":[1,2]}");
    JsonNode now =
        MAPPER.readTree(
            "{\"seed\":1,\"wallSeconds\":3.5,\"einit\":{\"retries\":4},\"cores\":[1,9]}");
    assertThat(JsonDiff.of(old, old)).isEmpty();
    assertThat(JsonDiff.of(old, now))
        .isEqualTo(List.of("einit.retries: 3, now 4", "cores[1]: 2, now 9"));
  }

  @Test
  void csvHasALineForEachPointAndEmptyCellsWhereNothingCanBeSaid() {
    List<String> lines = StudyFiles.csv(SampleStudy.report(120, 3)).lines().toList();
    assertThat(lines).hasSize(3);
    int columns = lines.get(0).split(",", -1).length;
    assertThat(lines).allSatisfy(line -> assertThat(line.split(",", -1)).hasSize(columns));
    assertThat(lines.get(0)).startsWith("design,load,replications,launches,saturated,binds");
    assertThat(lines.get(1)).startsWith("v5,0.4,5,1000,false,launch-enclave,0.41,1100.0,9.0,");
    assertThat(lines.get(2)).contains("900.0,10.0,,,,,,,,,,,,,0,");
  }

  @Test
  void textFitsIntoAHundredColumnsAndSaysWhatIsSaturatedAndTheHighestPercentileThereIs() {
    String text = StudyText.of(SampleStudy.report(120, 3), List.of("a note"));
    assertThat(text.lines()).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(100));
    assertThat(text)
        .contains("load 0.4: 1,100 launches/s offered, 5 replications")
        .containsPattern("design +achieved/s +mean us +p50 us")
        .containsPattern("v5 +1,000 +120\\.0 ±3\\.0 +100\\.0 +launch-enclave 41 %\n")
        .containsPattern("direct +900 +SATURATED +- +cores 99 % +-100\\.0 ±12\\.0 /s \\*\n")
        .contains("failed: 5 with -EIO");
  }
}
