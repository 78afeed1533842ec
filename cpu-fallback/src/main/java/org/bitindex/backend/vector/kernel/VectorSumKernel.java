package org.bitindex.backend.vector.kernel;

import static java.nio.ByteOrder.nativeOrder;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import org.bitindex.internal.Confinement;
import org.bitindex.internal.VectorApi;

/**
 * {@link SumKernel} at the width of its class data. Loops over lists call no helper of their own,
 * not even {@link Confinement#requireShared}, and no method that takes a number for a vector: the
 * compiler stops inlining late in a long method, and vectors that cross a call are allocated.
 */
final class VectorSumKernel implements SumKernel {
  private static final VectorShape SHAPE = VectorApi.shape(MethodHandles.lookup());
  private static final VectorSpecies<Integer> INT = VectorSpecies.of(int.class, SHAPE);
  private static final VectorSpecies<Double> DOUBLE = VectorSpecies.of(double.class, SHAPE);
  private static final VectorSpecies<Integer> HALF =
      VectorSpecies.of(int.class, VectorShape.forBitSize(SHAPE.vectorBitSize() / 2));
  private static final int LANES = INT.length();
  private static final long BYTES = INT.vectorByteSize();

  /** Bytes of a table. */
  private static final long TABLE = ENTRIES * BYTES;

  /** Log2 of the bytes of an entry. */
  private static final int ENTRY = Long.numberOfTrailingZeros(BYTES);

  /** Where an entry may begin in a table. */
  private static final long PLACES = TABLE - BYTES;

  @Override
  public void clear(MemorySegment sums, long sumsAt, int rows) {
    IntVector zero = IntVector.zero(INT);
    for (int row = 0; row < rows; row++) {
      Confinement.requireShared(sums);
      zero.intoMemorySegment(sums, sumsAt + row * BYTES, nativeOrder());
    }
  }

