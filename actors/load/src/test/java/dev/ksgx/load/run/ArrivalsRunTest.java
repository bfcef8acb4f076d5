package dev.ksgx.load.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.load.report.Report;
import dev.ksgx.load.scenario.Scenario;
import dev.ksgx.load.scenario.Scenarios;
import dev.ksgx.load.workload.Targets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArrivalsRunTest {
  private static final List<String> SHORT =
      List.of("load.processes=8", "load.warm-up=10 ms", "load.length=40 ms");

  @Test
  void replayedLaunchesAreTheOnesThatAreMeasured(@TempDir Path folder) throws IOException {
    Path file =
        Files.writeString(folder.resolve("l.csv"), "0.005\n0.02\n0.03,small,2\n0.049\n0.06\n");
    Report report = run("load.arrivals=replay", "load.replay=\"" + file + "\"");
    assertThat(report.launches().requested()).isEqualTo(3);
    assertThat(report.virtualSeconds()).isEqualTo(0.04);
  }

  @Test
  void replayThatIsOverClosesAWindowOfMoreLaunches(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("l.csv"), "0.005\n0.02\n0.03\n");
    Report report =
        run("load.arrivals=replay", "load.replay=\"" + file + "\"", "load.length=100 launches");
    assertThat(report.launches().requested()).isEqualTo(2);
    assertThat(report.launches().succeeded()).isEqualTo(2);
    assertThat(report.virtualSeconds()).isBetween(0.02, 0.03);
  }

  @Test
  void everyOpenLoopPlansTheSameLaunchesAgainstAnotherDesign() {
    for (String load :
        List.of(
            "load.arrivals=deterministic",
            "load { arrivals = bursts, bursts { on = 5 ms, off = 5 ms } }",
            "load.arrivals=ramp")) {
      Report kernelLe = run(load);
      Report direct = run(load, "kernel.preset=mainline");
      assertThat(kernelLe.launches().requested())
          .isPositive()
          .isEqualTo(direct.launches().requested());
    }
  }

  @Test
  void mixOfImagesAndSignersLaunchesOnTheDirectDesign() {
    Report report =
        run(
            "kernel.preset=mainline",
            "load.rate=2000",
            "load.signers=3",
            "load.images=[{image=tiny},{image=\"8 pages\"}]");
    assertThat(report.launches().succeeded()).isPositive();
    assertThat(report.launches().failed()).isEmpty();
  }

  private static Report run(String... settings) {
    List<String> all = new ArrayList<>(SHORT);
    all.addAll(List.of(settings));
    Scenario scenario = Scenarios.load(Scenarios.DEFAULT, all, OptionalLong.of(7));
    return LoadRun.run(scenario, Targets.of(scenario.load().images()), true, RunControl.NONE)
        .report();
  }
}
