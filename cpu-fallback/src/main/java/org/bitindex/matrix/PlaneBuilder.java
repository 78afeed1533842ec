package org.bitindex.matrix;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.bitindex.code.Code;
import org.bitindex.layout.BitMatrix;
import org.bitindex.layout.Layout;
import org.jspecify.annotations.Nullable;

/**
 * Integers on their way to an {@link EncodedMatrix}: row by row they become planes, and the planes
 * are stored. Plane p holds bit s of the part of q that has the sign of its coefficient c_p =
 * +-2^s. Rows may come from several threads, each row from one; a row that never comes is zero.
 */
public final class PlaneBuilder implements AutoCloseable {
  /** Integers that are taken apart at once, a byte each. */
  private static final int PACKED = Long.BYTES;

  /** The lowest bit of each byte. */
  private static final long LOWEST_BITS = 0x0101_0101_0101_0101L;

  /** Times this, the lowest bit of byte i arrives at bit 56 + i, and no two bits meet. */
  private static final long GATHER = 0x0102_0408_1020_4080L;

  private final int columns;
  // Not confined: the compiler would expect that of all memory, also in the loops of products.
  private final Arena scratch = Arena.ofShared();
  private Code code;
  private List<BitMatrix> planes;

  /** A builder of zeros. */
  public PlaneBuilder(Code code, int rows, int columns) {
    this.code = code;
    this.columns = columns;
    this.planes =
        IntStream.range(0, code.coefficients().length)
            .mapToObj(_ -> new BitMatrix(rows, columns, scratch))
            .toList();
  }

  /**
   * The planes, for those that have bits and no integers, or a faster way from one to the other.
   */
  public List<BitMatrix> planes() {
    return planes;
  }

  /**
   * Replaces row {@code row}.
   *
   * @param q at least as many integers as there are columns, each from {@link Code#lowest} to
   *     {@link Code#highest}
   */
  public void writeRow(int row, int[] q) {
    int[] coefficients = code.coefficients();
    long[][] words = new long[coefficients.length][BitMatrix.wordsPerRow(columns)];
    for (int first = 0; first < columns; first += PACKED) {
      int count = Math.min(PACKED, columns - first);
      long positive = 0;
      long negative = 0;
      for (int i = 0; i < count; i++) {
        int value = q[first + i];
        positive |= (long) Math.max(0, value) << (i * Byte.SIZE);
        negative |= (long) Math.max(0, -value) << (i * Byte.SIZE);
      }
      for (int p = 0; p < coefficients.length; p++) {
        int c = coefficients[p];
        long bits = (c > 0 ? positive : negative) >>> Integer.numberOfTrailingZeros(c);
        words[p][first >>> 6] |= (((bits & LOWEST_BITS) * GATHER) >>> 56) << first;
      }
    }
    for (int p = 0; p < coefficients.length; p++) {
      planes.get(p).writeRow(row, words[p]);
    }
  }

  /** Number of ones of row {@code row} in all planes. */
  public long setBits(int row) {
    long bits = 0;
    for (BitMatrix plane : planes) {
      bits += plane.setBits(row);
    }
    return bits;
  }

  /** Takes from a symmetric code the high bits that no weight has; one and the sign remain. */
  public void trim() {
    while (code instanceof Code.Symmetric symmetric
        && planes.size() > 2
        && planes.get(0).setBits() == 0
        && planes.get(1).setBits() == 0) {
      code = new Code.Symmetric(symmetric.bits() - 1);
      planes = planes.subList(2, planes.size());
    }
  }

  /**
   * Stores the planes in a matrix with memory of its own, which the caller closes.
   *
   * @param threads number of threads, at least 1; the result does not depend on it
   * @param scales makes them in the matrix's memory: one for the matrix, or one for each row
   * @param offsets as {@code scales}; makes null for zero
   */
  @SuppressWarnings("MustBeClosedChecker") // the result owns the arena
  public EncodedMatrix build(
      Layout layout,
      int threads,
      Function<Arena, RowValues> scales,
      Function<Arena, @Nullable RowValues> offsets) {
    Arena arena = Arena.ofShared();
    try {
      return build(layout, threads, arena, scales.apply(arena), offsets.apply(arena), arena);
    } catch (Throwable t) {
      arena.close();
      throw t;
    }
  }

  /**
   * Stores the planes in memory of {@code arena}; closing the matrix leaves it open.
   *
   * @param scales one for the matrix, or one for each row
   * @param offsets as {@code scales}, or null for zero
   */
  public EncodedMatrix buildIn(
      Arena arena, Layout layout, RowValues scales, @Nullable RowValues offsets) {
    return build(layout, 1, arena, scales, offsets, null);
  }

  private EncodedMatrix build(
      Layout layout,
      int threads,
      Arena arena,
      RowValues scales,
      @Nullable RowValues offsets,
      @Nullable Arena owned) {
    var stored = layout.store(code.coefficients(), planes, arena, threads);
    return new EncodedMatrix(code, stored, scales, offsets, owned);
  }

  /** Releases what was written; matrices keep what is stored. */
  @Override
  public void close() {
    scratch.close();
  }
}
