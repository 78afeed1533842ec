package org.bitindex.matrix;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Objects;
import org.bitindex.internal.Confinement;

/**
 * FP32 weights somewhere in memory, which is not copied: element (i, j) is float {@code offset + i
 * * stride + j} of {@code data}.
 *
 * @param rows number of rows, at least 0
 * @param columns number of columns, at least 0
 * @param data floats at any alignment; what is behind the last whole float is not looked at. Where
 *     it {@link #isConfined}, encode on one thread, that of its arena
 * @param order their byte order
 * @param offset floats before the first element
 * @param stride floats from one row to the next, at least {@code columns}
 */
public record StridedMatrix(
    int rows, int columns, MemorySegment data, ByteOrder order, long offset, long stride)
    implements Weights {
  /**
   * Checks that every element lies in {@code data}.
   *
   * @throws IllegalArgumentException if a number is negative, rows overlap, or {@code data} is too
   *     short
   */
  public StridedMatrix {
    Objects.requireNonNull(order, "order");
    if (rows < 0 || columns < 0) {
      throw new IllegalArgumentException("shape " + rows + " x " + columns + " is negative");
    }
    if (offset < 0) {
      throw new IllegalArgumentException("offset is " + offset + ", must be at least 0");
    }
    if (stride < columns) {
      throw new IllegalArgumentException(
          "stride is " + stride + ", must be at least the " + columns + " columns");
    }
    long floats = data.byteSize() / Float.BYTES;
    // Divided, not multiplied: a stride may be so large that the product overflows.
    long room = floats - columns - offset;
    boolean fits = room >= 0 && (rows < 2 || stride == 0 || room / stride >= rows - 1);
    if (rows > 0 && columns > 0 && !fits) {
      throw new IllegalArgumentException(
          "data has %d floats, too few for %d rows of %d columns at offset %d and stride %d"
              .formatted(floats, rows, columns, offset, stride));
    }
  }

  /** Weights in an array, from float {@code offset} on. */
  public static StridedMatrix of(int rows, int columns, float[] values, int offset, int stride) {
    MemorySegment data = MemorySegment.ofArray(values);
    return new StridedMatrix(rows, columns, data, ByteOrder.nativeOrder(), offset, stride);
  }

  /** Weights in a buffer, from its position on, in its byte order. */
  public static StridedMatrix of(
      int rows, int columns, FloatBuffer values, int offset, int stride) {
    MemorySegment data = MemorySegment.ofBuffer(values);
    return new StridedMatrix(rows, columns, data, values.order(), offset, stride);
  }

  /** Weights in a buffer, from its position on, in its byte order; offset and stride in floats. */
  public static StridedMatrix of(int rows, int columns, ByteBuffer bytes, int offset, int stride) {
    MemorySegment data = MemorySegment.ofBuffer(bytes);
    return new StridedMatrix(rows, columns, data, bytes.order(), offset, stride);
  }

  /** Whether one thread alone may read the data, as that of a confined arena. */
  public boolean isConfined() {
    return Confinement.isConfined(data);
  }

  @Override
  public void readRow(int row, float[] target) {
    ValueLayout.OfFloat layout = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(order);
    long first = offset + Objects.checkIndex(row, rows) * stride;
    if (columns > 0) {
      MemorySegment.copy(data, layout, first * Float.BYTES, target, 0, columns);
    }
  }
}
