package org.bitindex.matrix;

import java.lang.foreign.SegmentAllocator;
import java.util.ArrayList;
import java.util.List;
import org.bitindex.code.Code;
import org.jspecify.annotations.Nullable;

/**
 * What makes up for the bits that a matrix of fewer bits leaves out. With d bits left out, k = q /
 * 2^d rounded towards zero is what remains of an integer q, and of a row
 *
 * <pre>scale' = scale * slope,   offset' = offset + scale * intercept</pre>
 *
 * <p>One pair serves all rows, so that a file holds it beside the planes and the planes left out
 * need not be read.
 *
 * @param slope about 2^d, finite
 * @param intercept about (2^d - 1) / 2; 0 for a symmetric code, whose zeros stay zero; finite
 */
public record Truncation(float slope, float intercept) {
  public Truncation {
    if (!Float.isFinite(slope) || !Float.isFinite(intercept)) {
      throw new IllegalArgumentException(
          "slope is " + slope + " and intercept is " + intercept + ", must be finite");
    }
  }

  /**
   * The least squares fits, for each number of bits from {@link Code#leastBits} up to one less than
   * all: slope a and intercept c least in
   *
   * <pre>sum over all weights of (q - (a k + c))^2</pre>
   *
   * @param counts how often each q occurs, the least q of the code first
   */
  static List<Truncation> of(Code code, long[] counts) {
    List<Truncation> fits = new ArrayList<>();
    for (int bits = code.leastBits(); bits < code.bits(); bits++) {
      fits.add(fit(code, counts, 1 << (code.bits() - bits)));
    }
    return fits;
  }

  private static Truncation fit(Code code, long[] counts, int step) {
    double total = 0;
    double sumQ = 0;
    double sumK = 0;
    for (int i = 0; i < counts.length; i++) {
      int q = code.lowest() + i;
      total += counts[i];
      int k = q / step;
      sumQ += (double) counts[i] * q;
      sumK += (double) counts[i] * k;
    }
    boolean centred = code instanceof Code.Affine && total > 0;
    double meanQ = centred ? sumQ / total : 0;
    double meanK = centred ? sumK / total : 0;
    double covariance = 0;
    double variance = 0;
    for (int i = 0; i < counts.length; i++) {
      int q = code.lowest() + i;
      int k = q / step;
      covariance += counts[i] * (k - meanK) * (q - meanQ);
      variance += counts[i] * (k - meanK) * (k - meanK);
    }
    // Equal k have no slope of their own.
    double slope = variance > 0 ? covariance / variance : step;
    return new Truncation((float) slope, (float) (meanQ - slope * meanK));
  }

  /** The scales of a matrix, for its fewer bits. */
  public RowValues scales(SegmentAllocator memory, RowValues scales) {
    float[] fewer = new float[Math.toIntExact(scales.count())];
    for (int i = 0; i < fewer.length; i++) {
      fewer[i] = finite((double) scales.get(i) * slope);
    }
    return RowValues.of(memory, fewer);
  }

  /**
   * The offsets of a matrix, for its fewer bits, or null for zero.
   *
   * @param scales those of all bits
   * @param offsets those of all bits, or null for zero
   */
  public @Nullable RowValues offsets(
      SegmentAllocator memory, RowValues scales, @Nullable RowValues offsets) {
    if (intercept == 0 || scales.count() == 0) {
      return offsets;
    }
    long count = Math.max(scales.count(), offsets == null ? 1 : offsets.count());
    float[] fewer = new float[Math.toIntExact(count)];
    for (int i = 0; i < fewer.length; i++) {
      double before = offsets == null ? 0 : offsets.ofRow(i);
      fewer[i] = finite(before + (double) scales.ofRow(i) * intercept);
    }
    return RowValues.of(memory, fewer);
  }

  /** Rounds; a range near that of floats can exceed it when few steps span it. */
  private static float finite(double value) {
    return (float) Math.clamp(value, -Float.MAX_VALUE, Float.MAX_VALUE);
  }
}
