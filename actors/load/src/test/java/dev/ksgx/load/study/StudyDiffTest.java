package dev.ksgx.load.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What counts as a change. */
class StudyDiffTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private static StudyDiff diff(StudyReport old, StudyReport now) {
    return StudyDiff.of(old, now);
  }

  private static StudyReport changed(StudyReport report, String... changes) {
    try {
      ObjectNode json = (ObjectNode) MAPPER.readTree(StudyFiles.json(report));
      for (int i = 0; i < changes.length; i += 2) {
        int name = changes[i].lastIndexOf('/');
        JsonNode in = json.at(changes[i].substring(0, name));
        ((ObjectNode) in).set(changes[i].substring(name + 1), MAPPER.readTree(changes[i + 1]));
      }
      return StudyFiles.read(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void whatTheIntervalsAllowIsNoChange() {
    // 3 and 4 together allow 5
    assertThat(diff(SampleStudy.report(120, 3), SampleStudy.report(125, 4)).isNone()).isTrue();
    assertThat(diff(SampleStudy.report(120, 3), SampleStudy.report(126, 4)).changes())
        .containsExactly("v5, load 0.4: mean 120.000 us, now 126.000 (+5.0 %, beyond ±5.000)");
  }

  @Test
  void pointsThatOnlyOneHasAreTold() {
    StudyReport report = SampleStudy.report(120, 3);
    ObjectNode json = MAPPER.valueToTree(report);
    ((ArrayNode) json.path("points")).remove(1);
    StudyReport less = StudyFiles.read(json);
    assertThat(diff(report, less).changes())
        .containsExactly("direct, load 0.4: only in the old one");
    assertThat(diff(less, report).changes())
        .containsExactly("direct, load 0.4: only in the new one");
  }

  @Test
  void figuresThatOnlyOneCanSayAreTold() {
    StudyReport report = SampleStudy.report(120, 3);
    StudyReport without =
        changed(
            report,
            "/points/0/latency/mean",
            "null",
            "/points/0/latency/p90",
            "{\"mean\":300,\"halfWidth\":2}");
    assertThat(diff(report, without).changes())
        .containsExactly(
            "v5, load 0.4: mean 120.000 us, now it cannot be said",
            "v5, load 0.4: p90 can be said now: 300.000 us");
    StudyReport nothing = changed(report, "/points/0/latency", "null");
    assertThat(diff(report, nothing).changes())
        .containsExactly(
            "v5, load 0.4: mean 120.000 us, now it cannot be said",
            "v5, load 0.4: p50 100.000 us, now it cannot be said");
    StudyReport saturated =
        changed(report, "/points/0/saturated", "true", "/points/0/latency", "null");
    assertThat(diff(report, saturated).changes())
        .containsExactly("v5, load 0.4: is saturated now, so there is no latency any more");
    assertThat(diff(saturated, report).changes())
        .containsExactly("v5, load 0.4: is no longer saturated, and has a latency now");
  }

  @Test
  void studiesOfAnotherMachineCostsOrDesignSaySoWhateverTheirFigures() {
    StudyReport report = SampleStudy.report(120, 3);
    StudyReport other =
        changed(
            report,
            "/scenario/machine.cores",
            "\"8\"",
            "/scenario/load.rate",
            "\"9000\"",
            "/scenario/machine.costs.overrides.einit",
            "\"89000\"",
            "/costs/0/cycles",
            "89000",
            "/designs/0/keys",
            "{\"kernel.launch\":\"kernel-le\",\"kernel.msr\":\"cached\"}");
    StudyDiff diff = diff(report, other);
    assertThat(diff.changes()).isEmpty();
    assertThat(diff.isNone()).isFalse();
    assertThat(diff.differences())
        .containsExactly(
            "machine.cores: 4, now 8",
            "load.rate: not said, now 9000",
            "cost einit: 88000 cycles, now 89000 cycles",
            "design v5: kernel.msr: not said, now cached");
    assertThat(diff.notes()).isEmpty();
  }

  @Test
  void anotherSeedOrVersionIsANoteAndNoChange() {
    StudyReport report = SampleStudy.report(120, 3);
    StudyReport other =
        changed(report, "/seed", "7", "/version", "\"1.1\"", "/scenario/load.seed", "\"7\"");
    StudyDiff diff = diff(report, other);
    assertThat(diff.notes()).containsExactly("version: 1.0, now 1.1", "seed: 1, now 7");
    assertThat(diff.isNone()).isTrue();
  }

  @Test
  void aBundleIsNotComparedWithADesignOfItsName() {
    StudyReport report = SampleStudy.report(120, 3);
    StudyReport bundle =
        changed(SampleStudy.report(500, 3), "/designs/0/keys", "{\"kernel.preset\":\"v5\"}");
    StudyDiff diff = diff(report, bundle);
    assertThat(diff.differences())
        .containsExactly(
            "v5: a launch design, now a historical bundle of the same name; not compared");
    assertThat(diff.changes()).isEmpty();
  }

  @Test
  void aDesignThatOnlyOneHasIsToldOnce() {
    StudyReport report = SampleStudy.report(120, 3);
    StudyReport other =
        changed(report, "/designs/1/name", "\"lazy\"", "/points/1/design", "\"lazy\"");
    StudyDiff diff = diff(report, other);
    assertThat(diff.differences())
        .containsExactly("direct: only in the old one", "lazy: only in the new one");
    assertThat(diff.changes()).isEmpty();
  }

  @Test
  void aReportOfAVersionThatDidNotSayItIsRead() {
    ObjectNode json = MAPPER.valueToTree(SampleStudy.report(120, 3));
    json.remove("version");
    assertThat(StudyFiles.read(json).version()).isEqualTo("not said");
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
        "POINT {\"failed\":null}",
        "WITH {\"designs\":[{\"name\":\"v5\",\"description\":\"\",\"keys\":null}]}",
        "WITH {\"title\":null}"
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
