package org.bitindex.matrix;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.Objects;
import org.bitindex.EncodedFormatException;
import org.bitindex.code.Code;
import org.bitindex.layout.Layout;
import org.bitindex.layout.StoredPlanes;
import org.jspecify.annotations.Nullable;

/**
 * Weights as bit planes with integer coefficients:
 *
 * <pre>W(i,j) ~ scale(i) * q(i,j) + offset(i),   q = sum over planes p of c_p * B_p</pre>
 *
 * <p>Immutable and safe for use by many threads; its arrays lie off the heap or in a mapped file.
 * Reading it as {@link Weights} decodes: fma(scale(i), (float) q, offset(i)), one rounding.
 */
public final class EncodedMatrix implements Weights, AutoCloseable {
  private final Code code;
  private final StoredPlanes planes;
  private final RowValues scales;
  private final @Nullable RowValues offsets;
  private final @Nullable Arena owned;
  private final ReaderPool readers;
  private volatile @Nullable List<Truncation> truncations;

  /**
   * A matrix over existing parts.
   *
   * @param planes one for each coefficient of {@code code}
   * @param scales one for the matrix, or one for each row
   * @param offsets as {@code scales}, or null for zero
   * @param owned closed with this matrix, or null where somebody else owns the memory
   * @throws IllegalArgumentException if a part does not fit the others
   */
  public EncodedMatrix(
      Code code,
      StoredPlanes planes,
      RowValues scales,
      @Nullable RowValues offsets,
      @Nullable Arena owned) {
    this(code, planes, scales, offsets, null, owned);
  }

  /**
   * As above, where what makes up for bits left out is known.
   *
   * @param truncations {@link #truncations()} of such planes, or null to find them when needed
   */
  public EncodedMatrix(
      Code code,
      StoredPlanes planes,
      RowValues scales,
      @Nullable RowValues offsets,
      @Nullable List<Truncation> truncations,
      @Nullable Arena owned) {
    this.code = code;
    this.planes = planes;
    this.scales = requireRows("scales", scales, planes.rows());
    this.offsets = offsets == null ? null : requireRows("offsets", offsets, planes.rows());
    this.truncations = truncations == null ? null : List.copyOf(truncations);
    this.owned = owned;
    this.readers = new ReaderPool(this::integers);
    int expected = code.coefficients().length;
    if (planes.count() != expected) {
      throw new IllegalArgumentException(
          "got " + planes.count() + " planes, code " + code + " has " + expected);
    }
  }

  private static RowValues requireRows(String name, RowValues values, int rows) {
    if (values.count() != 1 && values.count() != rows) {
      throw new IllegalArgumentException(
          "got " + values.count() + " " + name + ", expected 1 or " + rows);
    }
    return values;
  }

  @Override
  public int rows() {
    return planes.rows();
  }

  @Override
  public int columns() {
    return planes.columns();
  }

  /** How weights become planes. */
  public Code code() {
    return code;
  }

  /** The planes, in the order of the code's coefficients. */
  public StoredPlanes planes() {
    return planes;
  }

  /** How the planes are stored. */
  public Layout layout() {
    return planes.layout();
  }

  /** The scales: one for the matrix, or one for each row. */
  public RowValues scales() {
    return scales;
  }

  /** The offsets, as {@link #scales()}, or null where they are zero. */
  public @Nullable RowValues offsets() {
    return offsets;
  }

  /** The scale of row {@code row}. */
  public float scale(int row) {
    return ofRow(scales, row);
  }

  /** The offset of row {@code row}, +0 where the matrix has none. */
  public float offset(int row) {
    return offsets == null ? 0f : ofRow(offsets, row);
  }

  private float ofRow(RowValues values, int row) {
    requireOpen();
    return values.ofRow(Objects.checkIndex(row, rows()));
  }

  /** Decodes row {@code row}. */
  @Override
  public void readRow(int row, float[] target) {
    int[] q = new int[columns()];
    readIntegers(row, q);
    float scale = scale(row);
    float offset = offset(row);
    for (int j = 0; j < q.length; j++) {
      target[j] = Math.fma(scale, (float) q[j], offset);
    }
  }

  /**
   * Reads the integers q of row {@code row}; many rows are read faster by {@link #integers()}.
   *
   * @param target at least {@code columns()} elements; that many are overwritten
   */
  public void readIntegers(int row, int[] target) {
    requireOpen();
    readers.readRow(Objects.checkIndex(row, rows()), target);
  }

  /** A new reader of the integers, for one thread. */
  public IntegerReader integers() {
    requireOpen();
    return new IntegerReader(planes, code.coefficients());
  }

  /**
   * The same planes with other scales and offsets. The two matrices share their memory: closing one
   * closes both.
   *
   * @param newScales one for the matrix, or one for each row; see {@link RowValues#of}
   * @param newOffsets as {@code newScales}, or null for zero
   */
  public EncodedMatrix withScales(float[] newScales, float @Nullable [] newOffsets) {
    Arena arena = viewArena();
    return new EncodedMatrix(
        code,
        planes,
        RowValues.of(arena, newScales),
        newOffsets == null ? null : RowValues.of(arena, newOffsets),
        truncations,
        owned);
  }

