package org.bitindex.backend.vector.kernel;

import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import org.bitindex.internal.VectorApi;
import org.jspecify.annotations.Nullable;

/** {@link OutputKernel} at the width of its class data. */
final class VectorOutputKernel implements OutputKernel {
  private static final VectorShape SHAPE = VectorApi.shape(MethodHandles.lookup());
  private static final VectorSpecies<Double> DOUBLE = VectorSpecies.of(double.class, SHAPE);
  private static final VectorSpecies<Float> HALF =
      VectorSpecies.of(float.class, VectorShape.forBitSize(SHAPE.vectorBitSize() / 2));
  private static final VectorSpecies<Float> FLOAT = VectorSpecies.of(float.class, SHAPE);
  private static final VectorSpecies<Integer> INT = VectorSpecies.of(int.class, SHAPE);
  private static final int LANES = FLOAT.length();

  /** Rows of a pair of panels, see {@link MultiplyKernel}. */
  private static final int PAIR_ROWS = 4 * LANES;

  // Whole vectors without a mask, then the rest: masks cost as much as the arithmetic.

  @Override
  public void round(double[] q, int qAt, int count, float[] y, int yAt) {
    int i = 0;
    for (int end = HALF.loopBound(count); i < end; i += HALF.length()) {
      rounded(DoubleVector.fromArray(DOUBLE, q, qAt + i)).intoArray(y, yAt + i);
    }
    if (i < count) {
      DoubleVector sum = DoubleVector.fromArray(DOUBLE, q, qAt + i);
      rounded(sum).intoArray(y, yAt + i, HALF.indexInRange(i, count));
    }
  }

  @Override
  public void roundInts(
      int[] sums, int sumsAt, int pairInts, float factor, int count, float[] y, int yAt) {
    int whole = FLOAT.loopBound(count);
    for (int i = 0; i < whole; i += LANES) {
      floats(sums, sumsAt, pairInts, i).mul(factor).intoArray(y, yAt + i);
    }
    if (whole < count) {
      floats(sums, sumsAt, pairInts, whole)
          .mul(factor)
          .intoArray(y, yAt + whole, FLOAT.indexInRange(whole, count));
    }
  }

  private static FloatVector floats(int[] sums, int sumsAt, int pairInts, int i) {
    int from = sumsAt + i / PAIR_ROWS * pairInts + i % PAIR_ROWS;
    return (FloatVector)
        IntVector.fromArray(INT, sums, from).convertShape(VectorOperators.I2F, FLOAT, 0);
  }

  @Override
  public void scale(double unit, float[] scales, int row, int count, float[] y, int yAt) {
    int i = 0;
    for (int end = HALF.loopBound(count); i < end; i += HALF.length()) {
      DoubleVector sums = doubles(FloatVector.fromArray(HALF, y, yAt + i));
      DoubleVector factors = doubles(FloatVector.fromArray(HALF, scales, row + i));
      rounded(scaled(sums, factors, unit)).intoArray(y, yAt + i);
    }
    if (i < count) {
      VectorMask<Float> rows = HALF.indexInRange(i, count);
      DoubleVector sums = doubles(FloatVector.fromArray(HALF, y, yAt + i, rows));
      DoubleVector factors = doubles(FloatVector.fromArray(HALF, scales, row + i, rows));
      rounded(scaled(sums, factors, unit)).intoArray(y, yAt + i, rows);
    }
  }

  private static DoubleVector scaled(DoubleVector sums, DoubleVector factors, double unit) {
    // Adding +0 turns the -0 of a negative scale and no sum into +0.
    return factors.mul(sums).add(0.0).mul(unit);
  }

  @Override
  public void scaleNormal(
      float unit, float[] scales, float @Nullable [] bias, int row, int count, float[] y, int yAt) {
    int whole = FLOAT.loopBound(count);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector scale = FloatVector.fromArray(FLOAT, scales, row + i).mul(unit);
      FloatVector product = scale.mul(FloatVector.fromArray(FLOAT, y, yAt + i));
      (bias == null ? product : product.add(FloatVector.fromArray(FLOAT, bias, row + i)))
          .intoArray(y, yAt + i);
    }
    if (whole < count) {
      VectorMask<Float> rows = FLOAT.indexInRange(whole, count);
      FloatVector scale = FloatVector.fromArray(FLOAT, scales, row + whole, rows).mul(unit);
      FloatVector product = scale.mul(FloatVector.fromArray(FLOAT, y, yAt + whole, rows));
      (bias == null ? product : product.add(FloatVector.fromArray(FLOAT, bias, row + whole, rows)))
          .intoArray(y, yAt + whole, rows);
    }
  }

  @Override
  public void scaleAndOffset(
      double unit,
      float[] scales,
      float[] offsets,
      float offsetSum,
      int row,
      int count,
      float[] y,
      int yAt) {
    int i = 0;
    for (int end = HALF.loopBound(count); i < end; i += HALF.length()) {
      DoubleVector sums = doubles(FloatVector.fromArray(HALF, y, yAt + i));
      DoubleVector factors = doubles(FloatVector.fromArray(HALF, scales, row + i));
      DoubleVector terms = doubles(FloatVector.fromArray(HALF, offsets, row + i)).mul(offsetSum);
      rounded(factors.mul(sums).add(terms).mul(unit)).intoArray(y, yAt + i);
    }
    if (i < count) {
      VectorMask<Float> rows = HALF.indexInRange(i, count);
      DoubleVector sums = doubles(FloatVector.fromArray(HALF, y, yAt + i, rows));
      DoubleVector factors = doubles(FloatVector.fromArray(HALF, scales, row + i, rows));
      DoubleVector terms =
          doubles(FloatVector.fromArray(HALF, offsets, row + i, rows)).mul(offsetSum);
      rounded(factors.mul(sums).add(terms).mul(unit)).intoArray(y, yAt + i, rows);
    }
  }

  private static DoubleVector doubles(FloatVector floats) {
    return (DoubleVector) floats.convertShape(VectorOperators.F2D, DOUBLE, 0);
  }

  private static FloatVector rounded(DoubleVector doubles) {
    return (FloatVector) doubles.convertShape(VectorOperators.D2F, HALF, 0);
  }

  @Override
  public void addBias(float[] bias, int row, int count, float[] y, int yAt) {
    int i = 0;
    for (int end = FLOAT.loopBound(count); i < end; i += LANES) {
      FloatVector.fromArray(FLOAT, y, yAt + i)
          .add(FloatVector.fromArray(FLOAT, bias, row + i))
          .intoArray(y, yAt + i);
    }
    if (i < count) {
      VectorMask<Float> rows = FLOAT.indexInRange(i, count);
      FloatVector.fromArray(FLOAT, y, yAt + i, rows)
          .add(FloatVector.fromArray(FLOAT, bias, row + i, rows))
          .intoArray(y, yAt + i, rows);
    }
  }

  @Override
  public void rectify(float[] y, int yAt, int count) {
    int i = 0;
    for (int end = FLOAT.loopBound(count); i < end; i += LANES) {
      rectified(FloatVector.fromArray(FLOAT, y, yAt + i)).intoArray(y, yAt + i);
    }
    if (i < count) {
      VectorMask<Float> rows = FLOAT.indexInRange(i, count);
      rectified(FloatVector.fromArray(FLOAT, y, yAt + i, rows)).intoArray(y, yAt + i, rows);
    }
  }

  private static FloatVector rectified(FloatVector value) {
    FloatVector zero = FloatVector.zero(FLOAT);
    return value.blend(zero, value.compare(VectorOperators.LE, zero));
  }
}
