package org.bitindex.encode;

import java.lang.foreign.Arena;
import org.bitindex.code.Code;
import org.bitindex.code.Quantizer;
import org.bitindex.matrix.RowValues;
import org.jspecify.annotations.Nullable;

/**
 * Collects the scales and offsets of a matrix while its rows are encoded; each row by one thread.
 *
 * <p>They are rounded to the eleven significant bits of F16 before the integers are chosen, so that
 * the rounding makes no error: levels span a little more than the range.
 */
final class RowScales {
  /** An offset is rounded where that moves the range by at most this share of a step. */
  private static final double MOST_SHIFT = 0.25;

  private final Code code;
  private final boolean perRow;
  private final boolean means;
  private final Levels tensorLevels;
  private final Quantizer tensorQuantizer;
  private final float @Nullable [] limits;
  private final Levels[] rowLevels;
  private final double[] sums;
  private final long[] counts;

  /** The levels of a code: from min (symmetric: -max) to max in steps of scale. */
  private record Levels(float min, float max, float scale) {}

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
    this.tensorLevels = levels(tensorRange.orZero());
    this.tensorQuantizer = quantizer(tensorLevels);
    this.limits = limits;
    this.rowLevels = new Levels[steps && perRow ? rows : 0];
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
    if (rowLevels.length == 0) {
      return tensorQuantizer;
    }
    rowLevels[row] = levels(limits == null ? range.orZero() : Range.within(limits[row]));
    return quantizer(rowLevels[row]);
  }

  private Quantizer quantizer(Levels levels) {
    return switch (code) {
      case Code.Binary binary -> Quantizer.binary(binary);
      case Code.Ternary ternary -> Quantizer.ternary(ternary);
      case Code.Affine affine -> Quantizer.affine(affine, levels.min, levels.max);
      case Code.Symmetric symmetric -> Quantizer.symmetric(symmetric, levels.max);
    };
  }

  private Levels levels(Range range) {
    return switch (code) {
      case Code.Binary _, Code.Ternary _ -> new Levels(0, 0, 1);
      case Code.Affine affine -> affine(range, affine.levels());
      case Code.Symmetric symmetric -> {
        float scale = ceil((double) range.maxMagnitude() / symmetric.levels(), range);
        double max = (double) scale * symmetric.levels();
        yield new Levels(0, (float) Math.min(Float.MAX_VALUE, max), scale);
      }
    };
  }

  private Levels affine(Range range, int levels) {
    float min = RowValues.floor(range.min());
    float scale = ceil(((double) range.max() - min) / levels, range);
    boolean constant = range.min() == range.max();
    if (constant || (double) range.min() - min > MOST_SHIFT * scale) {
      double exact = ((double) range.max() - range.min()) / levels;
      return new Levels(range.min(), range.max(), (float) exact);
    }
    double max = min + (double) levels * scale;
    return new Levels(min, (float) Math.min(Float.MAX_VALUE, max), scale);
  }

  private float ceil(double scale, Range range) {
    float rounded = (float) scale;
    if (Float.isInfinite(rounded)) {
      throw new IllegalArgumentException(
          "weights range from " + range.min() + " to " + range.max() + ", too far for " + code);
    }
    return RowValues.ceil(rounded < scale ? Math.nextUp(rounded) : rounded);
  }

  /** Sets the sum of q * w and the count of the weights with q != 0 in row {@code row}. */
  void setSelected(int row, double sum, long count) {
    sums[row] = sum;
    counts[row] = count;
  }

  /** The scales: one, or one for each row. */
  RowValues scales(Arena arena) {
    return means ? means(arena) : values(arena, Levels::scale);
  }

  /** The offsets of an affine code, else null. */
  @Nullable RowValues offsets(Arena arena) {
    return code instanceof Code.Affine ? values(arena, Levels::min) : null;
  }

  @FunctionalInterface
  private interface ValueOfLevels {
    float of(Levels levels);
  }

  private RowValues values(Arena arena, ValueOfLevels value) {
    if (rowLevels.length == 0) {
      return RowValues.of(arena, value.of(tensorLevels));
    }
    float[] values = new float[rowLevels.length];
    for (int row = 0; row < values.length; row++) {
      values[row] = value.of(rowLevels[row]);
    }
    return RowValues.of(arena, values);
  }

  private RowValues means(Arena arena) {
    if (perRow && sums.length > 0) {
      float[] values = new float[sums.length];
      for (int row = 0; row < values.length; row++) {
        values[row] = mean(sums[row], counts[row]);
      }
      return RowValues.of(arena, values);
    }
    double sum = 0;
    long count = 0;
    for (int row = 0; row < sums.length; row++) {
      sum += sums[row];
      count += counts[row];
    }
    return RowValues.of(arena, mean(sum, count));
  }

  private static float mean(double sum, long count) {
    return count == 0 ? 0f : RowValues.nearest((float) (sum / count));
  }
}
