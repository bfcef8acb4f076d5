package dev.ksgx.load.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class NonNegativeLeastSquaresTest {
  @Test
  void exactSolutionWithoutNegativesIsFound() {
    double[][] matrix = {{1, 2, 0}, {0, 1, 1}, {3, 0, 1}, {1, 1, 1}};
    double[] right = {5, 5, 6, 6};
    assertThat(NonNegativeLeastSquares.solve(matrix, right))
        .containsExactly(new double[] {1, 2, 3}, within(1e-9));
  }

  @Test
  void componentThatWouldBeNegativeIsZeroAndTheOthersMakeTheBestOfIt() {
    double[][] matrix = {{1, 0}, {1, 1}};
    assertThat(NonNegativeLeastSquares.solve(matrix, new double[] {4, 2}))
        .containsExactly(new double[] {3, 0}, within(1e-9));
  }

  /** The conditions of Karush, Kuhn and Tucker hold at the solution and nowhere else. */
  @Test
  void noDirectionThatStaysNonNegativeLeadsNearer() {
    Random random = new Random(3);
    for (int run = 0; run < 200; run++) {
      int unknowns = 1 + random.nextInt(6);
      int rows = unknowns + random.nextInt(6);
      double[][] matrix = new double[rows][unknowns];
      double[] right = new double[rows];
      for (int i = 0; i < rows; i++) {
        right[i] = random.nextGaussian();
        for (int j = 0; j < unknowns; j++) {
          matrix[i][j] = random.nextGaussian();
        }
      }
      double[] solution = NonNegativeLeastSquares.solve(matrix, right);
      for (int j = 0; j < unknowns; j++) {
        double gradient = 0;
        for (int i = 0; i < rows; i++) {
          double rest = right[i];
          for (int k = 0; k < unknowns; k++) {
            rest -= matrix[i][k] * solution[k];
          }
          gradient += matrix[i][j] * rest;
        }
        assertThat(solution[j]).isNotNegative();
        if (solution[j] > 0) {
          assertThat(gradient).isCloseTo(0, within(1e-8));
        } else {
          assertThat(gradient).isLessThan(1e-8);
        }
      }
    }
  }
}
