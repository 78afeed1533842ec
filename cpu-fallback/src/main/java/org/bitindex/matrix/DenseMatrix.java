package org.bitindex.matrix;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.bitindex.internal.LittleEndian;

/** A dense FP32 matrix, row-major, over a heap array or any other segment, which is not copied. */
public final class DenseMatrix implements Weights {
  private final int rows;
  private final int columns;
  private final MemorySegment data;

  /**
   * A matrix over {@code data}.
   *
   * @param data rows * columns little-endian floats, row after row, of no confined arena. A segment
   *     has no byte order of its own, not even {@code MemorySegment.ofBuffer} of a big-endian
   *     buffer; {@link StridedMatrix} takes any order
   * @throws IllegalArgumentException if a size is negative or {@code data} has another size
   */
  public DenseMatrix(int rows, int columns, MemorySegment data) {
    if (rows < 0 || columns < 0) {
      throw new IllegalArgumentException("shape " + rows + " x " + columns + " is negative");
    }
    long expected = (long) rows * columns * Float.BYTES;
    if (data.byteSize() != expected) {
      throw new IllegalArgumentException(
          "data has "
              + data.byteSize()
              + " bytes, a "
              + rows
              + " x "
              + columns
              + " matrix has "
              + expected);
    }
    this.rows = rows;
    this.columns = columns;
    this.data = data;
  }

  /** A matrix over {@code values}, which is not copied. */
  public static DenseMatrix of(int rows, int columns, float... values) {
    return new DenseMatrix(rows, columns, MemorySegment.ofArray(values));
  }

  /** A copy of any weights that fit one array of 2^31 - 1 floats. */
  public static DenseMatrix copyOf(Weights weights) {
    float[] values = new float[Math.multiplyExact(weights.rows(), weights.columns())];
    weights.readAll(values);
    return of(weights.rows(), weights.columns(), values);
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public int columns() {
    return columns;
  }

  @Override
  public void readRow(int row, float[] target) {
    long at = (long) Objects.checkIndex(row, rows) * columns * Float.BYTES;
    MemorySegment.copy(data, LittleEndian.FLOAT, at, target, 0, columns);
  }

  /** The elements, row after row. */
  public MemorySegment data() {
    return data;
  }
}
