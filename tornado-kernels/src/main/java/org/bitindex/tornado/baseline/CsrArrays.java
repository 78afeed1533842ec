package org.bitindex.tornado.baseline;

import org.bitindex.matrix.CsrMatrix;
import org.bitindex.matrix.Weights;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * The weights that are not zero, as the sparse rows of a {@link CsrMatrix}.
 *
 * @param rowOffsets the entries of row i are [rowOffsets[i], rowOffsets[i + 1])
 * @param columnIndices one for each entry
 * @param values one for each entry
 */
record CsrArrays(IntArray rowOffsets, IntArray columnIndices, FloatArray values) {
  static CsrArrays of(Weights weights) {
    var csr = CsrMatrix.of(weights);
    boolean empty = csr.values().length == 0; // an array can't be empty on a device
    return new CsrArrays(
        IntArray.fromArray(csr.rowOffsets()),
        IntArray.fromArray(empty ? new int[1] : csr.columnIndices()),
        FloatArray.fromArray(empty ? new float[1] : csr.values()));
  }
}
