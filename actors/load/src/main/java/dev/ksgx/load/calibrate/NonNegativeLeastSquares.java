package dev.ksgx.load.calibrate;

import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.QRDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.RealVector;

/**
 * The vector without negative components whose image is nearest to a given one, by the active-set
 * method of Lawson and Hanson ("Solving Least Squares Problems", ch. 23).
 */
final class NonNegativeLeastSquares {
  private static final double TOLERANCE = 1e-10;

  private final RealMatrix matrix;
  private final RealVector right;
  private final int unknowns;
  private final boolean[] free;
  private double[] solution;

  private NonNegativeLeastSquares(RealMatrix matrix, RealVector right) {
    this.matrix = matrix;
    this.right = right;
    this.unknowns = matrix.getColumnDimension();
    this.free = new boolean[unknowns];
    this.solution = new double[unknowns];
  }

  /**
   * Minimises {@code |matrix x - right|} over {@code x >= 0}.
   *
   * @param matrix of full column rank, as many rows as columns or more
   */
  static double[] solve(double[][] matrix, double[] right) {
    return new NonNegativeLeastSquares(
            new Array2DRowRealMatrix(matrix, false), new ArrayRealVector(right, false))
        .solve();
  }

  private double[] solve() {
    double scale = TOLERANCE * (1 + matrix.preMultiply(right).getLInfNorm());
    for (int next = steepest(scale); next >= 0; next = steepest(scale)) {
      free[next] = true;
      double[] candidate = solveFree();
      while (least(candidate) <= 0) {
        stepTowards(candidate);
        candidate = solveFree();
      }
      solution = candidate;
    }
    return solution;
  }

  /** The component at zero whose growth brings the image nearer fastest; -1 if none does. */
  private int steepest(double scale) {
    RealVector rest = right.subtract(matrix.operate(new ArrayRealVector(solution, false)));
    double[] gradient = matrix.preMultiply(rest).toArray();
    int best = -1;
    for (int i = 0; i < unknowns; i++) {
      if (!free[i] && gradient[i] > scale && (best < 0 || gradient[i] > gradient[best])) {
        best = i;
      }
    }
    return best;
  }

  /** The nearest image with the components at zero left out, whatever the signs. */
  private double[] solveFree() {
    int[] columns = java.util.stream.IntStream.range(0, unknowns).filter(i -> free[i]).toArray();
    double[] all = new double[unknowns];
    if (columns.length == 0) {
      return all;
    }
    int[] rows = java.util.stream.IntStream.range(0, matrix.getRowDimension()).toArray();
    RealVector part =
        new QRDecomposition(matrix.getSubMatrix(rows, columns)).getSolver().solve(right);
    for (int i = 0; i < columns.length; i++) {
      all[columns[i]] = part.getEntry(i);
    }
    return all;
  }

  private double least(double[] candidate) {
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i < unknowns; i++) {
      if (free[i]) {
        least = Math.min(least, candidate[i]);
      }
    }
    return least;
  }

  /** Goes towards {@code candidate} until the first component is zero, which then stays there. */
  private void stepTowards(double[] candidate) {
    double step = 1;
    for (int i = 0; i < unknowns; i++) {
      if (free[i] && candidate[i] <= 0) {
        step = Math.min(step, solution[i] / (solution[i] - candidate[i]));
      }
    }
    for (int i = 0; i < unknowns; i++) {
      if (free[i]) {
        double moved = solution[i] + step * (candidate[i] - solution[i]);
        free[i] = moved > TOLERANCE;
        solution[i] = free[i] ? moved : 0;
      }
    }
  }
}
