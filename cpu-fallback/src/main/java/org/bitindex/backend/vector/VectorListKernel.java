package org.bitindex.backend.vector;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.nio.ByteOrder.nativeOrder;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link ListKernel} at the width of its class data. Loops call no helper of their own, and no
 * method that takes a number for a vector: the compiler stops inlining late in a long method, and
 * vectors that cross a call are allocated.
 */
final class VectorListKernel implements ListKernel {
  private static final VectorShape SHAPE = KernelLoader.shape(MethodHandles.lookup());
  private static final VectorSpecies<Integer> INT = VectorSpecies.of(int.class, SHAPE);
  private static final VectorSpecies<Float> FLOAT = VectorSpecies.of(float.class, SHAPE);
  private static final VectorSpecies<Double> DOUBLE = VectorSpecies.of(double.class, SHAPE);
  private static final VectorSpecies<Integer> HALF =
      VectorSpecies.of(int.class, VectorShape.forBitSize(SHAPE.vectorBitSize() / 2));
  private static final int LANES = INT.length();
  private static final int BYTES = INT.vectorByteSize();

  /** A block of lanes x lanes ints. */
  private static final long BLOCK = (long) LANES * BYTES;

  /** Where in the work space the block before or after transposition lies. */
  private static final long RESULT = BLOCK;

  private static final IntVector LOW = interleave(0);
  private static final IntVector HIGH = interleave(LANES / 2);

  /** Lanes of two vectors in turn, from lane {@code first} of each on. */
  private static IntVector interleave(int first) {
    int[] lanes = new int[LANES];
    for (int i = 0; i < LANES; i++) {
      lanes[i] = first + i / 2 + (i & 1) * LANES;
    }
    return IntVector.fromArray(INT, lanes, 0);
  }

  @Override
  public void transpose(
      int[] integers, int offset, int stride, int count, MemorySegment target, MemorySegment work) {
    for (int j = 0; j < count; j += LANES) {
      for (int s = 0; s < LANES; s++) {
        IntVector.fromArray(INT, integers, offset + s * stride + j)
            .intoMemorySegment(work, RESULT + (long) s * BYTES, nativeOrder());
      }
      transposeBlock(work, RESULT, work, target, (long) j * BYTES);
    }
  }

  /**
   * Transposes a block of lanes x lanes ints, by interleaving its halves log2(lanes) times.
   *
   * @param source the block, from byte {@code from} on
   * @param work its first block is used
   * @param target receives the result from byte {@code to} on
   */
  private static void transposeBlock(
      MemorySegment source, long from, MemorySegment work, MemorySegment target, long to) {
    // Written out: around so few steps, what the compiler makes of a loop costs more than they do.
    switch (LANES) {
      case 4 -> interleaveTwice(source, from, target, to);
      case 8 -> {
        interleaveTwice(source, from, work, 0);
        interleaveTwice(source, from + BYTES, work, 4L * BYTES);
        interleave(work, 0, target, to);
        interleave(work, BYTES, target, to + 2L * BYTES);
        interleave(work, 2L * BYTES, target, to + 4L * BYTES);
        interleave(work, 3L * BYTES, target, to + 6L * BYTES);
      }
      default -> {
        interleaveTwice(source, from, work, 0);
        interleaveTwice(source, from + BYTES, work, 4L * BYTES);
        interleaveTwice(source, from + 2L * BYTES, work, 8L * BYTES);
        interleaveTwice(source, from + 3L * BYTES, work, 12L * BYTES);
        interleaveTwice(work, 0, target, to);
        interleaveTwice(work, BYTES, target, to + 4L * BYTES);
        interleaveTwice(work, 2L * BYTES, target, to + 8L * BYTES);
        interleaveTwice(work, 3L * BYTES, target, to + 12L * BYTES);
      }
    }
  }

  /** The vectors at {@code at} and half a block further become two, their lanes in turn. */
  private static void interleave(MemorySegment source, long at, MemorySegment target, long to) {
    IntVector a = IntVector.fromMemorySegment(INT, source, at, nativeOrder());
    IntVector b = IntVector.fromMemorySegment(INT, source, at + BLOCK / 2, nativeOrder());
    LOW.selectFrom(a, b).intoMemorySegment(target, to, nativeOrder());
    HIGH.selectFrom(a, b).intoMemorySegment(target, to + BYTES, nativeOrder());
  }

