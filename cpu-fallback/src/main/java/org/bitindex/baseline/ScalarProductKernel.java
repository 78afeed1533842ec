package org.bitindex.baseline;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** Plain Java, where the Vector API is missing. */
final class ScalarProductKernel implements ProductKernel {
  private static final int WIDTH = 8;

  @Override
  public int width() {
    return WIDTH;
  }

  @Override
  public void dense(float[] w, int wOffset, int columns, MemorySegment x, float[] y, int yOffset) {
    Arrays.fill(y, yOffset, yOffset + DENSE_ROWS * WIDTH, 0f);
    for (int j = 0; j < columns; j++) {
      for (int r = 0; r < DENSE_ROWS; r++) {
        add(WIDTH, w[wOffset + r * columns + j], x, j, y, yOffset + r * WIDTH);
      }
    }
  }

  @Override
  public float dot(float[] w, int wOffset, int columns, float[] x, int xOffset) {
    float sum = 0;
    for (int j = 0; j < columns; j++) {
      sum += w[wOffset + j] * x[xOffset + j];
    }
    return sum;
  }

  @Override
  public void sparse(
      float[] values,
      int valuesOffset,
      int[] columnIndices,
      int first,
      int count,
      MemorySegment x,
      float[] y,
      int yOffset) {
    sparse(WIDTH, values, valuesOffset, columnIndices, first, count, x, y, yOffset);
  }

  @Override
  public void sparseHalf(
      float[] values,
      int valuesOffset,
      int[] columnIndices,
      int first,
      int count,
      MemorySegment x,
      float[] y,
      int yOffset) {
    sparse(WIDTH / 2, values, valuesOffset, columnIndices, first, count, x, y, yOffset);
  }

  private static void sparse(
      int width,
      float[] values,
      int valuesOffset,
      int[] columnIndices,
      int first,
      int count,
      MemorySegment x,
      float[] y,
      int yOffset) {
    Arrays.fill(y, yOffset, yOffset + width, 0f);
    for (int e = 0; e < count; e++) {
      add(width, values[valuesOffset + e], x, columnIndices[first + e], y, yOffset);
    }
  }

  private static void add(
      int width, float weight, MemorySegment x, int column, float[] y, int yOffset) {
    for (int s = 0; s < width; s++) {
      y[yOffset + s] += weight * x.getAtIndex(ValueLayout.JAVA_FLOAT, (long) column * width + s);
    }
  }
}
