package dev.ksgx.load.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.load.report.Report;
import dev.ksgx.load.scenario.Scenario;
import dev.ksgx.load.scenario.Scenarios;
import dev.ksgx.load.workload.Images;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the README says of the embedded scenarios, at their own rates. */
class EmbeddedScenariosTest {
  @ParameterizedTest
  @CsvSource({
    "launch-storm, launch-enclave, 50 ms",
    "launch-storm-75, add-worker, 400 ms",
    "closed-loop, launch-enclave, 1000 launches",
    "synchronous-adds, launch-enclave, 50 ms"
  })
  void busiestServerIsTheOneItWasMadeToShow(String name, String busiest, String length) {
    Report report = run(name, length);
    assertThat(report.binds().get(0).resource()).isEqualTo(busiest);
    assertThat(report.binds().get(0).utilisation()).isGreaterThan(0.8);
    assertThat(report.launches().failed()).isEmpty();
  }

  @Test
  void launchEnclaveIdlesUnderARealisticImage() {
    assertThat(run("launch-storm-75", "400 ms").launchEnclave().utilisation()).isLessThan(0.05);
  }

  private static Report run(String name, String length) {
    Scenario scenario = Scenarios.load(name, List.of("load.length=" + length), OptionalLong.of(7));
    return LoadRun.run(
            scenario, List.of(Images.named(scenario.load().image())), false, RunControl.NONE)
        .report();
  }
}
