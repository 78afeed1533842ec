package org.bitindex.encode;

import java.util.List;
import org.bitindex.code.Code;
import org.bitindex.code.Quantizer;
import org.bitindex.layout.BitMatrix;
import org.bitindex.matrix.Weights;

/** One thread's buffers and its pass over a range of rows. */
final class RowEncoder {
  private final Weights weights;
  private final int columns;
  private final float[] row;
  private final EncodeKernel kernel = EncodeKernels.best();

  RowEncoder(Weights weights) {
    this.weights = weights;
    this.columns = weights.columns();
    this.row = new float[columns];
  }

  /** The range of rows {@code from} to {@code to}. */
  Range range(int from, int to) {
    Range range = Range.EMPTY;
    for (int i = from; i < to; i++) {
      read(i);
      range = range.union(rowRange());
    }
    return range;
  }

  /** Quantises rows {@code from} to {@code to} into {@code bits}, and sets their scales. */
  void encode(int from, int to, Code code, RowScales scales, List<BitMatrix> bits) {
    int[] coefficients = code.coefficients();
    long[][] planes = new long[coefficients.length][BitMatrix.wordsPerRow(columns)];
    for (int i = from; i < to; i++) {
      read(i);
      Quantizer quantizer = scales.quantizer(i, this::rowRange);
      kernel.quantize(quantizer, coefficients, row, columns, planes);
      for (int p = 0; p < planes.length; p++) {
        bits.get(p).writeRow(i, planes[p]);
      }
      if (scales.needsMeans()) {
        setMean(i, scales, coefficients, planes);
      }
    }
  }

  private void setMean(int i, RowScales scales, int[] coefficients, long[][] planes) {
    double sum = 0;
    long count = 0;
    for (int p = 0; p < planes.length; p++) {
      sum += coefficients[p] * kernel.sumAt(planes[p], row, columns);
      for (long word : planes[p]) {
        count += Long.bitCount(word);
      }
    }
    scales.setSelected(i, sum, count);
  }

  private void read(int i) {
    weights.readRow(i, row);
    int bad = kernel.firstNonFinite(row, columns);
    if (bad >= 0) {
      throw new IllegalArgumentException(
          "weight at row " + i + ", column " + bad + " is " + row[bad] + ", must be finite");
    }
  }

  private Range rowRange() {
    return columns == 0
        ? Range.EMPTY
        : new Range(kernel.min(row, columns), kernel.max(row, columns));
  }
}
