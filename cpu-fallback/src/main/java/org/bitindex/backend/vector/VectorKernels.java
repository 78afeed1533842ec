package org.bitindex.backend.vector;

import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** The kernels at the width that {@link KernelLoader} gives as class data. */
final class VectorKernels implements Kernels {
  private static final VectorShape SHAPE = shape();
  private static final VectorSpecies<Integer> INT = VectorSpecies.of(int.class, SHAPE);
  private static final VectorSpecies<Float> FLOAT = VectorSpecies.of(float.class, SHAPE);
  private static final int LANES = INT.length();

  /** 2^23: floats from here up to 2^24 are the integers, so adding it rounds to nearest even. */
  private static final float ROUNDER = 0x1p23f;

  private static VectorShape shape() {
    try {
      return MethodHandles.classData(MethodHandles.lookup(), "_", VectorShape.class);
    } catch (IllegalAccessException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  @Override
  public int lanes() {
    return LANES;
  }

  @Override
  public float maxMagnitude(float[] x, int offset, int count) {
    FloatVector max = FloatVector.zero(FLOAT);
    int bound = FLOAT.loopBound(count);
    for (int j = 0; j < bound; j += LANES) {
      max = max.max(FloatVector.fromArray(FLOAT, x, offset + j).abs());
    }
    // The order of maxima does not matter, and NaN survives them.
    float result = max.reduceLanes(VectorOperators.MAX);
    for (int j = bound; j < count; j++) {
      result = Math.max(result, Math.abs(x[offset + j]));
    }
    return Float.isFinite(result) ? result : Float.NaN;
  }

  @Override
  public long quantize(
      float[] x, int offset, int count, int exponent, int bits, int[] integers, int target) {
    // In two halves, because 2^s itself may be out of range; each product is exact or rounds to 0.
    float first = Math.scalb(1f, exponent >> 1);
    float second = Math.scalb(1f, exponent - (exponent >> 1));
    float limit = (1 << (bits - 1)) - 1;
    int bound = FLOAT.loopBound(count);
    // No sum of rounded activations overflows int, by the choice of bits.
    IntVector sum = IntVector.zero(INT);
    for (int j = 0; j < bound; j += LANES) {
      FloatVector value = FloatVector.fromArray(FLOAT, x, offset + j).mul(first).mul(second);
      FloatVector rounded = value.abs().add(ROUNDER).sub(ROUNDER).min(limit);
      IntVector magnitude = (IntVector) rounded.convertShape(VectorOperators.F2I, INT, 0);
      IntVector integer = magnitude.lanewise(VectorOperators.NEG, value.lt(0f).cast(INT));
      integer.intoArray(integers, target + j);
      sum = sum.add(integer);
    }
    long result = sum.reduceLanes(VectorOperators.ADD);
    for (int j = bound; j < count; j++) {
      float value = x[offset + j] * first * second;
      int magnitude = (int) Math.min(Math.abs(value) + ROUNDER - ROUNDER, limit);
      integers[target + j] = value < 0 ? -magnitude : magnitude;
      result += integers[target + j];
    }
    return result;
  }

  @Override
  public int maskedSum(long[] words, int wordOffset, int wordCount, int[] integers, int offset) {
    IntVector sum = IntVector.zero(INT);
    for (int w = 0; w < wordCount; w++) {
      long word = words[wordOffset + w];
      int column = offset + (w << 6);
      for (int bit = 0; bit < Long.SIZE; bit += LANES) {
        VectorMask<Integer> mask = VectorMask.fromLong(INT, word >>> bit);
        sum = sum.add(IntVector.fromArray(INT, integers, column + bit), mask);
      }
    }
    return sum.reduceLanes(VectorOperators.ADD);
  }

  @Override
  public void listedSums(
      char[] indices, int from, int to, int[] panel, int panelWidth, int[] sums) {
    int column = 0;
    for (; column + 4 * LANES <= panelWidth; column += 4 * LANES) {
      listedSums4(indices, from, to, panel, panelWidth, column, sums);
    }
    for (; column < panelWidth; column += LANES) {
      listedSums1(indices, from, to, panel, panelWidth, column, sums);
    }
  }

  private static void listedSums4(
      char[] indices, int from, int to, int[] panel, int panelWidth, int column, int[] sums) {
    IntVector sum0 = IntVector.zero(INT);
    IntVector sum1 = sum0;
    IntVector sum2 = sum0;
    IntVector sum3 = sum0;
    for (int i = from; i < to; i++) {
      int at = indices[i] * panelWidth + column;
      sum0 = sum0.add(IntVector.fromArray(INT, panel, at));
      sum1 = sum1.add(IntVector.fromArray(INT, panel, at + LANES));
      sum2 = sum2.add(IntVector.fromArray(INT, panel, at + 2 * LANES));
      sum3 = sum3.add(IntVector.fromArray(INT, panel, at + 3 * LANES));
    }
    sum0.intoArray(sums, column);
    sum1.intoArray(sums, column + LANES);
    sum2.intoArray(sums, column + 2 * LANES);
    sum3.intoArray(sums, column + 3 * LANES);
  }

  private static void listedSums1(
      char[] indices, int from, int to, int[] panel, int panelWidth, int column, int[] sums) {
    IntVector sum = IntVector.zero(INT);
    for (int i = from; i < to; i++) {
      sum = sum.add(IntVector.fromArray(INT, panel, indices[i] * panelWidth + column));
    }
    sum.intoArray(sums, column);
  }
}
