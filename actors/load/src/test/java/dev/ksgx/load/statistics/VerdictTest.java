package dev.ksgx.load.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class VerdictTest {
  private static final Verdict SATURATED = new Verdict(true, 64, false);
  private static final Verdict CALM = new Verdict(false, 64, false);

  @Test
  void busiestSharedResourceBindsNearlyBindsOrWillBind() {
    List<Use> uses = List.of(use(0.9, true), use(1, false));
    assertThat(SATURATED.inWords(uses)).isEqualTo("some-lock: busy 90.0 %, 2.0 tasks wait for it.");
    assertThat(CALM.inWords(uses))
        .isEqualTo("nearly some-lock: busy 90.0 %, 2.0 tasks wait for it.");
    assertThat(CALM.inWords(List.of(use(0.79, true))))
        .isEqualTo("nothing yet; the busiest is some-lock (79.0 %).");
  }

  @Test
  void threadsBindIfLaunchesPileUpAndNoResourceIsBusy() {
    assertThat(new Verdict(true, 1, false).inWords(List.of(use(0.288, true))))
        .isEqualTo("the load's own threads (1): no resource is busy above 28.8 %.");
  }

  @Test
  void exhaustedEpcIsNamed() {
    assertThat(new Verdict(true, 64, true).inWords(List.of(use(1, true))))
        .isEqualTo("some-lock: busy 100.0 %, 2.0 tasks wait for it; EPC exhausted.");
    assertThat(new Verdict(false, 64, true).inWords(List.of(use(0.3, true))))
        .isEqualTo("the EPC, exhausted; the busiest resource is some-lock (30.0 %).");
    assertThat(new Verdict(false, 64, true).inWords(List.of())).isEqualTo("the EPC, exhausted.");
  }

  @Test
  void nothingIsKnownIfNothingWasUsed() {
    assertThat(CALM.inWords(List.of(use(0, true)))).startsWith("unknown");
    assertThat(CALM.inWords(List.of(use(1, false)))).startsWith("unknown");
  }

  @Test
  void verdictFitsOnALineOfTheSummary() {
    Use use = new Use("launch-enclave", 1, true, 1, 262_143, 262_143, 10, 100, 7);
    assertThat("What binds: " + new Verdict(true, 4096, true).inWords(List.of(use)))
        .hasSizeLessThanOrEqualTo(84);
  }

  private static Use use(double utilisation, boolean shared) {
    return new Use("some-lock", 1, shared, utilisation, 2, 5, 10, 100, 7);
  }
}
