package org.bitindex.backend.vector;

/** The float steps of one sample over neighbouring rows; each is one IEEE operation. */
interface OutputKernel {
  /**
   * y = fma(scale, float(Q) * unit, +0).
   *
   * @param q exact integers, from {@code qAt} on
   * @param unit 2^-s, a float
   * @param scales from {@code row} on, readable up to the next vector
   */
  void scale(
      double[] q, int qAt, float unit, float[] scales, int row, int count, float[] y, int yAt);

  /** y = fma(scale, float(Q) * unit, offset * offsetSum). */
  void scaleAndOffset(
      double[] q,
      int qAt,
      float unit,
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