  @Override
  public void makeTables(MemorySegment panel, int first, int count, MemorySegment tables) {
    IntVector zero = IntVector.zero(INT);
    for (int t = 0; t < count; t++) {
      Confinement.requireShared(panel);
      Confinement.requireShared(tables);
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
  public void sumEntries(
      long[] entries,
      int at,
      int rows,
      MemorySegment tables,
      int count,
      MemorySegment sums,
      long sumsAt) {
    if (count == TABLES) {
      sumWords(entries, at, rows, tables, sums, sumsAt);
    } else {
      sumFew(entries, at, rows, tables, count, sums, sumsAt);
    }
  }

  private static void sumFew(
      long[] entries,
      int at,
      int rows,
      MemorySegment tables,
      int count,
      MemorySegment sums,
      long sumsAt) {
    for (int row = 0; row < rows; row++) {
      Confinement.requireShared(tables);
      Confinement.requireShared(sums);
      long word = entries[at + row];
      long target = sumsAt + row * BYTES;
      IntVector sum = IntVector.fromMemorySegment(INT, sums, target, nativeOrder());
      for (int t = 0; t < count; t++) {
        long place = t * TABLE + ((word << ENTRY) & PLACES);
        sum = sum.add(IntVector.fromMemorySegment(INT, tables, place, nativeOrder()));
        word >>>= COLUMNS;
      }
      sum.intoMemorySegment(sums, target, nativeOrder());
    }
  }

  /**
   * Written out, with places cut from the word by constants: by rotations, which leave the word as
   * it is, where each shift would need a copy first.
   */
  private static void sumWords(
      long[] entries, int at, int rows, MemorySegment tables, MemorySegment sums, long sumsAt) {
    for (int row = 0; row < rows; row++) {
      Confinement.requireShared(tables);
      Confinement.requireShared(sums);
      long word = entries[at + row];
      long target = sumsAt + row * BYTES;
      IntVector sum = IntVector.fromMemorySegment(INT, sums, target, nativeOrder());
      long place = (word << ENTRY) & PLACES;
      sum = sum.add(IntVector.fromMemorySegment(INT, tables, place, nativeOrder()));
      place = TABLE + (Long.rotateLeft(word, ENTRY - 5) & PLACES);
      sum = sum.add(IntVector.fromMemorySegment(INT, tables, place, nativeOrder()));
      place = 2 * TABLE + (Long.rotateRight(word, 10 - ENTRY) & PLACES);
      sum = sum.add(IntVector.fromMemorySegment(INT, tables, place, nativeOrder()));
      place = 3 * TABLE + (Long.rotateRight(word, 15 - ENTRY) & PLACES);
      sum = sum.add(IntVector.fromMemorySegment(INT, tables, place, nativeOrder()));
      place = 4 * TABLE + (Long.rotateRight(word, 20 - ENTRY) & PLACES);
      sum = sum.add(IntVector.fromMemorySegment(INT, tables, place, nativeOrder()));
      place = 5 * TABLE + (Long.rotateRight(word, 25 - ENTRY) & PLACES);
      sum = sum.add(IntVector.fromMemorySegment(INT, tables, place, nativeOrder()));
      place = 6 * TABLE + (Long.rotateRight(word, 30 - ENTRY) & PLACES);
      sum = sum.add(IntVector.fromMemorySegment(INT, tables, place, nativeOrder()));
      place = 7 * TABLE + (Long.rotateRight(word, 35 - ENTRY) & PLACES);
      sum = sum.add(IntVector.fromMemorySegment(INT, tables, place, nativeOrder()));
      place = 8 * TABLE + (Long.rotateRight(word, 40 - ENTRY) & PLACES);
      sum = sum.add(IntVector.fromMemorySegment(INT, tables, place, nativeOrder()));
      place = 9 * TABLE + (Long.rotateRight(word, 45 - ENTRY) & PLACES);
      sum = sum.add(IntVector.fromMemorySegment(INT, tables, place, nativeOrder()));
      place = 10 * TABLE + (Long.rotateRight(word, 50 - ENTRY) & PLACES);
      sum = sum.add(IntVector.fromMemorySegment(INT, tables, place, nativeOrder()));
      place = 11 * TABLE + (Long.rotateRight(word, 55 - ENTRY) & PLACES);
      sum = sum.add(IntVector.fromMemorySegment(INT, tables, place, nativeOrder()));
      sum.intoMemorySegment(sums, target, nativeOrder());
    }
  }

  @Override
  public void sumColumns(
      char[] indices,
      char[] rows,
      char[] steps,
      MemorySegment panel,
      MemorySegment sums,
      long sumsAt) {
    int p = 0;
    for (int g = 0; g < steps.length; g++) {
      IntVector sum0 = IntVector.zero(INT);
      IntVector sum1 = sum0;
      IntVector sum2 = sum0;
      IntVector sum3 = sum0;
      for (int end = p + steps[g] * LISTS; p < end; p += LISTS) {
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
      long row0 = sumsAt + (long) rows[g * LISTS] * BYTES;
      long row1 = sumsAt + (long) rows[g * LISTS + 1] * BYTES;
      long row2 = sumsAt + (long) rows[g * LISTS + 2] * BYTES;
      long row3 = sumsAt + (long) rows[g * LISTS + 3] * BYTES;
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
  public void sumWeightedColumns(
      char[] entries,
      int indexBits,
      char[] rows,
      char[] steps,
      MemorySegment panel,
      MemorySegment sums) {
    int columns = (1 << indexBits) - 1;
    int p = 0;
    for (int g = 0; g < steps.length; g++) {
      IntVector sum0 = IntVector.zero(INT);
      IntVector sum1 = sum0;
      IntVector sum2 = sum0;
      IntVector sum3 = sum0;
      for (int end = p + steps[g] * LISTS; p < end; p += LISTS) {
        int entry0 = entries[p];
        int entry1 = entries[p + 1];
        int entry2 = entries[p + 2];
        int entry3 = entries[p + 3];
        sum0 =
            sum0.add(
                IntVector.fromMemorySegment(INT, panel, (entry0 & columns) * BYTES, nativeOrder())
                    .mul(IntVector.broadcast(INT, (short) entry0 >> indexBits)));
        sum1 =
            sum1.add(
                IntVector.fromMemorySegment(INT, panel, (entry1 & columns) * BYTES, nativeOrder())
                    .mul(IntVector.broadcast(INT, (short) entry1 >> indexBits)));
        sum2 =
            sum2.add(
                IntVector.fromMemorySegment(INT, panel, (entry2 & columns) * BYTES, nativeOrder())
                    .mul(IntVector.broadcast(INT, (short) entry2 >> indexBits)));
        sum3 =
            sum3.add(
                IntVector.fromMemorySegment(INT, panel, (entry3 & columns) * BYTES, nativeOrder())
                    .mul(IntVector.broadcast(INT, (short) entry3 >> indexBits)));
      }
      long row0 = (long) rows[g * LISTS] * BYTES;
      long row1 = (long) rows[g * LISTS + 1] * BYTES;
      long row2 = (long) rows[g * LISTS + 2] * BYTES;
      long row3 = (long) rows[g * LISTS + 3] * BYTES;
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
  public void sumWeightedColumnsOfTwo(
      char[] entries,
      int indexBits,
      char[] rows,
      char[] steps,
      MemorySegment panel,
      MemorySegment second,
      MemorySegment sums,
      long secondAt) {
    int columns = (1 << indexBits) - 1;
    int p = 0;
    for (int g = 0; g < steps.length; g++) {
      IntVector sum0 = IntVector.zero(INT);
      IntVector sum1 = sum0;
      IntVector sum2 = sum0;
      IntVector sum3 = sum0;
      IntVector more0 = sum0;
      IntVector more1 = sum0;
      IntVector more2 = sum0;
      IntVector more3 = sum0;
      for (int end = p + steps[g] * LISTS; p < end; p += LISTS) {
        int entry0 = entries[p];
        long column0 = (entry0 & columns) * BYTES;
        IntVector weight0 = IntVector.broadcast(INT, (short) entry0 >> indexBits);
        sum0 =
            sum0.add(IntVector.fromMemorySegment(INT, panel, column0, nativeOrder()).mul(weight0));
        more0 =
            more0.add(
                IntVector.fromMemorySegment(INT, second, column0, nativeOrder()).mul(weight0));
        int entry1 = entries[p + 1];
        long column1 = (entry1 & columns) * BYTES;
        IntVector weight1 = IntVector.broadcast(INT, (short) entry1 >> indexBits);
        sum1 =
            sum1.add(IntVector.fromMemorySegment(INT, panel, column1, nativeOrder()).mul(weight1));
        more1 =
            more1.add(
                IntVector.fromMemorySegment(INT, second, column1, nativeOrder()).mul(weight1));
        int entry2 = entries[p + 2];
        long column2 = (entry2 & columns) * BYTES;
        IntVector weight2 = IntVector.broadcast(INT, (short) entry2 >> indexBits);
        sum2 =
            sum2.add(IntVector.fromMemorySegment(INT, panel, column2, nativeOrder()).mul(weight2));
        more2 =
            more2.add(
                IntVector.fromMemorySegment(INT, second, column2, nativeOrder()).mul(weight2));
        int entry3 = entries[p + 3];
        long column3 = (entry3 & columns) * BYTES;
        IntVector weight3 = IntVector.broadcast(INT, (short) entry3 >> indexBits);
        sum3 =
            sum3.add(IntVector.fromMemorySegment(INT, panel, column3, nativeOrder()).mul(weight3));
        more3 =
            more3.add(
                IntVector.fromMemorySegment(INT, second, column3, nativeOrder()).mul(weight3));
      }
      long row0 = (long) rows[g * LISTS] * BYTES;
      long row1 = (long) rows[g * LISTS + 1] * BYTES;
      long row2 = (long) rows[g * LISTS + 2] * BYTES;
      long row3 = (long) rows[g * LISTS + 3] * BYTES;
      IntVector.fromMemorySegment(INT, sums, row0, nativeOrder())
          .add(sum0)
          .intoMemorySegment(sums, row0, nativeOrder());
      IntVector.fromMemorySegment(INT, sums, secondAt + row0, nativeOrder())
          .add(more0)
          .intoMemorySegment(sums, secondAt + row0, nativeOrder());
      IntVector.fromMemorySegment(INT, sums, row1, nativeOrder())
          .add(sum1)
          .intoMemorySegment(sums, row1, nativeOrder());
      IntVector.fromMemorySegment(INT, sums, secondAt + row1, nativeOrder())
          .add(more1)
          .intoMemorySegment(sums, secondAt + row1, nativeOrder());
      IntVector.fromMemorySegment(INT, sums, row2, nativeOrder())
          .add(sum2)
          .intoMemorySegment(sums, row2, nativeOrder());
      IntVector.fromMemorySegment(INT, sums, secondAt + row2, nativeOrder())
          .add(more2)
          .intoMemorySegment(sums, secondAt + row2, nativeOrder());
      IntVector.fromMemorySegment(INT, sums, row3, nativeOrder())
          .add(sum3)
          .intoMemorySegment(sums, row3, nativeOrder());
      IntVector.fromMemorySegment(INT, sums, secondAt + row3, nativeOrder())
          .add(more3)
          .intoMemorySegment(sums, secondAt + row3, nativeOrder());
    }
  }

  @Override
  public void addTo(
      MemorySegment sums,
      long sumsAt,
      int rows,
      int coefficient,
      MemorySegment totals,
      long totalsAt) {
    DoubleVector factor = DoubleVector.broadcast(DOUBLE, coefficient);
    int halves = 2 * rows;
    for (int half = 0; half < halves; half++) {
      long from = sumsAt + half * BYTES / 2;
      long at = totalsAt + half * BYTES;
      ((DoubleVector)
              IntVector.fromMemorySegment(HALF, sums, from, nativeOrder())
                  .convertShape(VectorOperators.I2D, DOUBLE, 0))
          .mul(factor)
          .add(DoubleVector.fromMemorySegment(DOUBLE, totals, at, nativeOrder()))
          .intoMemorySegment(totals, at, nativeOrder());
    }
  }

  @Override
  public void addToInts(
      MemorySegment sums,
      long sumsAt,
      int rows,
      int coefficient,
      MemorySegment totals,
      long totalsAt) {
    IntVector factor = IntVector.broadcast(INT, coefficient);
    for (int row = 0; row < rows; row++) {
      long at = totalsAt + row * BYTES;
      IntVector.fromMemorySegment(INT, totals, at, nativeOrder())
          .add(
              IntVector.fromMemorySegment(INT, sums, sumsAt + row * BYTES, nativeOrder())
                  .mul(factor))
          .intoMemorySegment(totals, at, nativeOrder());
    }
  }

  @Override
  public void addPackedTo(
      MemorySegment sums,
      int rows,
      int coefficient,
      int[] shifts,
      int shiftsAt,
      MemorySegment totals,
      long highAt) {
    IntVector factor = IntVector.broadcast(INT, coefficient);
    IntVector low =
        factor.lanewise(VectorOperators.LSHL, IntVector.fromArray(INT, shifts, shiftsAt));
    IntVector high =
        factor.lanewise(VectorOperators.LSHL, IntVector.fromArray(INT, shifts, shiftsAt + LANES));
    for (int row = 0; row < rows; row++) {
      long at = row * BYTES;
      IntVector both = IntVector.fromMemorySegment(INT, sums, at, nativeOrder());
      IntVector first =
          both.lanewise(VectorOperators.LSHL, Short.SIZE)
              .lanewise(VectorOperators.ASHR, Short.SIZE);
      IntVector second = both.sub(first).lanewise(VectorOperators.ASHR, Short.SIZE);
      IntVector.fromMemorySegment(INT, totals, at, nativeOrder())
          .add(first.mul(low))
          .intoMemorySegment(totals, at, nativeOrder());
      IntVector.fromMemorySegment(INT, totals, highAt + at, nativeOrder())
          .add(second.mul(high))
          .intoMemorySegment(totals, highAt + at, nativeOrder());
    }
  }

  @Override
  public void addPackedTo(
      MemorySegment[] sums,
      int rows,
      int[] coefficients,
      int[] shifts,
      int shiftsAt,
      MemorySegment totals,
      long highAt,
      MemorySegment work) {
    DoubleVector unit0 = power(shifts, shiftsAt);
    DoubleVector unit1 = power(shifts, shiftsAt + LANES / 2);
    DoubleVector unit2 = power(shifts, shiftsAt + LANES);
    DoubleVector unit3 = power(shifts, shiftsAt + LANES + LANES / 2);
    for (int row = 0; row < rows; row++) {
      IntVector low = IntVector.zero(INT);
      IntVector high = low;
      for (int p = 0; p < coefficients.length; p++) {
        IntVector both = IntVector.fromMemorySegment(INT, sums[p], row * BYTES, nativeOrder());
        IntVector first =
            both.lanewise(VectorOperators.LSHL, Short.SIZE)
                .lanewise(VectorOperators.ASHR, Short.SIZE);
        IntVector second = both.sub(first).lanewise(VectorOperators.ASHR, Short.SIZE);
        IntVector factor = IntVector.broadcast(INT, coefficients[p]);
        low = low.add(first.mul(factor));
        high = high.add(second.mul(factor));
      }
      // Read back by halves: doubles take twice the room.
      low.intoMemorySegment(work, 0, nativeOrder());
      high.intoMemorySegment(work, BYTES, nativeOrder());
      long at = row * 2L * BYTES;
      addHalf(work, 0, unit0, totals, at);
      addHalf(work, BYTES / 2, unit1, totals, at + BYTES);
      addHalf(work, BYTES, unit2, totals, highAt + at);
      addHalf(work, BYTES + BYTES / 2, unit3, totals, highAt + at + BYTES);
    }
  }

  /** 2^shift for half a vector of shifts. */
  private static DoubleVector power(int[] shifts, int at) {
    return (DoubleVector)
        IntVector.broadcast(HALF, 1)
            .lanewise(VectorOperators.LSHL, IntVector.fromArray(HALF, shifts, at))
            .convertShape(VectorOperators.I2D, DOUBLE, 0);
  }

  private static void addHalf(
      MemorySegment sums, long from, DoubleVector unit, MemorySegment totals, long at) {
    ((DoubleVector)
            IntVector.fromMemorySegment(HALF, sums, from, nativeOrder())
                .convertShape(VectorOperators.I2D, DOUBLE, 0))
        .mul(unit)
        .add(DoubleVector.fromMemorySegment(DOUBLE, totals, at, nativeOrder()))
        .intoMemorySegment(totals, at, nativeOrder());
  }
}
