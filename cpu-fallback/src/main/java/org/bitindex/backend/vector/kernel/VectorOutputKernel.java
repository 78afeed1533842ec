package org.bitindex.backend.vector.kernel;

import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** {@link OutputKernel} at the width of its class data. */
final class VectorOutputKernel implements OutputKernel {
  private static final VectorShape SHAPE = KernelLoader.shape(MethodHandles.lookup());
  private static final VectorSpecies<Double> DOUBLE = VectorSpecies.of(double.class, SHAPE);
  private static final VectorSpecies<Float> HALF =
      VectorSpecies.of(float.class, VectorShape.forBitSize(SHAPE.vectorBitSize() / 2));
  private static final VectorSpecies<Float> FLOAT = VectorSpecies.of(float.class, SHAPE);
  private static final int LANES = FLOAT.length();

  @Override
  public void round(double[] q, int qAt, int count, float[] y, int yAt) {
    for (int i = 0; i < count; i += HALF.length()) {
      DoubleVector sum = DoubleVector.fromArray(DOUBLE, q, qAt + i);
      ((FloatVector) sum.convertShape(VectorOperators.D2F, HALF, 0))
          .intoArray(y, yAt + i, HALF.indexInRange(i, count));
    }
  }

  @Override
  public void scale(float unit, float[] scales, int row, int count, float[] y, int yAt) {
    FloatVector units = FloatVector.broadcast(FLOAT, unit);
    FloatVector zero = FloatVector.zero(FLOAT);
    for (int i = 0; i < count; i += LANES) {
      VectorMask<Float> rows = FLOAT.indexInRange(i, count);
      FloatVector sum = FloatVector.fromArray(FLOAT, y, yAt + i, rows).mul(units);
      FloatVector.fromArray(FLOAT, scales, row + i, rows)
          .fma(sum, zero)
          .intoArray(y, yAt + i, rows);
    }
  }

  @Override
  public void scaleAndOffset(
      float unit,
      float[] scales,
      float[] offsets,
      float offsetSum,
      int row,
      int count,
      float[] y,
      int yAt) {
    FloatVector units = FloatVector.broadcast(FLOAT, unit);
    FloatVector offsetSums = FloatVector.broadcast(FLOAT, offsetSum);
    for (int i = 0; i < count; i += LANES) {
      VectorMask<Float> rows = FLOAT.indexInRange(i, count);
      FloatVector sum = FloatVector.fromArray(FLOAT, y, yAt + i, rows).mul(units);
      FloatVector term = FloatVector.fromArray(FLOAT, offsets, row + i, rows).mul(offsetSums);
      FloatVector.fromArray(FLOAT, scales, row + i, rows)
          .fma(sum, term)
          .intoArray(y, yAt + i, rows);
    }
  }

  @Override
  public void addBias(float[] bias, int row, int count, float[] y, int yAt) {
    for (int i = 0; i < count; i += LANES) {
      VectorMask<Float> rows = FLOAT.indexInRange(i, count);
      FloatVector.fromArray(FLOAT, y, yAt + i, rows)
          .add(FloatVector.fromArray(FLOAT, bias, row + i, rows))
          .intoArray(y, yAt + i, rows);
    }
  }

  @Override
  public void rectify(float[] y, int yAt, int count) {
    FloatVector zero = FloatVector.zero(FLOAT);
    for (int i = 0; i < count; i += LANES) {
      VectorMask<Float> rows = FLOAT.indexInRange(i, count);
      FloatVector value = FloatVector.fromArray(FLOAT, y, yAt + i, rows);
      value.blend(zero, value.compare(VectorOperators.LE, zero)).intoArray(y, yAt + i, rows);
    }
  }
}
