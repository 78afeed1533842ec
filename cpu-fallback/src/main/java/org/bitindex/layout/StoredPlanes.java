package org.bitindex.layout;

import java.util.List;
import org.bitindex.EncodedFormatException;

/**
 * The bit planes B_p in {0,1}^(rows x columns) of a matrix, immutable, stored in a {@link Layout}.
 *
 * <p>Safe for use by many threads, each with a {@link #reader()} of its own. Planes over a file's
 * bytes are checked by {@link #verify()}; reading corrupt ones that were not verified throws an
 * unchecked exception or gives wrong bits, and never touches memory outside their arrays.
 */
public sealed interface StoredPlanes permits SeparatePlanes, EmbeddedPlanes {
  /** Rows of a plane. */
  int rows();

  /** Columns of a plane. */
  int columns();

  /** Number of planes. */
  int count();

  /** The layout with its parameters. */
  Layout layout();

  /** Number of ones of plane {@code plane}. */
  long setBits(int plane);

  /** A new reader, for one thread. */
  PlaneReader reader();

  /** The first {@code count} planes; what is stored of the others is not read. */
  StoredPlanes first(int count);

  /**
   * What is stored, in a fixed order; the names begin with {@code planeP}, where P counts from 0.
   * {@link Layout#open} makes equal planes of it.
   */
  List<StoredArray> arrays();

  /**
   * Reads everything that is stored and checks it.
   *
   * @throws EncodedFormatException naming the array, the position and the value of the first error
   */
  void verify() throws EncodedFormatException;

  /** Number of ones in all planes. */
  default long setBits() {
    long sum = 0;
    for (int p = 0; p < count(); p++) {
      sum += setBits(p);
    }
    return sum;
  }

  /** Stored bytes, the sum over {@link #arrays()}. */
  default long bytes() {
    return arrays().stream().mapToLong(array -> array.data().byteSize()).sum();
  }
}
