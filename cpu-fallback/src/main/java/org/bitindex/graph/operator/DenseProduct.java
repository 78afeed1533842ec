package org.bitindex.graph.operator;

import org.bitindex.graph.tensor.TensorKernels;
import org.bitindex.internal.Parallel;
import org.bitindex.matrix.Weights;
import org.jspecify.annotations.Nullable;

/**
 * A product with dense FP32 weights: sums as {@link org.bitindex.graph.tensor.MatMulKernel} says,
 * then the bias.
 */
public final class DenseProduct implements Product {
  /** Multiplications from which on threads share them. */
  private static final long PARALLEL = 1 << 18;

  /** Outputs that a thread takes at a time: vectors of any width, twice. */
  private static final int PART = 64;

  /** Samples that a thread takes at a time where there are few outputs. */
  private static final int SAMPLES = 64;

  private final int rows;
  private final int columns;
  private final float @Nullable [] bias;
  private final int threads;

  /** columns x rows, so that lanes are outputs. */
  private final float[] transposed;

  private DenseProduct(
      int rows, int columns, float[] transposed, float @Nullable [] bias, int threads) {
    this.rows = rows;
    this.columns = columns;
    this.transposed = transposed;
    this.bias = bias;
    this.threads = threads;
  }

  /** A product with a copy of weights [rows x columns]. */
  public static DenseProduct of(Weights weights, float @Nullable [] bias, int threads) {
    int rows = weights.rows();
    int columns = weights.columns();
    float[] transposed = new float[Math.multiplyExact(rows, columns)];
    float[] row = new float[columns];
    for (int i = 0; i < rows; i++) {
      weights.readRow(i, row);
      for (int j = 0; j < columns; j++) {
        transposed[j * rows + i] = row[j];
      }
    }
    return new DenseProduct(rows, columns, transposed, bias, threads);
  }

  /** A product with a copy of weights that are stored as [columns x rows]. */
  public static DenseProduct ofTransposed(Weights weights, float @Nullable [] bias, int threads) {
    int columns = weights.rows();
    int rows = weights.columns();
    float[] transposed = new float[Math.multiplyExact(rows, columns)];
    float[] row = new float[rows];
    for (int j = 0; j < columns; j++) {
      weights.readRow(j, row);
      System.arraycopy(row, 0, transposed, j * rows, rows);
    }
    return new DenseProduct(rows, columns, transposed, bias, threads);
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public int columns() {
    return columns;
  }

  @Override
  public long preparedBytes() {
    return (transposed.length + (bias == null ? 0L : bias.length)) * Float.BYTES;
  }

  @Override
  public void multiply(float[] input, int batch, float[] output) {
    int parts = Math.ceilDiv(rows, PART);
    boolean share = threads > 1 && (long) batch * rows * columns >= PARALLEL;
    if (!share || parts > 2 * threads || batch < 2 * SAMPLES) {
      Parallel.forRows(
          share ? threads : 1,
          parts,
          (from, to) -> {
            int first = from * PART;
            multiply(input, 0, batch, first, Math.min(rows, to * PART) - first, output);
          });
    } else {
      Parallel.forRows(
          threads,
          Math.ceilDiv(batch, SAMPLES),
          (from, to) -> {
            int first = from * SAMPLES;
            multiply(input, first, Math.min(batch, to * SAMPLES) - first, 0, rows, output);
          });
    }
    addBias(bias, batch, output);
  }

  private void multiply(
      float[] input, int sample, int samples, int row, int count, float[] output) {
    TensorKernels.MAT_MUL.multiply(
        input,
        sample * columns,
        columns,
        transposed,
        row,
        rows,
        output,
        sample * rows + row,
        rows,
        samples,
        columns,
        count);
  }

  /** Adds to each of {@code batch} rows. */
  static void addBias(float @Nullable [] bias, int batch, float[] output) {
    if (bias == null) {
      return;
    }
    for (int n = 0; n < batch; n++) {
      int at = n * bias.length;
      for (int i = 0; i < bias.length; i++) {
        output[at + i] += bias[i];
      }
    }
  }
}
