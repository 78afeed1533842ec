package org.bitindex.calibrate;

import java.util.Arrays;
import org.bitindex.internal.Parallel;

/**
 * The sum of x x' over all inputs x that were added: {@code columns * columns} doubles. Not for use
 * by many threads until all inputs are in.
 */
public final class GramMatrix implements InputMoments {
  private final double[][] sums;

  /** The zero matrix. */
  public GramMatrix(int columns) {
    sums = new double[columns][columns];
  }

  /**
   * Adds a batch of inputs.
   *
   * @param input batch x columns floats, row-major, finite
   * @param batch number of samples
   * @param threads number of threads, at least 1; the result does not depend on it
   * @throws IllegalArgumentException if {@code input} has another length
   */
  public void add(float[] input, int batch, int threads) {
    int columns = columns();
    if (input.length != (long) batch * columns) {
      throw new IllegalArgumentException(
          "input has "
              + input.length
              + " floats, a batch of "
              + batch
              + " x "
              + columns
              + " has "
              + (long) batch * columns);
    }
    Parallel.forRows(
        threads,
        columns,
        (from, to) -> {
          for (int n = 0; n < batch; n++) {
            for (int a = from; a < to; a++) {
              addScaled(input[n * columns + a], input, n * columns, sums[a]);
            }
          }
        });
  }

  private static void addScaled(double factor, float[] input, int offset, double[] sum) {
    if (factor != 0) {
      for (int b = 0; b < sum.length; b++) {
        sum[b] += factor * input[offset + b];
      }
    }
  }

  @Override
  public int columns() {
    return sums.length;
  }

  @Override
  public double diagonal(int column) {
    return sums[column][column];
  }

  @Override
  public void multiply(double[] vector, double[] product) {
    Arrays.fill(product, 0, columns(), 0.0);
    for (int a = 0; a < columns(); a++) {
      double factor = vector[a];
      if (factor != 0) {
        for (int b = 0; b < columns(); b++) {
          product[b] += factor * sums[a][b];
        }
      }
    }
  }

  /**
   * The unit lower triangle of the Cholesky factor: H + damping * mean(H(j,j)) * I = L D L' with
   * L(j,j) = 1. Row i has i elements, those left of the diagonal.
   *
   * @param damping above 0, so that inputs that were never seen do no harm
   */
  double[][] unitCholesky(double damping) {
    int columns = columns();
    double[][] rest = new double[columns][];
    double trace = 0;
    for (int j = 0; j < columns; j++) {
      rest[j] = sums[j].clone();
      trace += sums[j][j];
    }
    double ridge = trace == 0 ? 1 : damping * trace / columns;
    double[][] lower = new double[columns][];
    for (int j = 0; j < columns; j++) {
      rest[j][j] += ridge;
      lower[j] = new double[j];
    }
    for (int j = 0; j < columns; j++) {
      for (int i = j + 1; i < columns; i++) {
        lower[i][j] = rest[j][i] / rest[j][j];
        for (int b = i; b < columns; b++) {
          rest[i][b] -= lower[i][j] * rest[j][b];
        }
      }
    }
    return lower;
  }
}
