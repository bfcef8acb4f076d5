package dev.ksgx.load.calibrate;

import dev.ksgx.kernel.cost.Cost;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Costs fitted to a trace.
 *
 * @param ghz frequency at which the figures' cycles are counted
 * @param probeNanos what each probe added to the durations; 0 if the trace does not tell
 * @param figures of the costs that the trace says something about, in the order of {@link Cost}
 * @param operations that were fitted, by name
 * @param refused operations left out, a line each that says why
 */
public record Calibration(
    double ghz,
    double probeNanos,
    List<Figure> figures,
    List<Measured> operations,
    List<String> refused) {
  /** With fewer samples a median of durations that interrupts disturb is not to be trusted. */
  public static final int LEAST_SAMPLES = 30;

  /**
   * One cost.
   *
   * @param provenance M if the trace separates it from all others, D if only a sum with others was
   *     measured and this is its share, in the proportions of the default model
   * @param samples durations that it is part of
   * @param medianNanos robust fit to the medians of the durations
   * @param spreadNanos standard deviation of one duration, as far as it falls to this cost
   * @param from operations that it is part of
   */
  public record Figure(
      Cost cost,
      long cycles,
      char provenance,
      int samples,
      double medianNanos,
      double spreadNanos,
      List<String> from) {}

  /**
   * One operation as measured.
   *
   * @param medianNanos median duration, all counts together
   * @param spread standard deviation of one duration, as a share of what it should be
   * @param misfit by how much the fitted costs miss the medians, as a share of them
   */
  public record Measured(
      String operation, int samples, double medianNanos, double spread, double misfit) {}

  /** Costs that keep their default. */
  public List<Cost> notMeasured() {
    List<Cost> rest = new ArrayList<>(Arrays.asList(Cost.values()));
    figures.forEach(figure -> rest.remove(figure.cost()));
    return rest;
  }

  /**
   * Fits costs to a trace.
   *
   * @param ghz frequency of the machine that was traced
   * @param trace what was measured
   * @throws TraceException if no operation has enough samples
   */
  public static Calibration of(Trace trace, double ghz) {
    List<String> refused = new ArrayList<>();
    List<Cell> accepted = new ArrayList<>();
    Map<String, List<Cell>> operations = trace.byOperation();
    double probeNanos = probeNanos(operations.remove(Operation.PROBE), refused);
    for (Map.Entry<String, List<Cell>> each : operations.entrySet()) {
      int samples = samples(each.getValue());
      if (samples < LEAST_SAMPLES) {
        refused.add(tooFew(each.getKey(), samples));
        continue;
      }
      List<Cell> cells = each.getValue().stream().map(cell -> cell.without(probeNanos)).toList();
      if (cells.stream().anyMatch(cell -> cell.medianNanos() <= 0)) {
        refused.add(each.getKey() + ": takes no longer than the probe itself");
      } else {
        accepted.addAll(cells);
      }
    }
    if (accepted.isEmpty()) {
      throw new TraceException(
          "no operation can be fitted"
              + (refused.isEmpty()
                  ? ": the trace has a header and no durations"
                  : ": " + String.join("; ", refused)));
    }
    Fit fit = new Fit(accepted, ghz);
    return new Calibration(ghz, probeNanos, fit.figures(), fit.operations(), refused);
  }

  private static double probeNanos(List<Cell> cells, List<String> refused) {
    if (cells == null) {
      return 0;
    }
    int samples = samples(cells);
    if (samples < LEAST_SAMPLES) {
      refused.add(tooFew(Operation.PROBE, samples));
      return 0;
    }
    return cells.get(0).medianNanos();
  }

  private static int samples(List<Cell> cells) {
    return cells.stream().collect(Collectors.summingInt(Cell::samples));
  }

  private static String tooFew(String operation, int samples) {
    return operation
        + ": "
        + samples
        + (samples == 1 ? " sample" : " samples")
        + ", at least "
        + LEAST_SAMPLES
        + " are needed";
  }
}
