package org.bitindex.baseline;

import java.util.Arrays;
import org.bitindex.matrix.CsrMatrix;
import org.bitindex.matrix.Weights;

/** Compressed sparse rows whose values are quantised to eight bits, as {@link Quantized8} does. */
public final class HybridCsr implements Baseline {
  private final int columns;
  private final int[] rowOffsets;
  private final int[] columnIndices;
  private final byte[] codes;
  private final float[] scales;

  /** The weights that are not zero, rounded to nearest. */
  public HybridCsr(Weights weights) {
    CsrMatrix entries = CsrMatrix.of(weights);
    columns = weights.columns();
    rowOffsets = entries.rowOffsets();
    columnIndices = entries.columnIndices();
    codes = new byte[columnIndices.length];
    scales = new float[weights.rows()];
    for (int i = 0; i < scales.length; i++) {
      float[] row = Arrays.copyOfRange(entries.values(), rowOffsets[i], rowOffsets[i + 1]);
      scales[i] = Rounding.round(row, row.length, Quantized8.LEVELS, codes, rowOffsets[i]);
    }
  }

  @Override
  public String name() {
    return "CSR 8-bit";
  }

  @Override
  public int rows() {
    return scales.length;
  }

  @Override
  public int columns() {
    return columns;
  }

  @Override
  public long bytes() {
    return (long) rowOffsets.length * Integer.BYTES
        + (long) codes.length * (Integer.BYTES + 1)
        + (long) scales.length * Float.BYTES;
  }

  @Override
  public void readRow(int row, float[] target) {
    Arrays.fill(target, 0, columns, 0f);
    for (int e = rowOffsets[row]; e < rowOffsets[row + 1]; e++) {
      target[columnIndices[e]] = scales[row] * codes[e];
    }
  }

  private void decode(int row, int from, int to, float[] target, int offset) {
    Rounding.decode(codes, from, to - from, scales[row], target, offset);
  }

  @Override
  public void multiply(float[] input, int batch, float[] output) {
    var block = new SparseRowBlock(rowOffsets, columnIndices, this::decode);
    BaselineProducts.multiply(this, block, input, batch, output);
  }
}
