package dev.ksgx.load.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.load.report.Report;
import dev.ksgx.load.report.RunResult;
import dev.ksgx.load.report.Summary;
import dev.ksgx.load.scenario.Scenario;
import dev.ksgx.load.scenario.Scenarios;
import dev.ksgx.load.statistics.Phase;
import dev.ksgx.load.workload.Images;
import dev.ksgx.load.workload.Targets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whole runs on the kernel, short ones. */
@Tag("both-jdks")
class LoadRunTest {
  private static final List<String> SHORT =
      List.of("load.rate=5000", "load.warm-up=10 ms", "load.length=40 ms");

  @Test
  void launchesSucceedAndEveryOneIsAccountedFor() {
    RunResult result = run(7);
    Report report = result.report();
    assertThat(report.launches().requested()).isBetween(120L, 280L);
    assertThat(report.launches().succeeded()).isGreaterThan(100);
    assertThat(report.launches().failed()).isEmpty();
    assertThat(report.launches().requested())
        .isEqualTo(
            report.launches().succeeded()
                + report.launches().inFlight()
                + report.launches().notStarted());
    assertThat(report.saturated()).isFalse();
    assertThat(report.virtualSeconds()).isEqualTo(0.04);
    assertThat(report.partial()).isNull();
    assertThat(report.einit().attempts()).isGreaterThanOrEqualTo(report.launches().succeeded());
    assertThat(report.launchEnclave().coldStarts()).isEqualTo(1);
    assertThat(report.cores()).hasSize(4);
    assertThat(report.epc().frames()).isEqualTo(23_936);
  }

  @Test
  void clientsThatGiveUpWhileALaunchEnclaveServesThemBreakNoLaw() {
    Report report =
        run(
                1,
                "kernel.preset=mainline",
                "kernel.launch=user-le",
                "kernel.user-le.client-timeout=200 us",
                "load.rate=25000")
            .report();
    assertThat(report.launches().failed()).containsKey("-ETIMEDOUT");
  }

  @Test
  void phasesAndLatenessSumToTheLatency() {
    RunResult result = run(7);
    long phases =
        result.launches().phases().values().stream().mapToLong(phase -> phase.sumNanos()).sum();
    assertThat(phases + result.launches().lateness().sumNanos())
        .isEqualTo(result.launches().latency().sumNanos());
    assertThat(result.launches().phases().get(Phase.TOKEN).count())
        .isEqualTo(result.report().launches().succeeded());
  }

  @Test
  void addingPagesIsTheAddPhaseAndNothingElseIs() {
    RunResult result = run(7, "load.image=tiny", "load.rate=500", "kernel.add=synchronous");
    // 4 pages of one EADD and 16 EEXTEND take 0.1 ms at least; a token takes some 30 us.
    assertThat(result.launches().phases().get(Phase.ADD).meanNanos()).isGreaterThan(1e5);
    assertThat(result.launches().phases().get(Phase.TOKEN).meanNanos()).isLessThan(6e4);
  }

  @Test
  void sameSeedIsTheSameRunAndAnotherSeedAnother() {
    String digest = run(7).report().digest();
    assertThat(digest).matches("[0-9a-f]{64}");
    for (int i = 0; i < 3; i++) {
      assertThat(run(7).report().digest()).isEqualTo(digest);
    }
    assertThat(run(8).report().digest()).isNotEqualTo(digest);
  }

