package org.bitindex.backend.vector.kernel;

import static java.nio.ByteOrder.nativeOrder;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import org.bitindex.internal.VectorApi;

/**
 * {@link FloatKernel} at the width of its class data. Eight sums stay in registers: as many as the
 * latency of a multiply-add asks for where two start in a cycle.
 */
final class VectorFloatKernel implements FloatKernel {
  private static final VectorShape SHAPE = VectorApi.shape(MethodHandles.lookup());
  private static final VectorSpecies<Float> FLOAT = VectorSpecies.of(float.class, SHAPE);
  private static final VectorSpecies<Double> DOUBLE = VectorSpecies.of(double.class, SHAPE);
  private static final VectorSpecies<Float> HALF =
      VectorSpecies.of(float.class, VectorShape.forBitSize(SHAPE.vectorBitSize() / 2));

  /** As many bytes as floats, but that no vector is shorter than 64 bits. */
  private static final VectorSpecies<Byte> BYTE =
      VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, SHAPE.vectorBitSize() / 4)));

  private static final int LANES = FLOAT.length();

  /** Whether a vector of bytes holds both vectors of a column, the second as part 1. */
  private static final boolean BOTH = BYTE.length() > LANES;

  private static final int SECOND = BOTH ? 1 : 0;

  @Override
  public void multiply(
      MemorySegment weights, long at, float[] x, int xAt, int stride, int columns, float[] sums) {
    FloatVector zero = FloatVector.zero(FLOAT);
    FloatVector sum00 = zero;
    FloatVector sum01 = zero;
    FloatVector sum10 = zero;
    FloatVector sum11 = zero;
    FloatVector sum20 = zero;
    FloatVector sum21 = zero;
    FloatVector sum30 = zero;
    FloatVector sum31 = zero;
    int at1 = xAt + stride;
    int at2 = at1 + stride;
    int at3 = at2 + stride;
    for (int j = 0; j < columns; j++) {
      long from = at + j * 2L * LANES;
      ByteVector bytes0 = ByteVector.fromMemorySegment(BYTE, weights, from, nativeOrder());
      ByteVector bytes1 = bytes0;
      if (!BOTH) {
        bytes1 = ByteVector.fromMemorySegment(BYTE, weights, from + LANES, nativeOrder());
      }
      FloatVector weight0 = (FloatVector) bytes0.convertShape(VectorOperators.B2F, FLOAT, 0);
      FloatVector weight1 = (FloatVector) bytes1.convertShape(VectorOperators.B2F, FLOAT, SECOND);
      FloatVector value = FloatVector.broadcast(FLOAT, x[xAt + j]);
      sum00 = weight0.fma(value, sum00);
      sum01 = weight1.fma(value, sum01);
      value = FloatVector.broadcast(FLOAT, x[at1 + j]);
      sum10 = weight0.fma(value, sum10);
      sum11 = weight1.fma(value, sum11);
      value = FloatVector.broadcast(FLOAT, x[at2 + j]);
      sum20 = weight0.fma(value, sum20);
      sum21 = weight1.fma(value, sum21);
      value = FloatVector.broadcast(FLOAT, x[at3 + j]);
      sum30 = weight0.fma(value, sum30);
      sum31 = weight1.fma(value, sum31);
    }
    sum00.intoArray(sums, 0);
    sum01.intoArray(sums, LANES);
    sum10.intoArray(sums, 2 * LANES);
    sum11.intoArray(sums, 3 * LANES);
    sum20.intoArray(sums, 4 * LANES);
    sum21.intoArray(sums, 5 * LANES);
    sum30.intoArray(sums, 6 * LANES);
    sum31.intoArray(sums, 7 * LANES);
  }

  @Override
  public void addSums(float[] sums, int at, double factor, double[] q, int qAt) {
    DoubleVector scale = DoubleVector.broadcast(DOUBLE, factor);
    for (int i = 0; i < 2 * LANES; i += HALF.length()) {
      FloatVector half = FloatVector.fromArray(HALF, sums, at + i);
      ((DoubleVector) half.convertShape(VectorOperators.F2D, DOUBLE, 0))
          .mul(scale)
          .add(DoubleVector.fromArray(DOUBLE, q, qAt + i))
          .intoArray(q, qAt + i);
    }
  }
}
