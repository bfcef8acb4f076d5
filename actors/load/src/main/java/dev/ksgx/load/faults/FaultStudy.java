package dev.ksgx.load.faults;

import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.LaunchDesign;
import dev.ksgx.kernel.config.Preset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * The answer to the arguments of stability and of the proprietary daemon (driver.md 10): what each
 * design does to callers in each state. Experiments run beside each other, one a processor; the
 * table is the same however many there are.
 */
public final class FaultStudy {
  private static final String AS_SHIPPED = "as-shipped";
  private static final String FIXED = "fixed";
  private static final String EITHER = "either";

  private FaultStudy() {}

  /**
   * A design.
   *
   * @param config whose bugs do not matter: it runs as shipped and with bugs fixed
   */
  public record Subject(String name, KernelConfig config) {}

  /** Every state under every design. */
  public static FaultTable run(List<Subject> subjects, long seed) {
    return run(subjects, List.of(FaultState.values()), seed);
  }

  /**
   * Those states under every design.
   *
   * @throws IllegalArgumentException if the designs have different numbers of cores, or there are
   *     none
   */
  static FaultTable run(List<Subject> subjects, List<FaultState> states, long seed) {
    int[] cores = subjects.stream().mapToInt(each -> each.config().cores()).distinct().toArray();
    if (cores.length != 1) {
      throw new IllegalArgumentException("numbers of cores: " + Arrays.toString(cores));
    }
    List<FaultRow> rows =
        states.stream()
            .flatMap(state -> subjects.stream().map(subject -> new Cell(subject, state, seed)))
            .toList()
            .parallelStream()
            .flatMap(cell -> cell.rows().stream())
            .toList();
    return new FaultTable(seed, cores[0], Callers.COUNT, rows);
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

  private record Cell(Subject subject, FaultState state, long seed) {
    List<FaultRow> rows() {
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