  @Test
  void runsInParallelGiveTheirSoloDigests() throws InterruptedException {
    List<String> solo = List.of(run(7).report().digest(), run(8).report().digest());
    String[] parallel = new String[2];
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      int index = i;
      threads.add(new Thread(() -> parallel[index] = run(7 + index).report().digest()));
    }
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(parallel).containsExactlyElementsOf(solo);
  }

  @Test
  void digestCanBeLeftOut() {
    Scenario scenario = Scenarios.load(Scenarios.DEFAULT, SHORT, OptionalLong.of(7));
    RunResult without = LoadRun.run(scenario, small(), false, RunControl.NONE);
    assertThat(without.report().digest()).isNull();
    assertThat(without.report().latencyMicros()).isEqualTo(run(7).report().latencyMicros());
  }

  @Test
  void loadBeyondTheLaunchEnclaveSaturatesIt() {
    RunResult result = run(7, "load.rate=60000", "machine.cores=8");
    assertThat(result.report().saturated()).isTrue();
    assertThat(result.uses().get(0).resource()).isEqualTo("launch-enclave");
    assertThat(result.uses().get(0).utilisation()).isGreaterThan(0.99);
    assertThat(result.report().launches().notStarted()).isPositive();
  }

  @Test
  void loadThreePerCentAboveWhatTheLaunchEnclaveServesIsSaturated() {
    List<String> endless = List.of("load.warm-up=20 ms", "load.length=2000 launches");
    Scenario closed = Scenarios.load("closed-loop", endless, OptionalLong.of(7));
    double capacity =
        LoadRun.run(closed, small(), false, RunControl.NONE).report().achievedPerSecond();
    RunResult above = run(7, "load.rate=" + 1.03 * capacity, "load.length=150 ms");
    assertThat(above.report().saturated()).isTrue();
    assertThat(Summary.of(above)).contains("What binds: launch-enclave: busy ");
    assertThat(run(7, "load.rate=" + 0.9 * capacity, "load.length=150 ms").report().saturated())
        .isFalse();
  }

  @Test
  void launchesThatTheWindowCutsOffAreSaidToBeMissingFromTheLatencies() {
    RunResult result = run(7, "load.rate=60000");
    Report.Launches launches = result.report().launches();
    assertThat(Summary.of(result).replaceAll("\\s+", " "))
        .contains(
            String.format(
                Locale.ROOT,
                "latencies are of the %,d that succeeded before the end; the %,d still open",
                launches.succeeded(),
                launches.inFlight() + launches.notStarted()));
    assertThat(Summary.of(run(7, "load.rate=300"))).doesNotContain("latencies are of");
  }

  @Test
  void oneThreadThatCannotKeepUpBindsItself() {
    RunResult result = run(7, "load.processes=1", "load.rate=30000");
    assertThat(result.report().saturated()).isTrue();
    assertThat(Summary.of(result)).contains("What binds: the load's own threads (1): no resource");
  }

  @Test
  void oneThreadThatIsAskedForTwoAndAHalfPerCentTooMuchIsSaturatedWithinASecond() {
    String[] one = {"load.processes=1", "load.warm-up=20 ms"};
    List<String> endless = List.of(one[0], one[1], "load.length=500 launches");
    Scenario closed = Scenarios.load("closed-loop", endless, OptionalLong.of(7));
    double capacity =
        LoadRun.run(closed, small(), false, RunControl.NONE).report().achievedPerSecond();
    for (double load : new double[] {0.975, 1.025}) {
      List<String> steady =
          List.of(
              one[0],
              one[1],
              "load.length=1 s",
              "load.arrivals=deterministic",
              "load.rate=" + load * capacity);
      Scenario open = Scenarios.load(Scenarios.DEFAULT, steady, OptionalLong.of(7));
      Report report = LoadRun.run(open, small(), false, RunControl.NONE).report();
      assertThat(report.saturated()).as("%s of what it can do", load).isEqualTo(load > 1);
    }
  }

  @Test
  void epcThatIsTooSmallForAllIsNamed() {
    RunResult result =
        run(
            7,
            "load.image=2000 pages",
            "load.rate=1000",
            "load.processes=3",
            "load.length=200 ms",
            "machine.epc-mib=6");
    assertThat(result.report().paging().evictions()).isPositive();
    assertThat(Summary.of(result))
        .containsPattern("What binds: .*EPC,? exhausted")
        .contains("add-worker");
  }

  @Test
  void closedLoopNeverHasMoreLaunchesInTheSystemThanThreads() {
    Scenario scenario =
        Scenarios.load(
            Scenarios.DEFAULT,
            List.of(
                "load.arrivals=closed",
                "load.processes=2",
                "load.threads-per-process=2",
                "load.warm-up=10 ms",
                "load.length=100 launches"),
            OptionalLong.of(7));
    RunResult result = LoadRun.run(scenario, small(), true, RunControl.NONE);
    assertThat(result.launches().ended()).isEqualTo(100);
    assertThat(result.launches().inSystemIntegral())
        .isLessThanOrEqualTo(4 * result.launches().windowNanos());
    assertThat(result.report().launches().failed()).isEmpty();
  }

  @Test
  void enclavesThatLiveOnFillTheEpcAndAreThenPaged() {
    RunResult result =
        run(
            7,
            "load.image=100 pages",
            "load.lifetime=10 s",
            "load.rate=1000",
            "load.length=80 ms",
            "machine.epc-mib=8",
            "kernel.add=synchronous",
            "kernel.bugs=fixed");
    assertThat(result.report().launches().failed()).isEmpty();
    assertThat(result.report().epc().peakUsed()).isGreaterThan(1900);
    assertThat(result.report().paging().evictions()).isGreaterThan(100);
    assertThat(Summary.of(result)).contains("\npaging     evicted ");
  }

  @Test
  void shortLivedEnclavesGiveTheirFramesBack() {
    RunResult result = run(7, "load.lifetime=1 ms", "load.rate=2000", "load.length=100 ms");
    assertThat(result.report().launches().failed()).isEmpty();
    // 2 launches live at a time on average, of 4 frames each, beside the launch enclave's.
    assertThat(result.report().epc().peakUsed()).isBetween(20, 100);
  }

  @Test
  void refusedEnclavesAreCountedByTheirCode() {
    SignedEnclave tiny = SampleEnclaves.tiny();
    SignedEnclave mismatched = new SignedEnclave(tiny.image(), SampleEnclaves.pages(5).sigStruct());
    Scenario scenario = Scenarios.load(Scenarios.DEFAULT, SHORT, OptionalLong.of(7));
    RunResult result = LoadRun.run(scenario, List.of(tiny, mismatched), true, RunControl.NONE);
    assertThat(result.report().launches().failed()).containsOnlyKeys("SGX_INVALID_MEASUREMENT");
    assertThat(result.report().launches().succeeded()).isPositive();
  }

  @Test
  void stopRequestClosesTheWindowAndMarksTheReport() {
    Scenario scenario =
        Scenarios.load(
            Scenarios.DEFAULT,
            List.of("load.rate=5000", "load.warm-up=0 ms", "load.length=1000 s"),
            OptionalLong.of(7));
    RunControl impatient =
        new RunControl() {
          private int looks;

          @Override
          public boolean stopRequested() {
            return ++looks > 3;
          }
        };
    RunResult result = LoadRun.run(scenario, small(), true, impatient);
    assertThat(result.report().partial()).isTrue();
    assertThat(result.report().virtualSeconds()).isBetween(0.001, 1.0);
    assertThat(result.report().launches().requested()).isPositive();
  }

  @Test
  void runStoppedInItsWarmUpSaysSo() {
    List<String> unending = List.of("load.rate=5000", "load.warm-up=1000 s");
    RunControl atOnce =
        new RunControl() {
          @Override
          public boolean stopRequested() {
            return true;
          }
        };
    Scenario scenario = Scenarios.load(Scenarios.DEFAULT, unending, OptionalLong.of(7));
    RunResult result = LoadRun.run(scenario, small(), true, atOnce);
    assertThat(result.report().virtualSeconds()).isZero();
    assertThat(Summary.of(result)).contains("PARTIAL: the run was stopped in the warm-up");
  }

  @Test
  void planOfLaunchesIsTheSameAgainstAnotherDriver() {
    RunResult deferred = run(7);
    RunResult synchronous = run(7, "kernel.add=synchronous");
    assertThat(synchronous.report().launches().requested())
        .isEqualTo(deferred.report().launches().requested());
    assertThat(synchronous.report().digest()).isNotEqualTo(deferred.report().digest());
  }

  private static RunResult run(long seed, String... settings) {
    List<String> all = new ArrayList<>(SHORT);
    all.addAll(List.of(settings));
    Scenario scenario = Scenarios.load(Scenarios.DEFAULT, all, OptionalLong.of(seed));
    Targets targets = Targets.of(scenario.load().images());
    return LoadRun.run(scenario, targets, true, RunControl.NONE);
  }

  private static List<SignedEnclave> small() {
    return List.of(Images.named("small"));
  }
}
