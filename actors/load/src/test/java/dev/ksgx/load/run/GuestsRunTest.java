package dev.ksgx.load.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ksgx.load.report.Report;
import dev.ksgx.load.scenario.Scenario;
import dev.ksgx.load.scenario.Scenarios;
import dev.ksgx.load.workload.Targets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class GuestsRunTest {
  private static final List<String> SHORT =
      List.of(
          "kernel.preset=mainline",
          "load.rate=2000",
          "load.warm-up=10 ms",
          "load.length=200 ms",
          "machine.timer-hz=0",
          "machine.cores=2");

  @Test
  void guestsOccupyCoresForWhatTheirEinitsCost() {
    Report report = run("load.guests.vcpus=4", "load.guests.rate=5000");
    double einits = 5000 * 0.2;
    assertThat((double) report.guests().einits()).isCloseTo(einits, within(4 * Math.sqrt(einits)));
    // 1,500 cycles of the trap, 4 x 400 of WRMSR and 88,000 of EINIT at 3.8 GHz, and a switch.
    double least = 91_100 / 3.8e3;
    assertThat(report.guests().coreMicros() / report.guests().einits())
        .isBetween(least * 0.99, least * 1.1);
    assertThat(report.guests().coreShare())
        .isCloseTo(report.guests().coreMicros() / (2 * 200_000), within(1e-5));
    assertThat(report.launches().failed()).isEmpty();
  }

  /** With one core every launch after a guest finds its cached hash gone. */
  @Test
  void guestsMakeCachedHashesStaleUnlessTheyLeaveTheSigners() {
    List<String> cached = List.of("kernel.msr=cached", "load.guests.rate=5000", "machine.cores=1");
    assertThat(retriesWith(cached, "load.guests.vcpus=0")).isZero();
    assertThat(retriesWith(cached, "load.guests.vcpus=1", "load.guests.hash=signer")).isZero();
    assertThat(retriesWith(cached, "load.guests.vcpus=1", "load.guests.hash=other")).isPositive();
  }

  @Test
  void loadWithoutGuestsIsTheRunThatItWas() {
    assertThat(run().guests()).isNull();
    assertThat(run("load.guests.vcpus=0", "load.guests.hash=signer").digest())
        .isEqualTo(run().digest());
  }

  private static long retriesWith(List<String> common, String... settings) {
    List<String> all = new ArrayList<>(common);
    all.addAll(List.of(settings));
    Report report = run(all.toArray(new String[0]));
    assertThat(report.launches().failed()).isEmpty();
    return report.einit().wastedCycles();
  }

  private static Report run(String... settings) {
    List<String> all = new ArrayList<>(SHORT);
    all.addAll(List.of(settings));
    Scenario scenario = Scenarios.load(Scenarios.DEFAULT, all, OptionalLong.of(7));
    return LoadRun.run(scenario, Targets.of(scenario.load().images()), true, RunControl.NONE)
        .report();
  }
}
