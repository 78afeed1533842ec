package org.bitindex.backend.vector.kernel;

import static java.nio.ByteOrder.nativeOrder;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** {@link PartialSumKernel} at the width of its class data. */
final class VectorPartialSumKernel implements PartialSumKernel {
  private static final VectorShape SHAPE = KernelLoader.shape(MethodHandles.lookup());
  private static final VectorSpecies<Integer> INT = VectorSpecies.of(int.class, SHAPE);
  private static final long BYTES = INT.vectorByteSize();

  @Override
  public void makeTables(MemorySegment panel, int first, int count, MemorySegment tables) {
    IntVector zero = IntVector.zero(INT);
    for (int t = 0; t < count; t++) {
      long x = (first + (long) t * COLUMNS) * BYTES;
      long table = (long) t * ENTRIES * BYTES;
      IntVector x0 = IntVector.fromMemorySegment(INT, panel, x, nativeOrder());
      IntVector x1 = IntVector.fromMemorySegment(INT, panel, x + BYTES, nativeOrder());
      IntVector x2 = IntVector.fromMemorySegment(INT, panel, x + 2 * BYTES, nativeOrder());
      IntVector x3 = IntVector.fromMemorySegment(INT, panel, x + 3 * BYTES, nativeOrder());
      IntVector x4 = IntVector.fromMemorySegment(INT, panel, x + 4 * BYTES, nativeOrder());
      for (int high = 0; high < 4; high++) {
        IntVector s0 = zero;
        if ((high & 1) != 0) {
          s0 = s0.add(x3);
        }
        if ((high & 2) != 0) {
          s0 = s0.add(x4);
        }
        IntVector s1 = s0.add(x0);
        IntVector s2 = s0.add(x1);
        IntVector s3 = s1.add(x1);
        long at = table + 8L * high * BYTES;
        s0.intoMemorySegment(tables, at, nativeOrder());
        s1.intoMemorySegment(tables, at + BYTES, nativeOrder());
        s2.intoMemorySegment(tables, at + 2 * BYTES, nativeOrder());
        s3.intoMemorySegment(tables, at + 3 * BYTES, nativeOrder());
        s0.add(x2).intoMemorySegment(tables, at + 4 * BYTES, nativeOrder());
        s1.add(x2).intoMemorySegment(tables, at + 5 * BYTES, nativeOrder());
        s2.add(x2).intoMemorySegment(tables, at + 6 * BYTES, nativeOrder());
        s3.add(x2).intoMemorySegment(tables, at + 7 * BYTES, nativeOrder());
      }
    }
  }

  @Override
  public void addEntries(
      char[] entries,
      int at,
      int rows,
      int count,
      int coefficient,
      MemorySegment tables,
      MemorySegment sums) {
    if (count == TABLES) {
      addAll(entries, at, rows, coefficient, tables, sums);
      return;
    }
    IntVector factor = IntVector.broadcast(INT, coefficient);
    for (int row = 0; row < rows; row++) {
      IntVector sum = IntVector.zero(INT);
      for (int t = 0; t < count; t++) {
        long entry = entries[at + row * count + t];
        sum = sum.add(IntVector.fromMemorySegment(INT, tables, entry, nativeOrder()));
      }
      long target = row * BYTES;
      IntVector.fromMemorySegment(INT, sums, target, nativeOrder())
          .add(sum.mul(factor))
          .intoMemorySegment(sums, target, nativeOrder());
    }
  }

  /** With a constant number of tables, so that the compiler writes the inner loop out. */
  private static void addAll(
      char[] entries, int at, int rows, int coefficient, MemorySegment tables, MemorySegment sums) {
    IntVector factor = IntVector.broadcast(INT, coefficient);
    for (int row = 0; row < rows; row++) {
      int from = at + row * TABLES;
      IntVector sum = IntVector.zero(INT);
      for (int t = 0; t < TABLES; t++) {
        long entry = entries[from + t];
        sum = sum.add(IntVector.fromMemorySegment(INT, tables, entry, nativeOrder()));
      }
      long target = row * BYTES;
      IntVector.fromMemorySegment(INT, sums, target, nativeOrder())
          .add(sum.mul(factor))
          .intoMemorySegment(sums, target, nativeOrder());
    }
  }
}