  /** Two rounds of {@link #interleave} for four vectors, quarters of a block apart. */
  private static void interleaveTwice(
      MemorySegment source, long at, MemorySegment target, long to) {
    IntVector a = IntVector.fromMemorySegment(INT, source, at, nativeOrder());
    IntVector b = IntVector.fromMemorySegment(INT, source, at + BLOCK / 4, nativeOrder());
    IntVector c = IntVector.fromMemorySegment(INT, source, at + BLOCK / 2, nativeOrder());
    IntVector d = IntVector.fromMemorySegment(INT, source, at + 3 * BLOCK / 4, nativeOrder());
    IntVector lowAc = LOW.selectFrom(a, c);
    IntVector lowBd = LOW.selectFrom(b, d);
    IntVector highAc = HIGH.selectFrom(a, c);
    IntVector highBd = HIGH.selectFrom(b, d);
    LOW.selectFrom(lowAc, lowBd).intoMemorySegment(target, to, nativeOrder());
    HIGH.selectFrom(lowAc, lowBd).intoMemorySegment(target, to + BYTES, nativeOrder());
    LOW.selectFrom(highAc, highBd).intoMemorySegment(target, to + 2L * BYTES, nativeOrder());
    HIGH.selectFrom(highAc, highBd).intoMemorySegment(target, to + 3L * BYTES, nativeOrder());
  }

  @Override
  public void addColumns(
      char[] indices, char[] rows, char[] steps, MemorySegment panel, MemorySegment sums) {
    int p = 0;
    for (int g = 0; g < steps.length; g++) {
      IntVector sum0 = IntVector.zero(INT);
      IntVector sum1 = sum0;
      IntVector sum2 = sum0;
      IntVector sum3 = sum0;
      for (int end = p + steps[g] * GROUP; p < end; p += GROUP) {
        sum0 =
            sum0.add(
                IntVector.fromMemorySegment(INT, panel, (long) indices[p] * BYTES, nativeOrder()));
        sum1 =
            sum1.add(
                IntVector.fromMemorySegment(
                    INT, panel, (long) indices[p + 1] * BYTES, nativeOrder()));
        sum2 =
            sum2.add(
                IntVector.fromMemorySegment(
                    INT, panel, (long) indices[p + 2] * BYTES, nativeOrder()));
        sum3 =
            sum3.add(
                IntVector.fromMemorySegment(
                    INT, panel, (long) indices[p + 3] * BYTES, nativeOrder()));
      }
      long row0 = (long) rows[g * GROUP] * BYTES;
      long row1 = (long) rows[g * GROUP + 1] * BYTES;
      long row2 = (long) rows[g * GROUP + 2] * BYTES;
      long row3 = (long) rows[g * GROUP + 3] * BYTES;
      IntVector.fromMemorySegment(INT, sums, row0, nativeOrder())
          .add(sum0)
          .intoMemorySegment(sums, row0, nativeOrder());
      IntVector.fromMemorySegment(INT, sums, row1, nativeOrder())
          .add(sum1)
          .intoMemorySegment(sums, row1, nativeOrder());
      IntVector.fromMemorySegment(INT, sums, row2, nativeOrder())
          .add(sum2)
          .intoMemorySegment(sums, row2, nativeOrder());
      IntVector.fromMemorySegment(INT, sums, row3, nativeOrder())
          .add(sum3)
          .intoMemorySegment(sums, row3, nativeOrder());
    }
  }

