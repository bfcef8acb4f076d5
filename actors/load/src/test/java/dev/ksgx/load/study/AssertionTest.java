package dev.ksgx.load.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ksgx.load.scenario.ScenarioException;
import java.util.List;
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
    return Assertion.parse(claim, DESIGNS).check(REPORT).stream()
        .map(Assertion.Verdict::holds)
        .toList();
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
    String xml = JunitXml.of(Assertion.parse("mean < 1 ms", DESIGNS).check(REPORT));
    assertThat(xml)
        .startsWith("<?xml version=\"1.0\" encoding=\"UTF-8\"?>")
        .contains("<testsuite name=\"ksgx compare\" tests=\"2\" failures=\"1\">")
        .contains("<testcase classname=\"v5\" name=\"mean &lt; 1 ms load=0.4\">")
        .contains("<failure message=\"is saturated, so it has no latency\"");
  }
}
