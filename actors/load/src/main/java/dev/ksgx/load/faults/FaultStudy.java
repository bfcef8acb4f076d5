package dev.ksgx.load.faults;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.LaunchDesign;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.load.scenario.LaunchKeys;
import dev.ksgx.load.scenario.Scenario;
import dev.ksgx.load.scenario.Scenarios;
import dev.ksgx.load.study.Design;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The answer to the arguments of stability and of the proprietary daemon (driver.md 10): what each
 * design does to callers in each state. The table is the same however many experiments run beside
 * each other.
 */
public final class FaultStudy {
  /** Names of designs: each way to a token; a pool and a cache where they make a difference. */
  public static final List<String> DESIGNS =
      List.of("v5", "v6", "v11", "aesmd", "aesmd-app-cache", "user-le-4-cache", "direct-always");

  private static final String AS_SHIPPED = "as-shipped";
  private static final String FIXED = "fixed";
  private static final String EITHER = "either";

  private FaultStudy() {}

  /** A design on the base that all have in common. */
  private record Subject(String name, KernelConfig config) {
    static Subject of(Design design) {
      design.checkVariesLaunchAlone();
      Config nothing = ConfigFactory.empty();
      Scenario scenario =
          Scenarios.load(
              Scenarios.COMPARISON, nothing, List.of(), design.keys(), OptionalLong.empty());
      LaunchKeys.check(List.of(scenario));
      return new Subject(design.name(), scenario.kernel());
    }
  }

  /**
   * Every state under every design, on the base of comparisons; as shipped and with bugs fixed.
   *
   * @param jobs experiments at a time, from 1
   * @throws dev.ksgx.load.scenario.ScenarioException with one line if a design cannot be read, or
   *     sets anything but its way to a token
   */
  public static FaultTable run(List<Design> designs, long seed, int jobs)
      throws InterruptedException {
    return run(designs, List.of(FaultState.values()), seed, jobs);
  }

  /** Those states under every design. */
  static FaultTable run(List<Design> designs, List<FaultState> states, long seed, int jobs)
      throws InterruptedException {
    List<Subject> subjects = designs.stream().map(Subject::of).toList();
    List<Cell> cells =
        states.stream()
            .flatMap(state -> subjects.stream().map(subject -> new Cell(subject, state, seed)))
            .toList();
    ExecutorService threads = Executors.newFixedThreadPool(jobs);
    try {
      List<FaultRow> rows = new ArrayList<>();
      for (Future<List<FaultRow>> each : threads.invokeAll(cells)) {
        rows.addAll(each.get());
      }
      return new FaultTable(seed, subjects.get(0).config().cores(), Callers.COUNT, rows);
    } catch (ExecutionException e) {
      throw new IllegalStateException("an experiment failed: " + e.getCause(), e.getCause());
    } finally {
      threads.shutdownNow();
    }
  }

  /** The bundle of the time in which a design's way to a token was shipped; null: none has bugs. */
  private static Preset shippedWith(LaunchDesign launch) {
    return switch (launch.tokens()) {
      case USER_LE -> Preset.OUT_OF_TREE;
      case DIRECT -> Preset.MAINLINE;
      case KERNEL_LE ->
          switch (launch.kernelLe().channel()) {
            case PIPES -> Preset.V5;
            case SLOT -> Preset.DCAP_LE;
            case IOCTLS -> null;
          };
    };
  }

  private record Cell(Subject subject, FaultState state, long seed)
      implements Callable<List<FaultRow>> {
    @Override
    public List<FaultRow> call() {
      FaultRow fixed = row(FIXED, Bugs.fixed());
      Preset preset = shippedWith(subject.config().launch());
      if (preset == null) {
        return List.of(fixed);
      }
      FaultRow shipped = row(AS_SHIPPED, Bugs.asShipped(preset));
      return shipped.withBugs(FIXED).equals(fixed)
          ? List.of(fixed.withBugs(EITHER))
          : List.of(shipped, fixed);
    }

    private FaultRow row(String name, Bugs bugs) {
      return new FaultExperiment(subject.config().withBugs(bugs), state, seed)
          .run(subject.name(), name);
    }
  }
}