  @Override
  public void addWeightedColumns(
      char[] indices,
      byte[] weights,
      char[] rows,
      char[] steps,
      MemorySegment panel,
      MemorySegment sums) {
    int p = 0;
    for (int g = 0; g < steps.length; g++) {
      IntVector sum0 = IntVector.zero(INT);
      IntVector sum1 = sum0;
      IntVector sum2 = sum0;
      IntVector sum3 = sum0;
      for (int end = p + steps[g] * GROUP; p < end; p += GROUP) {
        sum0 =
            sum0.add(
                IntVector.fromMemorySegment(INT, panel, (long) indices[p] * BYTES, nativeOrder())
                    .mul(IntVector.broadcast(INT, weights[p])));
        sum1 =
            sum1.add(
                IntVector.fromMemorySegment(
                        INT, panel, (long) indices[p + 1] * BYTES, nativeOrder())
                    .mul(IntVector.broadcast(INT, weights[p + 1])));
        sum2 =
            sum2.add(
                IntVector.fromMemorySegment(
                        INT, panel, (long) indices[p + 2] * BYTES, nativeOrder())
                    .mul(IntVector.broadcast(INT, weights[p + 2])));
        sum3 =
            sum3.add(
                IntVector.fromMemorySegment(
                        INT, panel, (long) indices[p + 3] * BYTES, nativeOrder())
                    .mul(IntVector.broadcast(INT, weights[p + 3])));
      }
      long row0 = (long) rows[g * GROUP] * BYTES;
      long row1 = (long) rows[g * GROUP + 1] * BYTES;
      long row2 = (long) rows[g * GROUP + 2] * BYTES;
      long row3 = (long) rows[g * GROUP + 3] * BYTES;
      IntVector.fromMemorySegment(INT, sums, row0, nativeOrder())
          .add(sum0)
          .intoMemorySegment(sums, row0, nativeOrder());
      IntVector.fromMemorySegment(INT, sums, row1, nativeOrder())
          .add(sum1)
          .intoMemorySegment(sums, row1, nativeOrder());
      IntVector.fromMemorySegment(INT, sums, row2, nativeOrder())
          .add(sum2)
          .intoMemorySegment(sums, row2, nativeOrder());
      IntVector.fromMemorySegment(INT, sums, row3, nativeOrder())
          .add(sum3)
          .intoMemorySegment(sums, row3, nativeOrder());
    }
  }

  @Override
  public void addTransposed(
      MemorySegment sums,
      long sumsAt,
      int count,
      int coefficient,
      double[] q,
      int qAt,
      int stride,
      int samples,
      MemorySegment work) {
    DoubleVector factor = DoubleVector.broadcast(DOUBLE, coefficient);
    for (int row = 0; row < count; row += LANES) {
      transposeBlock(sums, sumsAt + (long) row * BYTES, work, work, RESULT);
      for (int s = 0; s < samples; s++) {
        for (int lane = 0; lane < LANES; lane += LANES / 2) {
          IntVector sum =
              IntVector.fromMemorySegment(
                  HALF, work, RESULT + (long) s * BYTES + lane * 4L, nativeOrder());
          int target = qAt + s * stride + row + lane;
          ((DoubleVector) sum.convertShape(VectorOperators.I2D, DOUBLE, 0))
              .mul(factor)
              .add(DoubleVector.fromArray(DOUBLE, q, target))
              .intoArray(q, target);
        }
      }
    }
  }

  @Override
  public void writeTransposed(
      MemorySegment sums,
      long sumsAt,
      int count,
      int coefficient,
      float[] y,
      int yAt,
      int stride,
      int samples,
      MemorySegment work) {
    FloatVector factor = FloatVector.broadcast(FLOAT, coefficient);
    FloatVector zero = FloatVector.zero(FLOAT);
    for (int row = 0; row < count; row += LANES) {
      transposeBlock(sums, sumsAt + (long) row * BYTES, work, work, RESULT);
      for (int s = 0; s < samples; s++) {
        long at = RESULT + (long) s * BYTES;
        int target = yAt + s * stride + row;
        if (row + LANES > count) {
          writeFew(work, at, count - row, coefficient, y, target);
          continue;
        }
        IntVector sum = IntVector.fromMemorySegment(INT, work, at, nativeOrder());
        // Adding +0 turns the -0 of a negative coefficient and no sum into +0.
        ((FloatVector) sum.convertShape(VectorOperators.I2F, FLOAT, 0))
            .fma(factor, zero)
            .intoArray(y, target);
      }
    }
  }

  /** Less than a vector. */
  private static void writeFew(
      MemorySegment sums, long at, int count, int coefficient, float[] y, int yAt) {
    for (int i = 0; i < count; i++) {
      y[yAt + i] = (float) sums.get(JAVA_INT, at + (long) i * Integer.BYTES) * coefficient + 0f;
    }
  }
}
