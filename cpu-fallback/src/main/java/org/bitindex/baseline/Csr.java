package org.bitindex.baseline;

import java.lang.foreign.MemorySegment;
import org.bitindex.matrix.CsrMatrix;
import org.bitindex.matrix.Weights;

/** Compressed sparse rows: 32-bit row offsets and column indices, single-precision values. */
public final class Csr implements Baseline {
  private final CsrMatrix matrix;

  /** The weights that are not zero. */
  public Csr(Weights weights) {
    matrix = CsrMatrix.of(weights);
  }

  @Override
  public String name() {
    return "CSR";
  }

  @Override
  public int rows() {
    return matrix.rows();
  }

  @Override
  public int columns() {
    return matrix.columns();
  }

  @Override
  public long bytes() {
    return matrix.bytes();
  }

  @Override
  public void readRow(int row, float[] target) {
    matrix.readRow(row, target);
  }

  private void decode(int row, int from, int to, float[] target, int offset) {
    System.arraycopy(matrix.values(), from, target, offset, to - from);
  }

  @Override
  public void multiply(float[] input, int batch, float[] output) {
    var block = new SparseRowBlock(matrix.rowOffsets(), matrix.columnIndices(), this::decode);
    BaselineProducts.multiply(this, block, input, batch, output);
  }

  /** Samples of a vector, on this machine. */
  public static int lanes() {
    return BaselineProducts.KERNEL.width() / 2;
  }

  /**
   * Some rows times samples that lie across the lanes of one or two vectors: y[i * width + s] = sum
   * over j of W[i, j] * x[j * width + s].
   *
   * @param firstRow the first row i
   * @param endRow one more than the last
   * @param width {@link #lanes} or twice as many
   * @param x columns x width floats, best at a multiple of 64 bytes
   * @param y rows x width floats, of which the rows' own are overwritten
   */
  public static void multiply(
      CsrMatrix weights, int firstRow, int endRow, int width, MemorySegment x, float[] y) {
    int[] rowOffsets = weights.rowOffsets();
    int[] columnIndices = weights.columnIndices();
    float[] values = weights.values();
    ProductKernel kernel = BaselineProducts.KERNEL;
    for (int i = firstRow; i < endRow; i++) {
      int first = rowOffsets[i];
      int count = rowOffsets[i + 1] - first;
      if (width == kernel.width()) {
        kernel.sparse(values, first, columnIndices, first, count, x, y, i * width);
      } else {
        kernel.sparseHalf(values, first, columnIndices, first, count, x, y, i * width);
      }
    }
  }

  /**
   * Some rows times one sample: y[yOffset + i] = sum over j of W[i, j] * x[xOffset + j].
   *
   * @param firstRow the first row i
   * @param endRow one more than the last
   */
  public static void multiply(
      CsrMatrix weights, int firstRow, int endRow, float[] x, int xOffset, float[] y, int yOffset) {
    int[] rowOffsets = weights.rowOffsets();
    int[] columnIndices = weights.columnIndices();
    float[] values = weights.values();
    for (int i = firstRow; i < endRow; i++) {
      int first = rowOffsets[i];
      int count = rowOffsets[i + 1] - first;
      y[yOffset + i] = SparseRowBlock.dot(values, first, columnIndices, first, count, x, xOffset);
    }
  }
}
