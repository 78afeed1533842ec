package org.bitindex.graph.tensor;

import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;
import org.bitindex.internal.VectorApi;

/**
 * Four rows by two vectors of columns at a time, so that each vector of b serves four rows; lanes
 * beyond the last column are masked off. Columns of b that many rows use are packed first.
 */
final class VectorMatMulKernel implements MatMulKernel {
  private static final VectorSpecies<Float> SPECIES =
      VectorSpecies.of(float.class, VectorApi.shape(MethodHandles.lookup()));
  private static final int LANES = SPECIES.length();
  private static final int WIDTH = 2 * LANES;

  /** Rows from which on packing pays. */
  private static final int PACK_ROWS = 16;

  private static final ThreadLocal<float[]> PACKED = ThreadLocal.withInitial(() -> new float[0]);

  @Override
  public void multiply(
      float[] a,
      int aOffset,
      int aStride,
      float[] b,
      int bOffset,
      int bStride,
      float[] y,
      int yOffset,
      int yStride,
      int m,
      int k,
      int n) {
    boolean pack = m >= PACK_ROWS && bStride > WIDTH;
    float[] panel = pack ? panel(k) : b;
    for (int j = 0; j < n; j += WIDTH) {
      int width = Math.min(WIDTH, n - j);
      int from = bOffset + j;
      int stride = bStride;
      if (pack) {
        for (int l = 0; l < k; l++) {
          System.arraycopy(b, bOffset + l * bStride + j, panel, l * WIDTH, width);
        }
        from = 0;
        stride = WIDTH;
      }
      int i = 0;
      for (; i <= m - 4; i += 4) {
        int row = aOffset + i * aStride;
        int out = yOffset + i * yStride + j;
        if (width == WIDTH) {
          fourRows(a, row, aStride, panel, from, stride, y, out, yStride, k);
        } else {
          fourRows(a, row, aStride, panel, from, stride, y, out, yStride, k, width);
        }
      }
      for (; i < m; i++) {
        oneRow(
            a, aOffset + i * aStride, panel, from, stride, y, yOffset + i * yStride + j, k, width);
      }
    }
  }

  private static float[] panel(int k) {
    float[] panel = PACKED.get();
    if (panel.length < k * WIDTH) {
      panel = new float[k * WIDTH];
      PACKED.set(panel);
    }
    return panel;
  }

  private static void fourRows(
      float[] a,
      int row,
      int aStride,
      float[] b,
      int from,
      int stride,
      float[] y,
      int out,
      int yStride,
      int k) {
    int row1 = row + aStride;
    int row2 = row1 + aStride;
    int row3 = row2 + aStride;
    FloatVector s00 = FloatVector.zero(SPECIES);
    FloatVector s01 = s00;
    FloatVector s10 = s00;
    FloatVector s11 = s00;
    FloatVector s20 = s00;
    FloatVector s21 = s00;
    FloatVector s30 = s00;
    FloatVector s31 = s00;
    for (int l = 0; l < k; l++) {
      FloatVector b0 = FloatVector.fromArray(SPECIES, b, from + l * stride);
      FloatVector b1 = FloatVector.fromArray(SPECIES, b, from + l * stride + LANES);
      FloatVector a0 = FloatVector.broadcast(SPECIES, a[row + l]);
      FloatVector a1 = FloatVector.broadcast(SPECIES, a[row1 + l]);
      FloatVector a2 = FloatVector.broadcast(SPECIES, a[row2 + l]);
      FloatVector a3 = FloatVector.broadcast(SPECIES, a[row3 + l]);
      s00 = a0.fma(b0, s00);
      s01 = a0.fma(b1, s01);
      s10 = a1.fma(b0, s10);
      s11 = a1.fma(b1, s11);
      s20 = a2.fma(b0, s20);
      s21 = a2.fma(b1, s21);
      s30 = a3.fma(b0, s30);
      s31 = a3.fma(b1, s31);
    }
    s00.intoArray(y, out);
    s01.intoArray(y, out + LANES);
    s10.intoArray(y, out + yStride);
    s11.intoArray(y, out + yStride + LANES);
    s20.intoArray(y, out + 2 * yStride);
    s21.intoArray(y, out + 2 * yStride + LANES);
    s30.intoArray(y, out + 3 * yStride);
    s31.intoArray(y, out + 3 * yStride + LANES);
  }

  /** Fewer columns than two vectors: one vector of lanes at a time. */
  private static void fourRows(
      float[] a,
      int row,
      int aStride,
      float[] b,
      int from,
      int stride,
      float[] y,
      int out,
      int yStride,
      int k,
      int width) {
    for (int j = 0; j < width; j += LANES) {
      VectorMask<Float> mask = SPECIES.indexInRange(j, width);
      FloatVector s0 = FloatVector.zero(SPECIES);
      FloatVector s1 = s0;
      FloatVector s2 = s0;
      FloatVector s3 = s0;
      for (int l = 0; l < k; l++) {
        FloatVector b0 = FloatVector.fromArray(SPECIES, b, from + l * stride + j, mask);
        s0 = FloatVector.broadcast(SPECIES, a[row + l]).fma(b0, s0);
        s1 = FloatVector.broadcast(SPECIES, a[row + aStride + l]).fma(b0, s1);
        s2 = FloatVector.broadcast(SPECIES, a[row + 2 * aStride + l]).fma(b0, s2);
        s3 = FloatVector.broadcast(SPECIES, a[row + 3 * aStride + l]).fma(b0, s3);
      }
      s0.intoArray(y, out + j, mask);
      s1.intoArray(y, out + yStride + j, mask);
      s2.intoArray(y, out + 2 * yStride + j, mask);
      s3.intoArray(y, out + 3 * yStride + j, mask);
    }
  }

  private static void oneRow(
      float[] a, int row, float[] b, int from, int stride, float[] y, int out, int k, int width) {
    for (int j = 0; j < width; j += LANES) {
      VectorMask<Float> mask = SPECIES.indexInRange(j, width);
      FloatVector sum = FloatVector.zero(SPECIES);
      for (int l = 0; l < k; l++) {
        FloatVector b0 = FloatVector.fromArray(SPECIES, b, from + l * stride + j, mask);
        sum = FloatVector.broadcast(SPECIES, a[row + l]).fma(b0, sum);
      }
      sum.intoArray(y, out + j, mask);
    }
  }
}
