package org.bitindex.backend.vector.kernel;

import org.jspecify.annotations.Nullable;

/**
 * The float steps of one sample over neighbouring rows, in place; each is one IEEE operation.
 * Scales, offsets and biases are read from {@code row} on.
 */
public interface OutputKernel {
  /** y = float(Q), for exact integers from {@code qAt} on. */
  void round(double[] q, int qAt, int count, float[] y, int yAt);

  /**
   * y = float(Q), for Q = factor times ints as [pair of panels][4 L], pairs being {@code pairInts}
   * apart.
   *
   * @param factor a power of two
   */
  void roundInts(int[] sums, int sumsAt, int pairInts, float factor, int count, float[] y, int yAt);

  /**
   * y = float((scale * y + 0) * unit), for y = float(Q), in double.
   *
   * @param unit 2^-s
   */
  void scale(double unit, float[] scales, int row, int count, float[] y, int yAt);

  /**
   * The same as {@link #scale} and {@link #addBias} with float multiplications, for scales above 0
   * where no scale * unit is subnormal or infinite: that product is exact then, the next is rounded
   * once, and no sum of +0 is needed.
   *
   * @param bias added, or null
   */
  void scaleNormal(
      float unit, float[] scales, float @Nullable [] bias, int row, int count, float[] y, int yAt);

  /**
   * y = float((scale * y + offset * offsetSum) * unit), for y = float(Q), in double.
   *
   * @param offsetSum float(S)
   */
  void scaleAndOffset(
      double unit,
      float[] scales,
      float[] offsets,
      float offsetSum,
      int row,
      int count,
      float[] y,
      int yAt);

  /** y = y + bias. */
  void addBias(float[] bias, int row, int count, float[] y, int yAt);

  /** y = +0 where y is at most 0. */
  void rectify(float[] y, int yAt, int count);
}
