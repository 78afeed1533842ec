package org.bitindex.backend.vector;

import static java.nio.ByteOrder.nativeOrder;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link DenseKernel} at the width of its class data. Sixteen sums of two vectors a row leave
 * registers for the operands at 512 bits; fewer rows would load more for each multiplication.
 */
final class VectorDenseKernel implements DenseKernel {
  private static final VectorShape SHAPE = KernelLoader.shape(MethodHandles.lookup());
  private static final VectorSpecies<Float> FLOAT = VectorSpecies.of(float.class, SHAPE);
  private static final VectorSpecies<Integer> INT = VectorSpecies.of(int.class, SHAPE);

  /** As many bytes as {@link #INT} has lanes, or 64 bits, the narrowest shape. */
  private static final VectorSpecies<Byte> BYTE =
      VectorSpecies.of(
          byte.class, VectorShape.forBitSize(Math.max(64, SHAPE.vectorBitSize() / Integer.BYTES)));

  private static final int LANES = INT.length();
  private static final int PARTS = BYTE.length() / LANES;
  private static final long BYTES = INT.vectorByteSize();

  @Override
  public void expand(byte[] bytes, int from, int count, int lowest, float[] target) {
    IntVector lowests = IntVector.broadcast(INT, lowest);
    for (int i = 0; i < count; i += BYTE.length()) {
      ByteVector part = ByteVector.fromArray(BYTE, bytes, from + i);
      for (int p = 0; p < PARTS; p++) {
        IntVector value =
            ((IntVector) part.convertShape(VectorOperators.ZERO_EXTEND_B2I, INT, p)).add(lowests);
        ((FloatVector) value.convertShape(VectorOperators.I2F, FLOAT, 0))
            .intoArray(target, i + p * LANES);
      }
    }
  }

  @Override
  public void piece(
      MemorySegment integers, int columns, int shift, int mask, MemorySegment target, long at) {
    IntVector masks = IntVector.broadcast(INT, mask);
    for (int j = 0; j < columns; j++) {
      IntVector x = IntVector.fromMemorySegment(INT, integers, j * BYTES, nativeOrder());
      IntVector sign = x.lanewise(VectorOperators.ASHR, 31);
      IntVector magnitude = x.lanewise(VectorOperators.XOR, sign).sub(sign);
      IntVector part = magnitude.lanewise(VectorOperators.LSHR, shift).and(masks);
      part = part.lanewise(VectorOperators.XOR, sign).sub(sign);
      ((FloatVector) part.convertShape(VectorOperators.I2F, FLOAT, 0))
          .intoMemorySegment(target, at + 2L * j * BYTES, nativeOrder());
    }
  }

  @Override
  public void multiply(float[] weights, int columns, MemorySegment panel, float[] sums) {
    FloatVector sum00 = FloatVector.zero(FLOAT);
    FloatVector sum01 = FloatVector.zero(FLOAT);
    FloatVector sum10 = FloatVector.zero(FLOAT);
    FloatVector sum11 = FloatVector.zero(FLOAT);
    FloatVector sum20 = FloatVector.zero(FLOAT);
    FloatVector sum21 = FloatVector.zero(FLOAT);
    FloatVector sum30 = FloatVector.zero(FLOAT);
    FloatVector sum31 = FloatVector.zero(FLOAT);
    FloatVector sum40 = FloatVector.zero(FLOAT);
    FloatVector sum41 = FloatVector.zero(FLOAT);
    FloatVector sum50 = FloatVector.zero(FLOAT);
    FloatVector sum51 = FloatVector.zero(FLOAT);
    FloatVector sum60 = FloatVector.zero(FLOAT);
    FloatVector sum61 = FloatVector.zero(FLOAT);
    FloatVector sum70 = FloatVector.zero(FLOAT);
    FloatVector sum71 = FloatVector.zero(FLOAT);
    for (int j = 0; j < columns; j++) {
      FloatVector x0 = FloatVector.fromMemorySegment(FLOAT, panel, 2L * j * BYTES, nativeOrder());
      FloatVector x1 =
          FloatVector.fromMemorySegment(FLOAT, panel, 2L * j * BYTES + BYTES, nativeOrder());
      FloatVector weight = FloatVector.broadcast(FLOAT, weights[GROUP * j]);
      sum00 = weight.fma(x0, sum00);
      sum01 = weight.fma(x1, sum01);
      weight = FloatVector.broadcast(FLOAT, weights[GROUP * j + 1]);
      sum10 = weight.fma(x0, sum10);
      sum11 = weight.fma(x1, sum11);
      weight = FloatVector.broadcast(FLOAT, weights[GROUP * j + 2]);
      sum20 = weight.fma(x0, sum20);
      sum21 = weight.fma(x1, sum21);
      weight = FloatVector.broadcast(FLOAT, weights[GROUP * j + 3]);
      sum30 = weight.fma(x0, sum30);
      sum31 = weight.fma(x1, sum31);
      weight = FloatVector.broadcast(FLOAT, weights[GROUP * j + 4]);
      sum40 = weight.fma(x0, sum40);
      sum41 = weight.fma(x1, sum41);
      weight = FloatVector.broadcast(FLOAT, weights[GROUP * j + 5]);
      sum50 = weight.fma(x0, sum50);
      sum51 = weight.fma(x1, sum51);
      weight = FloatVector.broadcast(FLOAT, weights[GROUP * j + 6]);
      sum60 = weight.fma(x0, sum60);
      sum61 = weight.fma(x1, sum61);
      weight = FloatVector.broadcast(FLOAT, weights[GROUP * j + 7]);
      sum70 = weight.fma(x0, sum70);
      sum71 = weight.fma(x1, sum71);
    }
    sum00.intoArray(sums, 0);
    sum01.intoArray(sums, LANES);
    sum10.intoArray(sums, 2 * LANES);
    sum11.intoArray(sums, 3 * LANES);
    sum20.intoArray(sums, 4 * LANES);
    sum21.intoArray(sums, 5 * LANES);
    sum30.intoArray(sums, 6 * LANES);
    sum31.intoArray(sums, 7 * LANES);
    sum40.intoArray(sums, 8 * LANES);
    sum41.intoArray(sums, 9 * LANES);
    sum50.intoArray(sums, 10 * LANES);
    sum51.intoArray(sums, 11 * LANES);
    sum60.intoArray(sums, 12 * LANES);
    sum61.intoArray(sums, 13 * LANES);
    sum70.intoArray(sums, 14 * LANES);
    sum71.intoArray(sums, 15 * LANES);
  }

  @Override
  public void addSums(float[] sums, MemorySegment target, long at, long second) {
    for (int row = 0; row < GROUP; row++) {
      for (int v = 0; v < 2; v++) {
        long rowAt = at + row * BYTES + v * second;
        FloatVector sum = FloatVector.fromArray(FLOAT, sums, (2 * row + v) * LANES);
        IntVector.fromMemorySegment(INT, target, rowAt, nativeOrder())
            .add(sum.convertShape(VectorOperators.F2I, INT, 0))
            .intoMemorySegment(target, rowAt, nativeOrder());
      }
    }
  }
}
