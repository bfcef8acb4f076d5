package dev.ksgx.load.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SummaryTest {
  @Test
  void everyLineFitsInto80Columns() {
    assertThat(Summary.of(SampleResult.of(true)).lines())
        .allSatisfy(line -> assertThat(line.length()).as(line).isLessThanOrEqualTo(80));
  }

  @Test
  void lastLineSaysWhatBinds() {
    String summary = Summary.of(SampleResult.of(null));
    assertThat(summary.lines().reduce("", (before, line) -> line))
        .isEqualTo("What binds: nothing yet; the busiest is launch-enclave (75.0 %).");
  }

  @Test
  void figuresOfTheRunAreInIt() {
    assertThat(Summary.of(SampleResult.of(null)))
        .contains("planned 2 = succeeded 1 + failed 1 + in flight 0 + not started 0")
        .contains("launches tiny (4 pages, ELRANGE 16384 bytes)")
        .contains("failed: 1 with -ENOMEM: no frame is free")
        .contains("wait launch-enclave 75.0%, serve cores 25.0%")
        .contains("attempts 3   retries 1   wasted 88,000 cycles")
        .contains("recalled, not measured")
        .doesNotContain("PARTIAL");
  }

  @Test
  void partialRunSaysSo() {
    assertThat(Summary.of(SampleResult.of(true))).contains("PARTIAL");
  }

  @Test
  void percentileThatIsOnlyTheMaximumIsNotPrinted() {
    assertThat(Summary.of(SampleResult.of(null)))
        .containsPattern("launch +2000\\.0 +2000\\.0 +2000\\.0 +2000\\.0 +2000\\.0 +- +2000\\.0");
  }

  @Test
  void resourceThatGrantedNothingHasNoMeanWait() {
    assertThat(Summary.of(SampleResult.of(null)))
        .containsPattern("idle-lock +100\\.0 +62\\.000 +62 +- +0\\b");
  }
}
