package org.bitindex.layout;

import java.util.List;
import org.bitindex.EncodedFormatException;

/**
 * One immutable bit plane B in {0,1}^(rows x columns), stored in a {@link Layout}.
 *
 * <p>Safe for use by many threads. A plane over a file's bytes is checked by {@link #verify()};
 * reading rows of a corrupt plane that was not verified throws an unchecked exception or gives
 * wrong bits, and never touches memory outside its arrays.
 */
public sealed interface Plane permits FlatPlane, BlockedPlane {
  /** Rows of a plane. */
  int rows();

  /** Columns of a plane. */
  int columns();

  /** The layout with its parameters. */
  Layout layout();

  /** Number of ones. */
  long setBits();

  /**
   * Expands row {@code row} to packed words, as {@link BitMatrix} lays them out.
   *
   * @param words at least {@code ceil(columns / 64)} elements; that many are overwritten
   */
  void readRow(int row, long[] words);

  /** What is stored, in a fixed order; {@link Layout#open} makes an equal plane of it. */
  List<StoredArray> arrays();

  /**
   * Reads everything that is stored and checks order, ranges and counts.
   *
   * @throws EncodedFormatException naming the array, the position and the value of the first error
   */
  void verify() throws EncodedFormatException;
}
