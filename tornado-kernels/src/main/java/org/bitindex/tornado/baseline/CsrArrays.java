package org.bitindex.tornado.baseline;

import java.util.stream.IntStream;
import org.bitindex.matrix.Weights;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * The weights that are not zero, as compressed sparse rows.
 *
 * @param rowOffsets the entries of row i are [rowOffsets[i], rowOffsets[i + 1])
 * @param columnIndices one for each entry
 * @param values one for each entry
 */
record CsrArrays(IntArray rowOffsets, IntArray columnIndices, FloatArray values) {
  static CsrArrays of(Weights weights) {
    float[] row = new float[weights.columns()];
    var rowOffsets = new IntArray(weights.rows() + 1);
    rowOffsets.set(0, 0);
    for (int i = 0; i < weights.rows(); i++) {
      weights.readRow(i, row);
      rowOffsets.set(i + 1, Math.toIntExact((long) rowOffsets.get(i) + nonzeros(row).count()));
    }
    // An array can't be empty on a device.
    int entries = Math.max(1, rowOffsets.get(weights.rows()));
    var columnIndices = new IntArray(entries);
    var values = new FloatArray(entries);
    for (int i = 0; i < weights.rows(); i++) {
      weights.readRow(i, row);
      int entry = rowOffsets.get(i);
      for (int j : nonzeros(row).toArray()) {
        columnIndices.set(entry, j);
        values.set(entry++, row[j]);
      }
    }
    return new CsrArrays(rowOffsets, columnIndices, values);
  }

  private static IntStream nonzeros(float[] row) {
    return IntStream.range(0, row.length).filter(j -> row[j] != 0);
  }
}
