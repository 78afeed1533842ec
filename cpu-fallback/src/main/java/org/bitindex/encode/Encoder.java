package org.bitindex.encode;

import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.bitindex.code.Code;
import org.bitindex.internal.Parallel;
import org.bitindex.layout.BitMatrix;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.PlaneBuilder;
import org.bitindex.matrix.PlaneQuantizer;
import org.bitindex.matrix.Weights;
import org.jspecify.annotations.Nullable;

/**
 * Turns dense weights into an {@link EncodedMatrix}: dense rows, quantised to bit planes, stored in
 * a layout.
 *
 * <p>Scales, for the tensor or for each row:
 *
 * <ul>
 *   <li>binary and ternary: the mean of q * w over the weights with q != 0, 0 where there are none;
 *   <li>affine: (max - min) / (2^bits - 1), with offset min;
 *   <li>symmetric: max|w| / (2^(bits-1) - 1).
 * </ul>
 *
 * <p>They are rounded to eleven significant bits: means to nearest, steps up, and offsets down
 * where that takes at most a quarter of a step. The integers are then chosen for the rounded ones.
 *
 * @param code how values become planes
 * @param scaleMode a scale for the tensor, for each row, or none (binary and ternary only)
 * @param layout how planes are stored
 * @param threads number of threads, at least 1; the result does not depend on it
 * @param device what makes the planes instead of this machine's CPU, with the same result; or null
 */
public record Encoder(
    Code code, ScaleMode scaleMode, Layout layout, int threads, @Nullable PlaneQuantizer device) {
  /** The most columns of a matrix: a row of them, in whole words, is an array. */
  public static final int MAX_COLUMNS = Integer.MAX_VALUE - Long.SIZE + 1;

  public Encoder {
    if (scaleMode == ScaleMode.NONE && RowScales.needsRange(code)) {
      throw new IllegalArgumentException("scale mode NONE does not fit code " + code);
    }
    if (threads < 1) {
      throw new IllegalArgumentException("threads is " + threads + ", must be at least 1");
    }
  }

  /** An encoder on the CPU. */
  public Encoder(Code code, ScaleMode scaleMode, Layout layout, int threads) {
    this(code, scaleMode, layout, threads, null);
  }

  /** An encoder on all processors. */
  public Encoder(Code code, ScaleMode scaleMode, Layout layout) {
    this(code, scaleMode, layout, Runtime.getRuntime().availableProcessors());
  }

  /**
   * Encodes {@code weights}; the caller closes the result. An interrupt does not stop it, and is
   * still set afterwards.
   *
   * @throws IllegalArgumentException if a weight is NaN or infinite, naming its row and column, or
   *     if there are more than {@link #MAX_COLUMNS} columns
   */
  public EncodedMatrix encode(Weights weights) {
    return encode(weights, null);
  }

  /**
   * Encodes in steps that are given: weights beyond a limit get the largest |q| of the code, which
   * must be symmetric.
   *
   * @param limits the |w| that gets the largest |q|, 1 for the tensor or one for each row, as the
   *     scale mode says; finite, at least 0, where 0 makes the row zero
   * @throws IllegalArgumentException as above
   */
  EncodedMatrix encodeWithin(float[] limits, Weights weights) {
    int expected = scaleMode == ScaleMode.ROW ? weights.rows() : 1;
    if (!(code instanceof Code.Symmetric) || limits.length != expected) {
      throw new IllegalArgumentException(
          "got %d limits for code %s, expected %d for a symmetric one"
              .formatted(limits.length, code, expected));
    }
    return encode(weights, limits);
  }

  private EncodedMatrix encode(Weights weights, float @Nullable [] limits) {
    int rows = weights.rows();
    int columns = weights.columns();
    if (columns > MAX_COLUMNS) {
      throw new IllegalArgumentException(
          "weights have " + columns + " columns, encoding allows at most " + MAX_COLUMNS);
    }
    try (var planes = new PlaneBuilder(code, rows, columns)) {
      var scales = new RowScales(code, scaleMode, rows, tensorRange(weights, limits), limits);
      if (device == null) {
        Parallel.forRows(
            threads,
            rows,
            (from, to) -> new RowEncoder(weights).encode(from, to, code, scales, planes));
      } else {
        encode(device, weights, scales, planes.planes());
      }
      return planes.build(layout, threads, scales::scales, scales::offsets);
    }
  }

  private void encode(
      PlaneQuantizer quantizer, Weights weights, RowScales scales, List<BitMatrix> bits) {
    var rows = new RowEncoder(weights);
    boolean needsRange = RowScales.needsRange(code);
    quantizer.quantize(
        weights,
        code,
        i -> scales.quantizer(i, needsRange ? rows.range(i, i + 1) : Range.EMPTY),
        bits);
    if (scales.needsMeans()) {
      Parallel.forRows(
          threads,
          weights.rows(),
          (from, to) -> new RowEncoder(weights).sum(from, to, code, scales, bits));
    }
  }

  private Range tensorRange(Weights weights, float @Nullable [] limits) {
    if (scaleMode != ScaleMode.TENSOR || !RowScales.needsRange(code)) {
      return Range.EMPTY;
    }
    if (limits != null) {
      return Range.within(limits[0]);
    }
    var ranges = new ConcurrentLinkedQueue<Range>();
    Parallel.forRows(
        threads, weights.rows(), (from, to) -> ranges.add(new RowEncoder(weights).range(from, to)));
    return ranges.stream().reduce(Range.EMPTY, Range::union);
  }
}
