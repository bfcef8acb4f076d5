package dev.ksgx.load.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ksgx.load.scenario.ScenarioException;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The grammar of assertions and what becomes of them. */
class AssertionTest {
  private static final List<String> DESIGNS = List.of("v5", "direct");

  /** v5: mean 120 us, no p99, 5 of 1,005 failed; direct: saturated. */
  private static final StudyReport REPORT = SampleStudy.report(120, 3);

  private static List<Boolean> check(String claim) {
    boolean isMean = claim.startsWith("mean");
    return check(claim, isMean ? SampleStudy.report(120, 3, 0) : REPORT);
  }

  private static List<Boolean> check(String claim, StudyReport report) {
    return Assertion.parse(claim, DESIGNS).check(report).stream()
        .map(Assertion.Verdict::holds)
        .toList();
  }

  /** Half are at or below 90 us, all at or below 130. */
  @Test
  void launchesThatFailedAreLaterThanAnyLatency() {
    assertThat(check("p50 < 110 us for v5", SampleStudy.report(120, 3, 0))).containsExactly(true);
    assertThat(check("p50 < 110 us for v5")).containsExactly(false);
    assertThat(check("p50 < 131 us for v5")).containsExactly(true);
    assertThat(check("p50 > 99 us for v5")).containsExactly(true);
    Assertion p50 = Assertion.parse("p50 < 1 s for v5", DESIGNS);
    assertThat(p50.check(SampleStudy.report(120, 3, 1000)).get(0).holds()).isTrue();
    assertThat(p50.check(SampleStudy.report(120, 3, 1001)).get(0).inWords())
        .isEqualTo("p50 < 1 s for v5: v5, load 0.4: is unknown: 1001 of 2001 launches failed");
    assertThat(Assertion.parse("mean < 1 s for v5", DESIGNS).check(REPORT).get(0).message())
        .isEqualTo("is unknown: 5 of 1005 launches failed");
    assertThat(check("mean > 1 us for v5", REPORT)).containsExactly(false);
  }

  @ParameterizedTest
  @CsvSource({
    "mean < 121 us for v5, true",
    "mean < 120us for v5, false",
    "mean <= 120 us for v5, true",
    "mean==0.12ms for v5, true",
    "mean > 119000 ns for v5, true",
    "mean >= 0.00013 s for v5, false",
    "achieved > 900 for v5, true",
    "achieved >= 1001 /s for v5, false",
    "offered == 1100 /s for direct, true",
    "failed < 6 for v5, true",
    "failed < 0.4 % for v5, false",
    "failed < 0.5% for v5, true",
    "failed == 0 for direct, true"
  })
  void claimIsHeldAgainstTheFigureInItsUnit(String claim, boolean holds) {
    assertThat(check(claim)).containsExactly(holds);
  }

  /** A study counts lives of groups that failed beside its launches. */
  @Test
  void livesThatFailedLeaveTheLaunchesTheirLatencies() {
    StudyReport.Point launches = SampleStudy.report(120, 3, 2).points().get(0);
    launches.failed().put("-ENOMEM (lives of batch)", 7L);
    assertThat(launches.failedLaunches()).isEqualTo(2);
  }

  @Test
  void withoutADesignItIsAboutAll() {
    assertThat(check("achieved > 950")).containsExactly(true, false);
  }

  @Test
  void figureThatCannotBeSaidFulfilsNoClaim() {
    List<Assertion.Verdict> verdicts = Assertion.parse("p99 < 1 s", DESIGNS).check(REPORT);
    assertThat(verdicts).extracting(Assertion.Verdict::holds).containsExactly(false, false);
    assertThat(verdicts.get(0).inWords())
        .isEqualTo("p99 < 1 s: v5, load 0.4: fewer than 1,000 of 1000 launches lie beyond it");
    assertThat(verdicts.get(1).message()).contains("saturated");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "p99",
        "p99 <",
        "p99 < 5",
        "p99 < 5 /s",
        "p98 < 5 ms",
        "p99 = 5 ms",
        "p99 < -5 ms",
        "achieved > 5 ms",
        "achieved > 5 %",
        "failed < 5 ms",
        "failed < 5 /s",
        "mean < 5 ms for v6",
        "mean < 5 ms v5",
        "mean < 5 ms; p99 < 5 ms"
      })
  void anythingElseIsRefusedInOneLine(String claim) {
    assertThatThrownBy(() -> Assertion.parse(claim, DESIGNS))
        .isInstanceOf(ScenarioException.class)
        .hasMessageStartingWith("--assert '" + claim + "': ")
        .hasMessageNotContaining("\n");
  }

  @Test
  void junitXmlHasACaseForEachPoint() {
    StudyReport report = SampleStudy.report(120, 3, 0);
    String xml = JunitXml.of(Assertion.parse("mean < 1 ms", DESIGNS).check(report));
    assertThat(xml)
        .startsWith("<?xml version=\"1.0\" encoding=\"UTF-8\"?>")
        .contains("<testsuite name=\"ksgx compare\" tests=\"2\" failures=\"1\">")
        .contains("<testcase classname=\"v5\" name=\"mean &lt; 1 ms load=0.4\">")
        .contains("<failure message=\"is saturated, so it has no latency\"");
  }

  /** A design is named as its file is. */
  @Test
  void whatXmlCannotWriteIsReplaced() throws Exception {
    StudyReport.Point point = REPORT.points().get(0);
    StudyReport.Point odd =
        new StudyReport.Point(
            "a\u0001b\uD800\uFFFE",
            point.at(),
            1,
            1000,
            false,
            "cores",
            1,
            point.offeredPerSecond(),
            point.achievedPerSecond(),
            point.latency(),
            point.cdf(),
            point.overTime(),
            point.blame(),
            point.slowest(),
            point.failed(),
            point.einit());
    Assertion claim = Assertion.parse("achieved > 1", DESIGNS);
    String xml = JunitXml.of(List.of(new Assertion.Verdict(claim, odd, false, "is \u0002")));
    byte[] bytes = xml.getBytes(StandardCharsets.UTF_8);
    assertThat(
            DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(bytes))
                .getElementsByTagName("testcase")
                .item(0)
                .getAttributes()
                .getNamedItem("classname")
                .getNodeValue())
        .isEqualTo("a\uFFFDb\uFFFD\uFFFD");
  }
}
