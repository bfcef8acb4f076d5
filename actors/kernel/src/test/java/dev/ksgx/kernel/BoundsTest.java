package dev.ksgx.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.cpu.MachineConfig;
import dev.ksgx.hardware.image.EnclaveImage;
import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.kernel.config.AddMode;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.kernel.cost.Cost;
import dev.ksgx.kernel.cost.CostModel;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A whole system under a saturating closed loop launches no faster than its slowest serial resource
 * allows, and about as fast where one is far slower than the others: the launch mutex, the add
 * worker, the cores. The bounds are computed from the cost model.
 */
class BoundsTest {
  private static final double GHZ = 3.8;
  private static final double FAR = 0.7;
  private static final double CLOSE = 0.95;

  /** The window's edges cut launches that are under way. */
  private static final double EDGES = 1.005;

  /** Launches of each process; whole rounds, since processes that start together end together. */
  private static final int ROUNDS = 12;

  private static final int WARM_UP_ROUNDS = 2;

  /** Launches per second that each resource allows. */
  private record Bounds(double mutex, double worker, double cores) {
    double least() {
      return Math.min(mutex, Math.min(worker, cores));
    }

    /** The least is far below the others. */
    boolean oneBinds() {
      double least = least();
      int near = 0;
      for (double bound : new double[] {mutex, worker, cores}) {
        near += least / bound >= FAR ? 1 : 0;
      }
      return near == 1;
    }
  }

  static Stream<Arguments> grid() {
    List<Arguments> grid = new ArrayList<>();
    for (AddMode add : AddMode.values()) {
      for (int cores : new int[] {4, 16, 64}) {
        grid.add(Arguments.of(add, cores, Named.of("tiny", SampleEnclaves.tiny())));
        grid.add(Arguments.of(add, cores, Named.of("75 pages", SampleEnclaves.seventyFivePages())));
      }
    }
    return grid.stream();
  }

  @ParameterizedTest(name = "{0}, {1} cores, {2}")
  @MethodSource("grid")
  void throughputStaysBelowTheLeastBoundAndComesCloseWhereItIsAlone(
      AddMode add, int cores, SignedEnclave enclave) {
    KernelConfig config =
        KernelConfig.preset(Preset.V5)
            .withBugs(Bugs.fixed())
            .withAdd(add)
            .withInterrupts(0, 0)
            .withMachine(MachineConfig.builder().processors(cores).build());
    Bounds bounds = bounds(config.costs(), add, cores, enclave.image());
    double perSecond = throughput(config, cores, enclave);
    assertThat(perSecond).as(bounds.toString()).isLessThanOrEqualTo(bounds.least() * EDGES);
    if (bounds.oneBinds()) {
      assertThat(perSecond).as(bounds.toString()).isGreaterThanOrEqualTo(bounds.least() * CLOSE);
    }
  }

  /** Launches a second once the loop is under way. */
  private static double throughput(KernelConfig config, int cores, SignedEnclave enclave) {
    try (Rig rig = new Rig(config)) {
      int processes = cores + 16;
      Storm storm = new Storm(rig, processes, enclave);
      storm.start();
      rig.runUntil(() -> storm.launched() >= WARM_UP_ROUNDS * processes).orThrow();
      long began = rig.system().nowNanos();
      long before = storm.launched();
      long wanted = before + (long) ROUNDS * processes;
      rig.runUntil(() -> storm.launched() >= wanted).orThrow();
      assertThat(storm.failed()).isZero();
      return (storm.launched() - before) * 1e9 / (rig.system().nowNanos() - began);
    }
  }

  private static Bounds bounds(CostModel costs, AddMode add, int cores, EnclaveImage image) {
    long hold = TokenCost.cycles(costs);
    long adding = 0;
    for (EnclaveImage.Page page : image.pages()) {
      adding +=
          costs.cycles(Cost.ADD_PATH)
              + costs.cycles(Cost.EADD)
              + Integer.bitCount(page.mrmask()) * costs.cycles(Cost.EEXTEND);
    }
    int pages = image.pages().size();
    long calls =
        4 * costs.cycles(Cost.SYSCALL)
            + 2 * costs.cycles(Cost.VMA)
            + costs.cycles(Cost.CREATE_PATH)
            + costs.cycles(Cost.EPA)
            + costs.cycles(Cost.ECREATE)
            + pages * (costs.cycles(Cost.SYSCALL) + costs.cycles(Cost.ADD_REQUEST))
            + costs.cycles(Cost.INIT_PATH)
            + costs.einit(24, true)
            + (pages + 2) * (costs.cycles(Cost.EREMOVE) + costs.cycles(Cost.RELEASE_PAGE));
    double perSecond = GHZ * 1e9;
    return new Bounds(
        perSecond / hold,
        add == AddMode.DEFERRED ? perSecond / adding : Double.POSITIVE_INFINITY,
        cores * perSecond / (hold + adding + calls));
  }
}
