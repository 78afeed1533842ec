package org.bitindex.baseline;

import java.util.Arrays;
import org.bitindex.matrix.Weights;

/** Compressed sparse rows: 32-bit row offsets and column indices, single-precision values. */
public final class Csr implements Baseline {
  private final int columns;
  private final SparseEntries entries;

  /** The weights that are not zero. */
  public Csr(Weights weights) {
    columns = weights.columns();
    entries = SparseEntries.of(weights);
  }

  @Override
  public String name() {
    return "CSR";
  }

  @Override
  public int rows() {
    return entries.rowOffsets().length - 1;
  }

  @Override
  public int columns() {
    return columns;
  }

  @Override
  public long bytes() {
    return (long) entries.rowOffsets().length * Integer.BYTES
        + (long) entries.values().length * (Integer.BYTES + Float.BYTES);
  }

  @Override
  public void readRow(int row, float[] target) {
    Arrays.fill(target, 0, columns, 0f);
    for (int e = entries.rowOffsets()[row]; e < entries.rowOffsets()[row + 1]; e++) {
      target[entries.columnIndices()[e]] = entries.values()[e];
    }
  }

  private void decode(int row, int from, int to, float[] target, int offset) {
    System.arraycopy(entries.values(), from, target, offset, to - from);
  }

  @Override
  public void multiply(float[] input, int batch, float[] output) {
    var block = new SparseRowBlock(entries.rowOffsets(), entries.columnIndices(), this::decode);
    BaselineProducts.multiply(this, block, input, batch, output);
  }
}
