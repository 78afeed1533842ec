package org.bitindex.baseline;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.bitindex.internal.Confinement;
import org.bitindex.internal.VectorApi;

/** Two vectors of samples side by side; one sample alone is multiplied along the row. */
final class VectorProductKernel implements ProductKernel {
  private static final VectorSpecies<Float> SPECIES =
      VectorSpecies.of(float.class, VectorApi.shape(MethodHandles.lookup()));
  private static final int LANES = SPECIES.length();
  private static final int WIDTH = 2 * LANES;
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final long VECTOR = SPECIES.vectorByteSize();
  private static final long PAIR = 2 * VECTOR;

  @Override
  public int width() {
    return WIDTH;
  }

  @Override
  public void dense(float[] w, int wOffset, int columns, MemorySegment x, float[] y, int yOffset) {
    int row0 = wOffset;
    int row1 = row0 + columns;
    int row2 = row1 + columns;
    int row3 = row2 + columns;
    FloatVector a0 = FloatVector.zero(SPECIES);
    FloatVector b0 = a0;
    FloatVector a1 = a0;
    FloatVector b1 = a0;
    FloatVector a2 = a0;
    FloatVector b2 = a0;
    FloatVector a3 = a0;
    FloatVector b3 = a0;
    for (int j = 0; j < columns; j++) {
      Confinement.requireShared(x);
      FloatVector a = load(x, j * PAIR);
      FloatVector b = load(x, j * PAIR + VECTOR);
      FloatVector w0 = broadcast(w[row0 + j]);
      FloatVector w1 = broadcast(w[row1 + j]);
      FloatVector w2 = broadcast(w[row2 + j]);
      FloatVector w3 = broadcast(w[row3 + j]);
      a0 = a.fma(w0, a0);
      b0 = b.fma(w0, b0);
      a1 = a.fma(w1, a1);
      b1 = b.fma(w1, b1);
      a2 = a.fma(w2, a2);
      b2 = b.fma(w2, b2);
      a3 = a.fma(w3, a3);
      b3 = b.fma(w3, b3);
    }
    store(a0, b0, y, yOffset);
    store(a1, b1, y, yOffset + WIDTH);
    store(a2, b2, y, yOffset + 2 * WIDTH);
    store(a3, b3, y, yOffset + 3 * WIDTH);
  }

  @Override
  public float dot(float[] w, int wOffset, int columns, float[] x, int xOffset) {
    // Four sums, so that multiply-adds do not wait for each other.
    FloatVector sum0 = FloatVector.zero(SPECIES);
    FloatVector sum1 = sum0;
    FloatVector sum2 = sum0;
    FloatVector sum3 = sum0;
    int j = 0;
    for (; j <= columns - 4 * LANES; j += 4 * LANES) {
      sum0 = fma(w, wOffset + j, x, xOffset + j, sum0);
      sum1 = fma(w, wOffset + j + LANES, x, xOffset + j + LANES, sum1);
      sum2 = fma(w, wOffset + j + 2 * LANES, x, xOffset + j + 2 * LANES, sum2);
      sum3 = fma(w, wOffset + j + 3 * LANES, x, xOffset + j + 3 * LANES, sum3);
    }
    for (; j <= columns - LANES; j += LANES) {
      sum0 = fma(w, wOffset + j, x, xOffset + j, sum0);
    }
    float sum = sumOfLanes(sum0.add(sum1).add(sum2.add(sum3)));
    for (; j < columns; j++) {
      sum = Math.fma(w[wOffset + j], x[xOffset + j], sum);
    }
    return sum;
  }

  /** Lane by lane: the order of a reduction is not defined. */
  private static float sumOfLanes(FloatVector vector) {
    float sum = 0;
    for (float lane : vector.toArray()) {
      sum += lane;
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
    FloatVector even0 = FloatVector.zero(SPECIES);
    FloatVector even1 = even0;
    FloatVector odd0 = even0;
    FloatVector odd1 = even0;
    int e = 0;
    for (; e < count - 1; e += 2) {
      Confinement.requireShared(x);
      FloatVector even = broadcast(values[valuesOffset + e]);
      FloatVector odd = broadcast(values[valuesOffset + e + 1]);
      long evenAt = columnIndices[first + e] * PAIR;
      long oddAt = columnIndices[first + e + 1] * PAIR;
      even0 = load(x, evenAt).fma(even, even0);
      even1 = load(x, evenAt + VECTOR).fma(even, even1);
      odd0 = load(x, oddAt).fma(odd, odd0);
      odd1 = load(x, oddAt + VECTOR).fma(odd, odd1);
    }
    if (e < count) {
      FloatVector even = broadcast(values[valuesOffset + e]);
      long at = columnIndices[first + e] * PAIR;
      even0 = load(x, at).fma(even, even0);
      even1 = load(x, at + VECTOR).fma(even, even1);
    }
    store(even0.add(odd0), even1.add(odd1), y, yOffset);
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
    FloatVector sum0 = FloatVector.zero(SPECIES);
    FloatVector sum1 = sum0;
    FloatVector sum2 = sum0;
    FloatVector sum3 = sum0;
    int e = 0;
    for (; e < count - 3; e += 4) {
      Confinement.requireShared(x);
      int w = valuesOffset + e;
      int c = first + e;
      sum0 = load(x, columnIndices[c] * VECTOR).fma(broadcast(values[w]), sum0);
      sum1 = load(x, columnIndices[c + 1] * VECTOR).fma(broadcast(values[w + 1]), sum1);
      sum2 = load(x, columnIndices[c + 2] * VECTOR).fma(broadcast(values[w + 2]), sum2);
      sum3 = load(x, columnIndices[c + 3] * VECTOR).fma(broadcast(values[w + 3]), sum3);
    }
    for (; e < count; e++) {
      long at = columnIndices[first + e] * VECTOR;
      sum0 = load(x, at).fma(broadcast(values[valuesOffset + e]), sum0);
    }
    sum0.add(sum1).add(sum2.add(sum3)).intoArray(y, yOffset);
  }

  private static FloatVector broadcast(float value) {
    return FloatVector.broadcast(SPECIES, value);
  }

  private static FloatVector load(MemorySegment x, long offset) {
    return FloatVector.fromMemorySegment(SPECIES, x, offset, ORDER);
  }

  private static FloatVector fma(float[] w, int wAt, float[] x, int xAt, FloatVector sum) {
    return FloatVector.fromArray(SPECIES, w, wAt).fma(FloatVector.fromArray(SPECIES, x, xAt), sum);
  }

  private static void store(FloatVector a, FloatVector b, float[] y, int at) {
    a.intoArray(y, at);
    b.intoArray(y, at + LANES);
  }
}
