package org.bitindex.encode;

import java.util.Arrays;
import java.util.List;
import org.bitindex.code.Code;
import org.bitindex.code.Quantizer;
import org.bitindex.layout.BitMatrix;
import org.bitindex.matrix.PlaneBuilder;
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
    this.row = new float[paddedColumns()];
  }

  private int paddedColumns() {
    return BitMatrix.wordsPerRow(columns) * Long.SIZE;
  }

  /** The range of rows {@code from} to {@code to}. */
  Range range(int from, int to) {
    Range range = Range.EMPTY;
    for (int i = from; i < to; i++) {
      weights.readRow(i, row);
      range = range.union(finiteRange(i));
    }
    return range;
  }

  /** Quantises rows {@code from} to {@code to} into {@code planes}, and sets their scales. */
  void encode(int from, int to, Code code, RowScales scales, PlaneBuilder planes) {
    int[] coefficients = code.coefficients();
    // One plane, so one threshold, and nobody asks for the integers.
    boolean oneThreshold = coefficients.length == 1 && !scales.needsMeans();
    int[] integers = new int[paddedColumns()];
    long[] words = new long[BitMatrix.wordsPerRow(columns)];
    for (int i = from; i < to; i++) {
      weights.readRow(i, row);
      Range range = oneThreshold && !RowScales.needsRange(code) ? Range.EMPTY : finiteRange(i);
      Quantizer quantizer = scales.quantizer(i, range);
      if (oneThreshold) {
        if (!kernel.atLeast(quantizer.thresholds()[0], row, columns, words)) {
          RowReader.requireFinite(row, columns, i);
        }
        planes.planes().getFirst().writeRow(i, words);
        continue;
      }
      kernel.quantize(quantizer, row, columns, integers);
      for (int p = 0; p < coefficients.length; p++) {
        kernel.plane(coefficients[p], integers, columns, words);
        planes.planes().get(p).writeRow(i, words);
      }
      if (scales.needsMeans()) {
        scales.setSelected(i, kernel.dot(integers, row, columns), planes.setBits(i));
      }
    }
  }

  /** Sums up for the scales of rows whose planes are there. */
  void sum(int from, int to, Code code, RowScales scales, List<BitMatrix> bits) {
    int[] coefficients = code.coefficients();
    int[] integers = new int[paddedColumns()];
    long[] words = new long[BitMatrix.wordsPerRow(columns)];
    for (int i = from; i < to; i++) {
      weights.readRow(i, row);
      Arrays.fill(integers, 0);
      long setBits = 0;
      for (int p = 0; p < coefficients.length; p++) {
        bits.get(p).readRow(i, words);
        for (int j = 0; j < columns; j++) {
          integers[j] += coefficients[p] * (int) (words[j / Long.SIZE] >>> j & 1);
        }
        setBits += bits.get(p).setBits(i);
      }
      scales.setSelected(i, kernel.dot(integers, row, columns), setBits);
    }
  }

  /** The range of row {@code i}, which has been read. */
  private Range finiteRange(int i) {
    Range range = kernel.range(row, columns);
    if (!range.isFinite()) {
      RowReader.requireFinite(row, columns, i);
    }
    return range;
  }
}
