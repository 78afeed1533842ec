package org.bitindex.lab.evaluation;

import java.lang.foreign.ValueLayout;
import org.bitindex.layout.Layout;
import org.bitindex.layout.StoredPlanes;

/**
 * The paper's product for one sample: y_i = sum of x_j over the stored indices of one plane, read
 * as they lie in the flat or the blocked layout and summed in float.
 */
final class StoredProduct {
  private StoredProduct() {}

  /** Over the sorted linear indices of {@link Layout.Flat}. */
  static Multiplier flat(StoredPlanes plane) {
    int columns = plane.columns();
    int[] indices = plane.arrays().getFirst().data().toArray(ValueLayout.JAVA_INT);
    return (input, batch, output) -> multiplyFlat(indices, columns, input, output);
  }

  private static void multiplyFlat(int[] indices, int columns, float[] input, float[] output) {
    int next = 0;
    for (int row = 0; row < output.length; row++) {
      int first = row * columns;
      float sum = 0;
      for (; next < indices.length && indices[next] < first + columns; next++) {
        sum += input[indices[next] - first];
      }
      output[row] = sum;
    }
  }

  /** Over the block-local 8-bit indices of {@link Layout.Blocked}. */
  static Multiplier blocked(StoredPlanes plane) {
    int blockColumns = ((Layout.Blocked) plane.layout()).blockColumns();
    int[] offsets = plane.arrays().get(0).data().toArray(ValueLayout.JAVA_INT);
    byte[] indices = plane.arrays().get(1).data().toArray(ValueLayout.JAVA_BYTE);
    int blocks = (plane.columns() + blockColumns - 1) / blockColumns;
    return (input, batch, output) ->
        multiplyBlocked(offsets, indices, blocks, blockColumns, input, output);
  }

  private static void multiplyBlocked(
      int[] offsets, byte[] indices, int blocks, int blockColumns, float[] input, float[] output) {
    for (int row = 0; row < output.length; row++) {
      float sum = 0;
      for (int block = 0; block < blocks; block++) {
        int first = block * blockColumns;
        int end = offsets[row * blocks + block + 1];
        for (int at = offsets[row * blocks + block]; at < end; at++) {
          sum += input[first + Byte.toUnsignedInt(indices[at])];
        }
      }
      output[row] = sum;
    }
  }
}
