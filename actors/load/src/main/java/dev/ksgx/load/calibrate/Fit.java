package dev.ksgx.load.calibrate;

import dev.ksgx.kernel.cost.Cost;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.CholeskyDecomposition;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * Takes durations apart: each is a known sum of unknown costs, none of them negative.
 *
 * <p>Weighted least squares over the medians of the cells, weights found anew in each round (first
 * Huber's, then Tukey's), so that a cell of a few samples that were all disturbed does not move the
 * fit. Where the trace fixes only a sum, a weak pull towards the default model decides: it divides
 * the sum in the default's proportions, because it weighs each cost's departure by its size.
 *
 * <p>Unknowns are factors on the default costs.
 */
final class Fit {
  private static final int HUBER_ROUNDS = 6;
  private static final int ROUNDS = 16;

  /** Tukey's constant: 95 % efficiency where nothing is disturbed. */
  private static final double BISQUARE = 4.685;

  /** Sums of costs describe a driver to a few per cent; no cell is trusted to be nearer. */
  private static final double LEAST_SPREAD = 0.02;

  /** Standard deviation of the factor of a cost of mean size, before anything is measured. */
  private static final double PRIOR_DEVIATION = 5;

  /** A factor known to this share is called measured, any other a share of a measured sum. */
  private static final double SEPARATED = 0.1;

  private final List<Cell> cells;
  private final double ghz;
  private final Cost[] costs;
  private final double[] defaultNanos;
  private final double[] pull;
  private final double[][] rows;
  private final double[] medians;
  private final TreeMap<String, Double> spreads = new TreeMap<>();
  private double[] factors;
  private double[] weights;

  Fit(List<Cell> cells, double ghz) {
    this.cells = cells;
    this.ghz = ghz;
    this.costs = seenIn(cells);
    this.defaultNanos = Arrays.stream(costs).mapToDouble(cost -> cost.cycles() / ghz).toArray();
    double mean = Arrays.stream(defaultNanos).average().orElseThrow();
    this.pull =
        Arrays.stream(defaultNanos)
            .map(nanos -> Math.sqrt(nanos / mean) / PRIOR_DEVIATION)
            .toArray();
    this.rows = new double[cells.size()][];
    this.medians = new double[cells.size()];
    this.weights = new double[cells.size()];
    for (int i = 0; i < rows.length; i++) {
      double[] all = cells.get(i).coefficients();
      rows[i] = new double[costs.length];
      for (int j = 0; j < costs.length; j++) {
        rows[i][j] = all[costs[j].ordinal()] * defaultNanos[j];
      }
      medians[i] = cells.get(i).medianNanos();
      weights[i] = Math.sqrt(cells.get(i).samples()) / (LEAST_SPREAD * medians[i]);
    }
    for (int round = 0; round < ROUNDS; round++) {
      factors = NonNegativeLeastSquares.solve(design(), rightSide());
      measureSpreads();
      reweigh(round < HUBER_ROUNDS);
    }
  }

  private static Cost[] seenIn(List<Cell> cells) {
    return Arrays.stream(Cost.values())
        .filter(cost -> cells.stream().anyMatch(cell -> has(cell, cost)))
        .toArray(Cost[]::new);
  }

  private static boolean has(Cell cell, Cost cost) {
    return cell.coefficients()[cost.ordinal()] != 0;
  }

  /** The cells' rows in units of their standard deviation, and a row for each cost's pull. */
  private double[][] design() {
    double[][] design = new double[rows.length + costs.length][costs.length];
    for (int i = 0; i < rows.length; i++) {
      for (int j = 0; j < costs.length; j++) {
        design[i][j] = weights[i] * rows[i][j];
      }
    }
    for (int j = 0; j < costs.length; j++) {
      design[rows.length + j][j] = pull[j];
    }
    return design;
  }

  private double[] rightSide() {
    double[] right = new double[rows.length + costs.length];
    for (int i = 0; i < rows.length; i++) {
      right[i] = weights[i] * medians[i];
    }
    System.arraycopy(pull, 0, right, rows.length, costs.length);
    return right;
  }

  private double fitted(int cell) {
    double sum = 0;
    for (int j = 0; j < costs.length; j++) {
      sum += rows[cell][j] * factors[j];
    }
    return sum;
  }

  /** Standard deviation of one duration of each operation, as a share of the fitted one. */
  private void measureSpreads() {
    for (String operation : names()) {
      double[] off =
          of(operation)
              .boxed()
              .flatMapToDouble(
                  i ->
                      Arrays.stream(cells.get(i).nanos())
                          .map(nanos -> nanos / Math.max(fitted(i), 1e-3) - 1))
              .toArray();
      double bias = Math.abs(Cell.median(off.clone()));
      spreads.put(operation, Math.max(LEAST_SPREAD, Math.max(bias, Cell.spread(off))));
    }
  }

  private void reweigh(boolean huber) {
    for (int i = 0; i < rows.length; i++) {
      double fitted = Math.max(fitted(i), 1e-3);
      double spread = spreads.get(cells.get(i).operation().name());
      double off = Math.abs(medians[i] / fitted - 1) / spread;
      double trust =
          huber
              ? Math.min(1, 1 / off)
              : off < BISQUARE ? Math.pow(1 - Math.pow(off / BISQUARE, 2), 2) : 0;
      weights[i] = Math.sqrt(cells.get(i).samples() * trust) / (spread * fitted);
    }
  }

  private List<String> names() {
    return cells.stream().map(cell -> cell.operation().name()).distinct().toList();
  }

  private IntStream of(String operation) {
    return IntStream.range(0, rows.length)
        .filter(i -> cells.get(i).operation().name().equals(operation));
  }

  /** What is known about each cost, in the order of {@link Cost}. */
  List<Calibration.Figure> figures() {
    RealMatrix design = new Array2DRowRealMatrix(design(), false);
    RealMatrix variance =
        new CholeskyDecomposition(design.transpose().multiply(design)).getSolver().getInverse();
    List<Calibration.Figure> figures = new ArrayList<>();
    for (int j = 0; j < costs.length; j++) {
      Cost cost = costs[j];
      double nanos = factors[j] * defaultNanos[j];
      boolean separated = Math.sqrt(variance.getEntry(j, j)) <= SEPARATED * factors[j];
      List<Cell> parts = cells.stream().filter(cell -> has(cell, cost)).toList();
      List<String> from = parts.stream().map(cell -> cell.operation().name()).distinct().toList();
      figures.add(
          new Calibration.Figure(
              cost,
              Math.round(nanos * ghz),
              separated ? 'M' : 'D',
              parts.stream().mapToInt(Cell::samples).sum(),
              nanos,
              nanos * from.stream().mapToDouble(spreads::get).min().orElseThrow(),
              from));
    }
    return figures;
  }

  /** How each operation was measured and fitted. */
  List<Calibration.Measured> operations() {
    List<Calibration.Measured> measured = new ArrayList<>();
    for (String operation : names()) {
      int samples = of(operation).map(i -> cells.get(i).samples()).sum();
      double[] all =
          of(operation).boxed().flatMapToDouble(i -> Arrays.stream(cells.get(i).nanos())).toArray();
      double misfit =
          of(operation)
                  .mapToDouble(i -> cells.get(i).samples() * Math.abs(fitted(i) / medians[i] - 1))
                  .sum()
              / samples;
      measured.add(
          new Calibration.Measured(
              operation, samples, Cell.median(all), spreads.get(operation), misfit));
    }
    return measured;
  }
}
