package dev.ksgx.load.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.load.report.RunResult;
import dev.ksgx.load.scenario.Scenario;
import dev.ksgx.load.scenario.Scenarios;
import dev.ksgx.load.statistics.Use;
import dev.ksgx.load.workload.Images;
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
 * <p>Above: the demands are those of one thread alone, which competes with nobody. Below: they are
 * those of the run itself, since competition lengthens them (a holder of the launch mutex waits for
 * a core to wake up on); where one term is below 0.7 of the others, its server must never starve.
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
    "small, deferred, 4, 600",
    "small, deferred, 16, 600",
    "small, synchronous, 8, 600",
    "tiny, deferred, 8, 300",
    "tiny, synchronous, 4, 300"
  })
  void throughputStaysBelowTheLeastBoundAndReachesItWhereItIsClear(
      String image, String add, int cores, int launches) {
    check(image, add, cores, launches, "20 ms");
  }

  @Tag("soak")
  @ParameterizedTest
  @CsvSource({
    "small, deferred", "small, synchronous", "tiny, deferred", "tiny, synchronous",
    "16 pages, deferred", "16 pages, synchronous", "pages-75, deferred", "pages-75, synchronous"
  })
  void throughputStaysBelowTheLeastBoundOverTheWholeGrid(String image, String add) {
    for (int cores : new int[] {4, 8, 16, 32, 64}) {
      check(image, add, cores, 1500, "250 ms");
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
    assertThat(throughput).as(cell).isLessThan(1.01 * alone.ascending()[0]);
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
    return LoadRun.run(
        scenario, List.of(Images.named(scenario.load().image())), false, RunControl.NONE);
  }
}
