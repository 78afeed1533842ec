package org.bitindex.backend.vector.kernel;

import static java.nio.ByteOrder.nativeOrder;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.IntVector;
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
  private static final int BYTES = INT.vectorByteSize();

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
      int[] weights,
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
}
