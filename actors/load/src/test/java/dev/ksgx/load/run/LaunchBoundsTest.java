package dev.ksgx.load.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.load.report.RunResult;
import dev.ksgx.load.scenario.Scenario;
import dev.ksgx.load.scenario.Scenarios;
import dev.ksgx.load.statistics.Use;
import dev.ksgx.load.workload.Targets;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * 64 threads that launch without a pause, against the bounds that the servers on their way set: the
 * launch enclave 1/t_hold, the add worker 1/t_add, the cores n/t_cpu.
 *
 * <p>Above: the demands are those of one thread alone, which competes with nobody; launches that
 * were under way when the window opened have some of their work behind them. Below: they are those
 * of the run itself, since competition lengthens them (a holder of the launch mutex waits for a
 * core to wake up on); where one term is below 0.7 of the others, its server must never starve.
 *
 * <p>The kernel's own {@code BoundsTest} takes the demands from the cost model instead, for a few
 * systems; the wide grid is here, because only a load measures demands.
 */
class LaunchBoundsTest {
  /** Bounds in launches per second. */
  private record Bounds(double launchEnclave, double addWorker, double cores) {
    static Bounds of(RunResult result, int cores) {
      double launches = result.launches().ended();
      return new Bounds(
          launches * 1e9 / busy(result, "launch-enclave"),
          launches * 1e9 / busy(result, "add-worker"),
          launches * 1e9 / busy(result, "cores") * cores);
    }

    double[] ascending() {
      return DoubleStream.of(launchEnclave, addWorker, cores).sorted().toArray();
    }

    private static double busy(RunResult result, String resource) {
      return result.uses().stream()
          .filter(use -> use.resource().equals(resource))
          .mapToDouble(Use::busyNanos)
          .sum();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "small, deferred, 4, 2000",
    "small, deferred, 16, 2000",
    "small, synchronous, 8, 2000",
    "tiny, deferred, 8, 1000",
    "tiny, synchronous, 4, 1000"
  })
  void throughputStaysBelowTheLeastBoundAndReachesItWhereItIsClear(
      String image, String add, int cores, int launches) {
    check(image, add, cores, launches, "20 ms");
  }

  @Tag("soak")
  @ParameterizedTest
  @CsvSource({
    "small, deferred, 100 ms",
    "small, synchronous, 40 ms",
    "tiny, deferred, 100 ms",
    "tiny, synchronous, 40 ms",
    "16 pages, deferred, 250 ms",
    "16 pages, synchronous, 40 ms",
    "pages-75, deferred, 250 ms",
    "pages-75, synchronous, 60 ms"
  })
  void throughputStaysBelowTheLeastBoundOverTheWholeGrid(String image, String add, String warmUp) {
    for (int cores : new int[] {4, 8, 16, 32, 64}) {
      check(image, add, cores, 3000, warmUp);
    }
  }

  private static void check(String image, String add, int cores, int launches, String warmUp) {
    Bounds alone = Bounds.of(run(image, add, 4, 1, 300, "1 ms"), cores);
    RunResult crowded = run(image, add, cores, 64, launches, warmUp);
    Bounds within = Bounds.of(crowded, cores);
    double throughput = crowded.launches().ended() * 1e9 / crowded.launches().windowNanos();
    String cell =
        "%s %s %d cores: %.0f/s, alone %s, within %s"
            .formatted(image, add, cores, throughput, alone, within);
    double most = 1.01 * alone.ascending()[0] * crowded.launches().windowNanos() / 1e9;
    assertThat((double) crowded.launches().ended())
        .as(cell)
        .isLessThan(most + crowded.launches().inSystemAtOpening());
    double[] terms = within.ascending();
    if (terms[0] < 0.7 * terms[1]) {
      assertThat(throughput).as(cell).isGreaterThan(0.95 * terms[0]);
    }
  }

  private static RunResult run(
      String image, String add, int cores, int threads, int launches, String warmUp) {
    Scenario scenario =
        Scenarios.load(
            "closed-loop",
            List.of(
                "load.image=" + image,
                "kernel.add=" + add,
                "machine.cores=" + cores,
                "load.processes=" + threads,
                "load.length=" + launches + " launches",
                "load.warm-up=" + warmUp),
            OptionalLong.of(3));
    return LoadRun.run(scenario, Targets.of(scenario.load().images()), false, RunControl.NONE);
  }
}
