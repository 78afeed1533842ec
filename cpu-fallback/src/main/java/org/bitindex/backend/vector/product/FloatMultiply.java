package org.bitindex.backend.vector.product;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.bitindex.backend.Arithmetic;
import org.bitindex.backend.vector.kernel.FloatKernel;
import org.bitindex.backend.vector.kernel.Kernels;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.IntegerReader;

/**
 * All planes at once, as bytes that become floats to be multiplied: the same work at any density
 * and number of planes.
 */
final class FloatMultiply implements PartProduct {
  /** Bits of a code from which a byte a weight is little more than its planes take. */
  static final int LEAST_BITS = 6;

  private final Kernels kernels;
  private final RowParts parts;
  private final SampleFormat samples;

  /** q as [panel][column][row]. */
  private final MemorySegment weights;

  FloatMultiply(EncodedMatrix matrix, SampleFormat samples, RowParts parts, Kernels kernels) {
    this.kernels = kernels;
    this.parts = parts;
    this.samples = samples;
    int panelRows = panelRows();
    long panelBytes = (long) matrix.columns() * panelRows;
    this.weights = Scratch.allocate(Math.ceilDiv(matrix.rows(), panelRows) * panelBytes);
    int[] q = new int[matrix.columns()];
    IntegerReader reader = matrix.integers();
    for (int row = 0; row < matrix.rows(); row++) {
      reader.readRow(row, q);
      long at = row / panelRows * panelBytes + row % panelRows;
      for (int j = 0; j < q.length; j++) {
        weights.set(ValueLayout.JAVA_BYTE, at + (long) j * panelRows, (byte) q[j]);
      }
    }
  }

  private int panelRows() {
    return 2 * kernels.lanes();
  }

  @Override
  public Form form() {
    return Form.FLOATS;
  }

  @Override
  public long bytes() {
    return weights.byteSize();
  }

  @Override
  public void add(Activations x, int tile, int vector, int part, Scratch scratch) {
    int panelRows = panelRows();
    int panels = Math.ceilDiv(parts.size(part), panelRows);
    long first = parts.first(part) / panelRows;
    for (int panel = 0; panel < panels; panel++) {
      for (int group = 0; group < samples.groups(); group++) {
        int column = group * Arithmetic.GROUP_COLUMNS;
        int columns = Math.min(Arithmetic.GROUP_COLUMNS, samples.columns() - column);
        long at = ((first + panel) * samples.columns() + column) * panelRows;
        addGroup(x, tile, group, columns, at, panel * panelRows, scratch);
      }
    }
  }

  /**
   * A group of columns of one panel, from byte {@code at}; its first row in the part is {@code
   * row}.
   */
  private void addGroup(
      Activations x, int tile, int group, int columns, long at, int row, Scratch scratch) {
    FloatKernel kernel = kernels.floats();
    int stride = Scratch.stride(parts.partRows());
    int count = x.samples(tile);
    for (int s = 0; s < count; s += FloatKernel.SAMPLES) {
      int n = tile * x.tileSamples() + s;
      int from = n * x.stride() + group * Arithmetic.GROUP_COLUMNS;
      kernel.multiply(weights, at, x.floats(), from, x.stride(), columns, scratch.floatSums);
      for (int k = 0; k < Math.min(FloatKernel.SAMPLES, count - s); k++) {
        double factor = 1L << x.shift(n + k, group);
        kernel.addSums(
            scratch.floatSums, k * panelRows(), factor, scratch.q, (s + k) * stride + row);
      }
    }
  }
}
