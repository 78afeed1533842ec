package org.bitindex.encode;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.bitindex.code.Code;
import org.bitindex.code.Quantizer;
import org.bitindex.matrix.EncodedMatrix;
import org.jspecify.annotations.Nullable;

/**
 * Collects the scales and offsets of a matrix while its rows are encoded; each row by one thread.
 */
final class RowScales {
  private final Code code;
  private final boolean perRow;
  private final boolean means;
  private final Range tensorRange;
  private final Quantizer tensorQuantizer;
  private final float @Nullable [] limits;
  private final Range[] ranges;
  private final double[] sums;
  private final long[] counts;

  /**
   * Scales for {@code rows} rows.
   *
   * @param tensorRange the range of the whole tensor; ignored where each row has its own
   * @param limits take the place of the weights' magnitudes, one for each row, or null
   */
  RowScales(Code code, ScaleMode mode, int rows, Range tensorRange, float @Nullable [] limits) {
    this.code = code;
    this.perRow = mode == ScaleMode.ROW;
    boolean steps = needsRange(code);
    this.means = !steps && mode != ScaleMode.NONE;
    this.tensorRange = tensorRange.orZero();
    this.tensorQuantizer = quantizer(this.tensorRange);
    this.limits = limits;
    this.ranges = new Range[steps && perRow ? rows : 0];
    this.sums = new double[means ? rows : 0];
    this.counts = new long[means ? rows : 0];
  }

  /** Whether the steps of {@code code} depend on the range of the weights. */
  static boolean needsRange(Code code) {
    return switch (code) {
      case Code.Binary _, Code.Ternary _ -> false;
      case Code.Affine _, Code.Symmetric _ -> true;
    };
  }

  boolean needsMeans() {
    return means;
  }

  /** The quantiser of row {@code row}, whose weights have this range. */
  Quantizer quantizer(int row, Range range) {
    if (ranges.length == 0) {
      return tensorQuantizer;
    }
    ranges[row] = limits == null ? range.orZero() : Range.within(limits[row]);
    return quantizer(ranges[row]);
  }

  private Quantizer quantizer(Range range) {
    return switch (code) {
      case Code.Binary binary -> Quantizer.binary(binary);
      case Code.Ternary ternary -> Quantizer.ternary(ternary);
      case Code.Affine affine -> Quantizer.affine(affine, range.min(), range.max());
      case Code.Symmetric symmetric -> Quantizer.symmetric(symmetric, range.maxMagnitude());
    };
  }

  /** Sets the sum of q * w and the count of the weights with q != 0 in row {@code row}. */
  void setSelected(int row, double sum, long count) {
    sums[row] = sum;
    counts[row] = count;
  }

  /** The scales: one float, or one for each row. */
  MemorySegment scales(Arena arena) {
    if (means) {
      return means(arena);
    }
    return floats(arena, needsRange(code) ? this::scale : _ -> 1f);
  }

  /** The offsets of an affine code, else null. */
  @Nullable MemorySegment offsets(Arena arena) {
    return code instanceof Code.Affine ? floats(arena, Range::min) : null;
  }

  private float scale(Range range) {
    double scale =
        switch (code) {
          case Code.Affine affine -> ((double) range.max() - range.min()) / affine.levels();
          case Code.Symmetric symmetric -> (double) range.maxMagnitude() / symmetric.levels();
          case Code.Binary _, Code.Ternary _ -> throw new AssertionError(code);
        };
    if (Float.isInfinite((float) scale)) {
      throw new IllegalArgumentException(
          "weights range from " + range.min() + " to " + range.max() + ", too far for " + code);
    }
    return (float) scale;
  }

  @FunctionalInterface
  private interface RangeFunction {
    float apply(Range range);
  }

  private MemorySegment floats(Arena arena, RangeFunction value) {
    if (ranges.length == 0) {
      return single(arena, value.apply(tensorRange));
    }
    MemorySegment floats = arena.allocate(EncodedMatrix.FLOAT, ranges.length);
    for (int row = 0; row < ranges.length; row++) {
      floats.setAtIndex(EncodedMatrix.FLOAT, row, value.apply(ranges[row]));
    }
    return floats;
  }

  private MemorySegment means(Arena arena) {
    if (perRow && sums.length > 0) {
      MemorySegment floats = arena.allocate(EncodedMatrix.FLOAT, sums.length);
      for (int row = 0; row < sums.length; row++) {
        floats.setAtIndex(EncodedMatrix.FLOAT, row, mean(sums[row], counts[row]));
      }
      return floats;
    }
    double sum = 0;
    long count = 0;
    for (int row = 0; row < sums.length; row++) {
      sum += sums[row];
      count += counts[row];
    }
    return single(arena, mean(sum, count));
  }

  private static float mean(double sum, long count) {
    return count == 0 ? 0f : (float) (sum / count);
  }

  private static MemorySegment single(Arena arena, float value) {
    MemorySegment floats = arena.allocate(EncodedMatrix.FLOAT);
    floats.set(EncodedMatrix.FLOAT, 0, value);
    return floats;
  }
}
