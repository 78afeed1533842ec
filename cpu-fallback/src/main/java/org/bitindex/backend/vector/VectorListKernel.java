package org.bitindex.backend.vector;

import static java.nio.ByteOrder.nativeOrder;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.DoubleVector;
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
  private static final VectorSpecies<Double> DOUBLE = VectorSpecies.of(double.class, SHAPE);
  private static final VectorSpecies<Integer> HALF =
      VectorSpecies.of(int.class, VectorShape.forBitSize(SHAPE.vectorBitSize() / 2));
  private static final int LANES = INT.length();
  private static final int BYTES = INT.vectorByteSize();

  /** Half a block of lanes x lanes ints. */
  private static final long HALF_BLOCK = LANES / 2L * BYTES;

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
            .intoMemorySegment(work, (long) s * BYTES, nativeOrder());
      }
      long at = transposeBlock(work, 0, work);
      MemorySegment.copy(work, at, target, (long) j * BYTES, (long) LANES * BYTES);
    }
  }

  /**
   * Transposes a block of lanes x lanes ints, by interleaving its halves log2(lanes) times.
   *
   * @param source the block, from byte {@code offset} on; may be the first block of {@code work}
   * @return where in {@code work} the result begins
   */
  private static long transposeBlock(MemorySegment source, long offset, MemorySegment work) {
    interleave(source, offset, work, 2 * HALF_BLOCK);
    long from = 2 * HALF_BLOCK;
    long to = 0;
    for (int run = 2; run < LANES; run *= 2) {
      interleave(work, from, work, to);
      long swap = from;
      from = to;
      to = swap;
    }
    return from;
  }

  private static void interleave(MemorySegment source, long from, MemorySegment target, long to) {
    for (int i = 0; i < LANES / 2; i++) {
      long at = from + (long) i * BYTES;
      IntVector a = IntVector.fromMemorySegment(INT, source, at, nativeOrder());
      IntVector b = IntVector.fromMemorySegment(INT, source, at + HALF_BLOCK, nativeOrder());
      long pair = to + 2L * i * BYTES;
      LOW.selectFrom(a, b).intoMemorySegment(target, pair, nativeOrder());
      HIGH.selectFrom(a, b).intoMemorySegment(target, pair + BYTES, nativeOrder());
    }
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
      long at = transposeBlock(sums, sumsAt + (long) row * BYTES, work);
      for (int s = 0; s < samples; s++) {
        for (int lane = 0; lane < LANES; lane += LANES / 2) {
          IntVector sum =
              IntVector.fromMemorySegment(
                  HALF, work, at + (long) s * BYTES + lane * 4L, nativeOrder());
          int target = qAt + s * stride + row + lane;
          ((DoubleVector) sum.convertShape(VectorOperators.I2D, DOUBLE, 0))
              .mul(factor)
              .add(DoubleVector.fromArray(DOUBLE, q, target))
              .intoArray(q, target);
        }
      }
    }
  }
}