  /**
   * The {@code bits} most significant bits of each weight: an ordinary matrix of {@link
   * Code#withBits} over the first planes of this one, with scales and offsets that a {@link
   * Truncation} gives. The two matrices share their memory: closing one closes both.
   *
   * @param bits from 1 (symmetric: 2) to those of the code; all of them give this matrix
   * @throws IllegalArgumentException if the code has no such bits, or is binary or ternary
   */
  public EncodedMatrix withBits(int bits) {
    requireOpen();
    Code fewer = code.withBits(bits);
    if (bits == code.bits()) {
      return this;
    }
    Truncation fit = truncations().get(bits - code.leastBits());
    Arena arena = viewArena();
    return new EncodedMatrix(
        fewer,
        planes.first(fewer.coefficients().length),
        fit.scales(arena, scales),
        fit.offsets(arena, scales, offsets),
        owned);
  }

  /**
   * What makes up for bits left out, for each number of bits from {@link Code#leastBits} up to one
   * less than all; none for binary and ternary codes. Reads all planes the first time.
   */
  public List<Truncation> truncations() {
    List<Truncation> known = truncations;
    if (known == null) {
      known = code.leastBits() == code.bits() ? List.of() : Truncation.of(code, counts());
      truncations = known;
    }
    return known;
  }

  /**
   * The same planes with scales and offsets divided by a factor, in float. The two matrices share
   * their memory: closing one closes both.
   */
  public EncodedMatrix dividedBy(float factor) {
    float[] newScales = new float[scales.count() == 1 ? 1 : rows()];
    float[] newOffsets = offsets == null ? null : new float[newScales.length];
    for (int i = 0; i < newScales.length; i++) {
      newScales[i] = scale(i) / factor;
      if (newOffsets != null) {
        newOffsets[i] = offset(i) / factor;
      }
    }
    return withScales(newScales, newOffsets);
  }

  /** Memory for the scales of a view, which lives as long as this matrix. */
  @SuppressWarnings(
      "MustBeClosedChecker") // without an owner the garbage collector frees the floats
  private Arena viewArena() {
    requireOpen();
    return owned == null ? Arena.ofAuto() : owned;
  }

  /** Number of ones in all planes. */
  public long setBits() {
    return planes.setBits();
  }

  /** Bytes stored: all arrays of all planes, scales and offsets. */
  public long bytes() {
    return planes.bytes() + rowBytes();
  }

  /** Stored bits for each weight; 0 for an empty matrix. */
  public double bitsPerWeight() {
    double weights = (double) rows() * columns();
    return weights == 0 ? 0 : bytes() * 8.0 / weights;
  }

  /**
   * The zero-order entropy of the integers, and the bytes of scales and offsets: the least that a
   * code of independent integers needs. With n(v) of the n weights equal to v,
   *
   * <pre>sum over v of n(v) * log2(n / n(v)) / 8 bytes</pre>
   *
   * <p>Reads all planes.
   */
  public double entropyBytes() {
    double weights = (double) rows() * columns();
    double bits = 0;
    for (long count : counts()) {
      bits += count == 0 ? 0 : count * Math.log(weights / count) / Math.log(2);
    }
    return bits / Byte.SIZE + rowBytes();
  }

  /** How often each q occurs, the least of the code first. */
  private long[] counts() {
    int lowest = code.lowest();
    long[] counts = new long[code.highest() - lowest + 1];
    IntegerReader reader = integers();
    int[] q = new int[columns()];
    for (int row = 0; row < rows(); row++) {
      reader.readRow(row, q);
      for (int value : q) {
        counts[value - lowest]++;
      }
    }
    return counts;
  }

  private long rowBytes() {
    return scales.data().byteSize() + (offsets == null ? 0 : offsets.data().byteSize());
  }

  /**
   * Reads all that is stored and checks it.
   *
   * @throws EncodedFormatException naming the plane and the first error
   */
  public void verify() throws EncodedFormatException {
    verifyScales();
    planes.verify();
  }

  /**
   * Checks that scales and offsets are finite.
   *
   * @throws EncodedFormatException naming the first that is not
   */
  public void verifyScales() throws EncodedFormatException {
    requireOpen();
    verifyFinite("scales", scales);
    if (offsets != null) {
      verifyFinite("offsets", offsets);
    }
  }

  private static void verifyFinite(String name, RowValues values) throws EncodedFormatException {
    for (long i = 0; i < values.count(); i++) {
      float value = values.get(i);
      if (!Float.isFinite(value)) {
        throw new EncodedFormatException(name + "[" + i + "] is " + value);
      }
    }
  }

  /** Throws IllegalStateException once the memory of this matrix was released. */
  public void requireOpen() {
    if (!scales.data().scope().isAlive()) {
      throw new IllegalStateException("the encoded matrix is closed");
    }
  }

  /** Releases the memory where this matrix owns it; reading it afterwards is an error. */
  @Override
  public void close() {
    if (owned != null && owned.scope().isAlive()) {
      owned.close();
    }
  }

  @Override
  public String toString() {
    return "EncodedMatrix[" + rows() + " x " + columns() + ", " + code + ", " + layout() + "]";
  }
}
