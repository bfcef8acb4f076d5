package dev.ksgx.load.size;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ksgx.load.scenario.ScenarioException;
import dev.ksgx.load.study.Assertion;
import dev.ksgx.load.study.Designs;
import dev.ksgx.load.study.StudyControl;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Sizes of real systems. */
class SizeRunTest {
  private static SizeReport size(String objective, String design, Resource resource, int rate)
      throws InterruptedException {
    return SizeRun.run(
        new SizeRequest(
            "",
            Objective.parse(objective),
            "comparison",
            List.of("load.rate=" + rate, "load.warm-up=2 ms"),
            OptionalLong.empty(),
            Optional.of(Designs.named(design)),
            List.of(resource)),
        2,
        StudyControl.NONE);
  }

  @Test
  void coresAreFoundAndNotFewerWhereCostsAreHigher() throws InterruptedException {
    SizeReport report = size("mean < 2 ms", "direct-always", Resource.CORES, 12_000);
    List<SizeReport.ByCosts> found = report.answers().get(0).byCosts();
    assertThat(found)
        .extracting(SizeReport.ByCosts::costs)
        .containsExactly("low", "default", "high");
    // A launch takes some 0.2 ms of a core: 12,000 a second are 2.4 cores.
    assertThat(found.get(1).amount()).isBetween(2L, 4L);
    assertThat(found.get(0).amount()).isLessThanOrEqualTo(found.get(1).amount());
    assertThat(found.get(2).amount()).isGreaterThanOrEqualTo(found.get(1).amount());
    assertThat(report.isMet()).isTrue();
    assertThat(found.get(1).there().figure().get("meanMicros")).isBetween(100.0, 2_000.0);
    assertThat(found.get(1).there().bindsUtilisation()).isBetween(0.5, 1.0);
    assertThat(report.version()).isNotEmpty();
    assertThat(SizeText.of(report)).contains("at least cores", "direct-always");
  }

  @Test
  void noNumberOfCoresHelpsWhereTheLaunchEnclaveBinds() throws InterruptedException {
    SizeReport report = size("mean < 50 ms", "v5", Resource.CORES, 60_000);
    SizeReport.ByCosts found = report.answers().get(0).byCosts().get(1);
    assertThat(found.amount()).isNull();
    assertThat(found.there().binds()).startsWith("launch-enclave");
    assertThat(report.isMet()).isFalse();
    assertThat(SizeText.of(report)).contains("cannot", "cores cannot meet it", "launch-enclave");
  }

  /** One thread is asked for a fortieth more than it can do: no EPC helps. */
  @Test
  void aLatencyThatGrowsAsLongAsOneLooksIsNoAnswer() throws InterruptedException {
    SizeReport report =
        SizeRun.run(
            new SizeRequest(
                "",
                Objective.parse("mean < 60 ms"),
                "comparison",
                List.of(
                    "load.processes=1",
                    "load.arrivals=deterministic",
                    "load.rate=5800",
                    "load.warm-up=2 ms"),
                OptionalLong.empty(),
                Optional.of(Designs.named("direct-always")),
                List.of(Resource.EPC)),
            2,
            StudyControl.NONE);
    SizeReport.ByCosts found = report.answers().get(0).byCosts().get(1);
    assertThat(found.amount()).isNull();
    assertThat(found.there().inWords()).isEqualTo("is saturated, so it has no latency");
    assertThat(found.there().figure()).containsOnlyKeys("meanMicros").containsValue(null);
  }

  @Test
  void withoutTokensThereAreNoWorkersToAskFor() throws InterruptedException {
    SizeReport report = size("mean < 2 ms", "direct-always", Resource.WORKERS, 1_000);
    assertThat(report.answers().get(0).byCosts()).isEmpty();
    assertThat(SizeText.of(report)).contains("has no meaning here");
  }

  @Test
  void anObjectiveNeedsTheLaunchesThatItIsAbout() {
    assertThat(Assertion.parse("p99.9 < 5 ms", List.of()).figureName()).isEqualTo("p999Micros");
    assertThat(Assertion.parse("failed < 1 %", List.of()).figureName()).isEqualTo("failedPercent");
    assertThat(Objective.parse("mean<5ms").launches()).isEqualTo(2_000);
    assertThat(Objective.parse("p99<50ms").launches()).isEqualTo(11_000);
    assertThat(Objective.parse("p99.9 < 50 ms").launches()).isEqualTo(110_000);
    assertThatThrownBy(() -> Objective.parse("p99<50"))
        .isInstanceOf(ScenarioException.class)
        .hasMessageStartingWith("--slo 'p99<50': p99 needs a unit");
    assertThatThrownBy(() -> Objective.parse("p99<5 ms for v5"))
        .isInstanceOf(ScenarioException.class)
        .hasMessage("--slo 'p99<5 ms for v5': there is one design here; leave out for v5");
  }
}
