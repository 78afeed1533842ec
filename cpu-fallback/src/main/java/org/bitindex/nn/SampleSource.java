package org.bitindex.nn;

import java.io.IOException;
import org.bitindex.matrix.Weights;

/** Where a stream of samples comes from, such as a file larger than memory. */
@FunctionalInterface
public interface SampleSource {
  /**
   * Reads the next samples.
   *
   * @param target room for {@code capacity} samples, row-major
   * @param capacity the most samples wanted, at least 1
   * @return the number of samples read, 1 to {@code capacity}, or 0 at the end
   */
  int read(float[] target, int capacity) throws IOException;

  /** The rows of a matrix, which may lie in a mapped file. */
  static SampleSource of(Weights samples) {
    float[] row = new float[samples.columns()];
    return new SampleSource() {
      private int position;

      @Override
      public int read(float[] target, int capacity) {
        int count = Math.min(capacity, samples.rows() - position);
        for (int n = 0; n < count; n++) {
          samples.readRow(position + n, row);
          System.arraycopy(row, 0, target, n * row.length, row.length);
        }
        position += count;
        return count;
      }
    };
  }
}
