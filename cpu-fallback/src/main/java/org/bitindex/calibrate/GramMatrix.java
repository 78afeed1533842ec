package org.bitindex.calibrate;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.bitindex.internal.BatchLength;
import org.bitindex.internal.Parallel;

/**
 * The sum of x x' over all inputs x that were added: {@code columns * columns / 2} doubles. Not for
 * use by many threads until all inputs are in.
 */
public final class GramMatrix implements InputMoments {
  /** Samples added together, so that they stay in the cache while the rows of sums pass by. */
  private static final int SAMPLES = 32;

  /** The lower triangle: row a has a + 1 elements. */
  private final double[][] sums;

  private final double[] totals;
  private long count;

  /** The zero matrix. */
  public GramMatrix(int columns) {
    sums = new double[columns][];
    Arrays.setAll(sums, a -> new double[a + 1]);
    totals = new double[columns];
  }

  /**
   * Adds a batch of inputs.
   *
   * @param input batch x columns floats, row-major, finite
   * @param batch number of samples
   * @param threads number of threads, at least 1; the result does not depend on it
   * @throws IllegalArgumentException if {@code input} has another length, or holds NaN or infinity,
   *     naming sample and column: a single one would spoil all sums. Nothing is added then
   */
  public void add(float[] input, int batch, int threads) {
    int columns = columns();
    BatchLength.require("input", input.length, batch, columns);
    requireFinite(input, columns);
    count += batch;
    Parallel.forRows(
        threads,
        columns,
        (from, to) -> {
          for (int first = 0; first < batch; first += SAMPLES) {
            addSamples(input, first, Math.min(first + SAMPLES, batch), from, to);
          }
        });
  }

  private static void requireFinite(float[] input, int columns) {
    for (int i = 0; i < input.length; i++) {
      if (!Float.isFinite(input[i])) {
        throw new IllegalArgumentException(
            "input is " + input[i] + " in sample " + i / columns + ", column " + i % columns);
      }
    }
  }

  private void addSamples(float[] input, int first, int last, int from, int to) {
    for (int a = from; a < to; a++) {
      for (int n = first; n < last; n++) {
        int offset = n * columns();
        totals[a] += input[offset + a];
        addScaled(input[offset + a], input, offset, sums[a]);
      }
    }
  }

  private static void addScaled(double factor, float[] input, int offset, double[] sum) {
    if (factor != 0) {
      for (int b = 0; b < sum.length; b++) {
        sum[b] += factor * input[offset + b];
      }
    }
  }

  /** The mean of the inputs; zero where there were none. */
  public double[] mean() {
    double[] mean = totals.clone();
    for (int a = 0; a < mean.length && count > 0; a++) {
      mean[a] /= count;
    }
    return mean;
  }

  /**
   * The sum of (x - mean) (x - mean)': what an error costs in a layer whose bias makes up for its
   * mean ({@link Calibration#bias}).
   */
  public GramMatrix centred() {
    var centred = new GramMatrix(columns());
    double[] mean = mean();
    centred.count = count;
    for (int a = 0; a < mean.length; a++) {
      for (int b = 0; b <= a; b++) {
        centred.sums[a][b] = sums[a][b] - totals[a] * mean[b];
      }
    }
    return centred;
  }

  /**
   * H + mean(H(j,j)) I: what an error costs where rows of weights are not only multiplied but also
   * used as they are, such as embeddings that a head shares.
   */
  public GramMatrix plusIdentity() {
    var sum = new GramMatrix(columns());
    sum.count = count;
    System.arraycopy(totals, 0, sum.totals, 0, totals.length);
    double trace = 0;
    for (int a = 0; a < columns(); a++) {
      System.arraycopy(sums[a], 0, sum.sums[a], 0, a + 1);
      trace += sums[a][a];
    }
    for (int a = 0; a < columns(); a++) {
      sum.sums[a][a] += trace / columns();
    }
    return sum;
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
      double[] row = sums[a];
      double sum = row[a] * vector[a];
      for (int b = 0; b < a; b++) {
        product[b] += vector[a] * row[b];
        sum += vector[b] * row[b];
      }
      product[a] += sum;
    }
  }

  /** The columns by ascending H(j,j). */
  int[] ascendingOrder() {
    return IntStream.range(0, columns())
        .boxed()
        .sorted(Comparator.comparingDouble(this::diagonal))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /**
   * The unit lower triangle of the Cholesky factor of the matrix with its rows and columns in
   * {@code order}: H + damping * mean(H(j,j)) * I = L D L' with L(j,j) = 1. Row i has i elements,
   * those left of the diagonal.
   *
   * @param damping above 0, so that inputs that were never seen do no harm
   */
  double[][] unitCholesky(int[] order, double damping) {
    int columns = columns();
    double[][] rest = new double[columns][columns];
    double trace = 0;
    for (int i = 0; i < columns; i++) {
      for (int j = 0; j < columns; j++) {
        rest[i][j] = sums[Math.max(order[i], order[j])][Math.min(order[i], order[j])];
      }
      trace += rest[i][i];
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
