package org.bitindex.cli.advise;

import org.hipparchus.linear.Array2DRowRealMatrix;
import org.hipparchus.linear.ArrayRealVector;
import org.hipparchus.linear.RealMatrix;
import org.hipparchus.linear.RealVector;
import org.hipparchus.linear.SingularValueDecomposition;

/**
 * Least squares with coefficients that are not negative, for a few unknowns: of the least-squares
 * solutions on all subsets of the unknowns, the others being zero, the best that is not negative.
 */
final class NonNegativeLeastSquares {
  private NonNegativeLeastSquares() {}

  /**
   * The c of at least 0 that minimises |A c - b|.
   *
   * @param a rows are equations, with one value for each unknown
   * @param b right-hand sides
   */
  static double[] solve(double[][] a, double[] b) {
    RealMatrix matrix = new Array2DRowRealMatrix(a);
    RealVector target = new ArrayRealVector(b);
    int unknowns = a[0].length;
    double[] best = new double[unknowns];
    double least = target.getNorm();
    for (int subset = 1; subset < 1 << unknowns; subset++) {
      double[] candidate = solve(matrix, target, subset);
      double distance = matrix.operate(new ArrayRealVector(candidate)).getDistance(target);
      if (distance < least && isNonNegative(candidate)) {
        best = candidate;
        least = distance;
      }
    }
    return best;
  }

  /** The solution whose unknowns outside of {@code subset}, a set of bits, are zero. */
  private static double[] solve(RealMatrix matrix, RealVector target, int subset) {
    int[] columns = new int[Integer.bitCount(subset)];
    for (int i = 0, rest = subset; rest != 0; i++, rest &= rest - 1) {
      columns[i] = Integer.numberOfTrailingZeros(rest);
    }
    var part = new Array2DRowRealMatrix(target.getDimension(), columns.length);
    for (int i = 0; i < columns.length; i++) {
      part.setColumnVector(i, matrix.getColumnVector(columns[i]));
    }
    RealVector solution = new SingularValueDecomposition(part).getSolver().solve(target);
    double[] all = new double[matrix.getColumnDimension()];
    for (int i = 0; i < columns.length; i++) {
      all[columns[i]] = solution.getEntry(i);
    }
    return all;
  }

  private static boolean isNonNegative(double[] values) {
    for (double value : values) {
      if (!(value >= 0)) {
        return false;
      }
    }
    return true;
  }
}
