package org.bitindex.backend.vector.kernel;

import static java.nio.ByteOrder.nativeOrder;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.util.Objects;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import org.bitindex.internal.VectorApi;

/**
 * {@link LookupKernel} at the width, number of sets and kind of words of its class data: what they
 * exclude is no code. The look-ups of a word are written out, and call no helper of their own: the
 * compiler stops inlining late in a long method, and vectors that cross a call are allocated.
 * Shifted words keep bits above the index, which selectFrom ignores. They are not shifted as ints,
 * which would be a little faster: until it is compiled, the change of lanes goes through a segment
 * on the heap, and teaches the compiler that others may lie there too.
 */
final class VectorLookupKernel implements LookupKernel {
  private static final Kernels.Lookups DATA =
      Objects.requireNonNullElse(
          VectorApi.classData(MethodHandles.lookup(), Kernels.Lookups.class),
          Kernels.Lookups.ORDINARY);
  private static final int SETS = DATA.sets();
  private static final boolean GROUPED = DATA.grouped();
  private static final VectorShape SHAPE = DATA.shape();
  private static final VectorSpecies<Short> SHORT = VectorSpecies.of(short.class, SHAPE);
  private static final VectorSpecies<Integer> INT = VectorSpecies.of(int.class, SHAPE);
  private static final VectorSpecies<Double> DOUBLE = VectorSpecies.of(double.class, SHAPE);
  private static final VectorSpecies<Integer> HALF =
      VectorSpecies.of(int.class, VectorShape.forBitSize(SHAPE.vectorBitSize() / 2));
  private static final int LANES = INT.length();
  private static final long BYTES = INT.vectorByteSize();
  private static final int COLUMNS = Integer.numberOfTrailingZeros(SHORT.length());
  private static final int LOOKUPS = Short.SIZE / COLUMNS;
  private static final long SET = LOOKUPS * BYTES;
  private static final long WORD = SETS * SET;

  /** Look-ups of the last word of a group. */
  private static final int LAST_LOOKUPS =
      new LookupFormat(SHORT.length(), 0, true).columns(LookupFormat.GROUP_WORDS - 1) / COLUMNS;

  @Override
  public void add(
      MemorySegment words,
      long wordsAt,
      MemorySegment tables,
      long tablesAt,
      int count,
      int period,
      int[] shifts,
      int shiftsAt,
      int[] sums,
      int sumsAt) {
    ShortVector zero = ShortVector.zero(SHORT);
    ShortVector sum00 = zero;
    ShortVector sum01 = zero;
    ShortVector sum10 = zero;
    ShortVector sum11 = zero;
    ShortVector sum20 = zero;
    ShortVector sum21 = zero;
    ShortVector sum30 = zero;
    ShortVector sum31 = zero;
    int left = period;
    int shift = shiftsAt;
    for (int word = 0; word < count; word++) {
      long at = wordsAt + word * 2L * BYTES;
      long table = tablesAt + word * WORD;
      left--;
      ShortVector word0 = ShortVector.fromMemorySegment(SHORT, words, at, nativeOrder());
      ShortVector word1 = ShortVector.fromMemorySegment(SHORT, words, at + BYTES, nativeOrder());
      ShortVector index0 = word0;
      ShortVector index1 = word1;
      ShortVector entries = ShortVector.fromMemorySegment(SHORT, tables, table, nativeOrder());
      sum00 = sum00.add(index0.selectFrom(entries));
      sum01 = sum01.add(index1.selectFrom(entries));
      if (SETS > 1) {
        entries = ShortVector.fromMemorySegment(SHORT, tables, table + SET, nativeOrder());
        sum10 = sum10.add(index0.selectFrom(entries));
        sum11 = sum11.add(index1.selectFrom(entries));
      }
      if (SETS > 2) {
        entries = ShortVector.fromMemorySegment(SHORT, tables, table + 2 * SET, nativeOrder());
        sum20 = sum20.add(index0.selectFrom(entries));
        sum21 = sum21.add(index1.selectFrom(entries));
        entries = ShortVector.fromMemorySegment(SHORT, tables, table + 3 * SET, nativeOrder());
        sum30 = sum30.add(index0.selectFrom(entries));
        sum31 = sum31.add(index1.selectFrom(entries));
      }
      index0 = word0.lanewise(VectorOperators.LSHR, COLUMNS);
      index1 = word1.lanewise(VectorOperators.LSHR, COLUMNS);
      entries = ShortVector.fromMemorySegment(SHORT, tables, table + BYTES, nativeOrder());
      sum00 = sum00.add(index0.selectFrom(entries));
      sum01 = sum01.add(index1.selectFrom(entries));
      if (SETS > 1) {
        entries = ShortVector.fromMemorySegment(SHORT, tables, table + SET + BYTES, nativeOrder());
        sum10 = sum10.add(index0.selectFrom(entries));
        sum11 = sum11.add(index1.selectFrom(entries));
      }
      if (SETS > 2) {
        entries =
            ShortVector.fromMemorySegment(SHORT, tables, table + 2 * SET + BYTES, nativeOrder());
        sum20 = sum20.add(index0.selectFrom(entries));
        sum21 = sum21.add(index1.selectFrom(entries));
        entries =
            ShortVector.fromMemorySegment(SHORT, tables, table + 3 * SET + BYTES, nativeOrder());
        sum30 = sum30.add(index0.selectFrom(entries));
        sum31 = sum31.add(index1.selectFrom(entries));
      }
      if (LAST_LOOKUPS > 2 || !GROUPED || left > 0) {
        index0 = word0.lanewise(VectorOperators.LSHR, 2L * COLUMNS);
        index1 = word1.lanewise(VectorOperators.LSHR, 2L * COLUMNS);
        entries = ShortVector.fromMemorySegment(SHORT, tables, table + 2 * BYTES, nativeOrder());
        sum00 = sum00.add(index0.selectFrom(entries));
        sum01 = sum01.add(index1.selectFrom(entries));
        if (SETS > 1) {
          entries =
              ShortVector.fromMemorySegment(SHORT, tables, table + SET + 2 * BYTES, nativeOrder());
          sum10 = sum10.add(index0.selectFrom(entries));
          sum11 = sum11.add(index1.selectFrom(entries));
        }
        if (SETS > 2) {
          entries =
              ShortVector.fromMemorySegment(
                  SHORT, tables, table + 2 * SET + 2 * BYTES, nativeOrder());
          sum20 = sum20.add(index0.selectFrom(entries));
          sum21 = sum21.add(index1.selectFrom(entries));
          entries =
              ShortVector.fromMemorySegment(
                  SHORT, tables, table + 3 * SET + 2 * BYTES, nativeOrder());
          sum30 = sum30.add(index0.selectFrom(entries));
          sum31 = sum31.add(index1.selectFrom(entries));
        }
        if (LOOKUPS > 3) {
          index0 = word0.lanewise(VectorOperators.LSHR, 3L * COLUMNS);
          index1 = word1.lanewise(VectorOperators.LSHR, 3L * COLUMNS);
          entries = ShortVector.fromMemorySegment(SHORT, tables, table + 3 * BYTES, nativeOrder());
          sum00 = sum00.add(index0.selectFrom(entries));
          sum01 = sum01.add(index1.selectFrom(entries));
          if (SETS > 1) {
            entries =
                ShortVector.fromMemorySegment(
                    SHORT, tables, table + SET + 3 * BYTES, nativeOrder());
            sum10 = sum10.add(index0.selectFrom(entries));
            sum11 = sum11.add(index1.selectFrom(entries));
          }
          if (SETS > 2) {
            entries =
                ShortVector.fromMemorySegment(
                    SHORT, tables, table + 2 * SET + 3 * BYTES, nativeOrder());
            sum20 = sum20.add(index0.selectFrom(entries));
            sum21 = sum21.add(index1.selectFrom(entries));
            entries =
                ShortVector.fromMemorySegment(
                    SHORT, tables, table + 3 * SET + 3 * BYTES, nativeOrder());
            sum30 = sum30.add(index0.selectFrom(entries));
            sum31 = sum31.add(index1.selectFrom(entries));
          }
        }
        if (LOOKUPS > 4) {
          index0 = word0.lanewise(VectorOperators.LSHR, 4L * COLUMNS);
          index1 = word1.lanewise(VectorOperators.LSHR, 4L * COLUMNS);
          entries = ShortVector.fromMemorySegment(SHORT, tables, table + 4 * BYTES, nativeOrder());
          sum00 = sum00.add(index0.selectFrom(entries));
          sum01 = sum01.add(index1.selectFrom(entries));
          if (SETS > 1) {
            entries =
                ShortVector.fromMemorySegment(
                    SHORT, tables, table + SET + 4 * BYTES, nativeOrder());
            sum10 = sum10.add(index0.selectFrom(entries));
            sum11 = sum11.add(index1.selectFrom(entries));
          }
          if (SETS > 2) {
            entries =
                ShortVector.fromMemorySegment(
                    SHORT, tables, table + 2 * SET + 4 * BYTES, nativeOrder());
            sum20 = sum20.add(index0.selectFrom(entries));
            sum21 = sum21.add(index1.selectFrom(entries));
            entries =
                ShortVector.fromMemorySegment(
                    SHORT, tables, table + 3 * SET + 4 * BYTES, nativeOrder());
            sum30 = sum30.add(index0.selectFrom(entries));
            sum31 = sum31.add(index1.selectFrom(entries));
          }
        }
      }
      if (left == 0 || word == count - 1) {
        left = period;
        sum00.reinterpretAsInts().intoArray(sums, 0);
        sum00 = zero;
        sum01.reinterpretAsInts().intoArray(sums, LANES);
        sum01 = zero;
        if (SETS > 1) {
          sum10.reinterpretAsInts().intoArray(sums, 2 * LANES);
          sum10 = zero;
          sum11.reinterpretAsInts().intoArray(sums, 3 * LANES);
          sum11 = zero;
        }
        if (SETS > 2) {
          sum20.reinterpretAsInts().intoArray(sums, 4 * LANES);
          sum20 = zero;
          sum21.reinterpretAsInts().intoArray(sums, 5 * LANES);
          sum21 = zero;
          sum30.reinterpretAsInts().intoArray(sums, 6 * LANES);
          sum30 = zero;
          sum31.reinterpretAsInts().intoArray(sums, 7 * LANES);
          sum31 = zero;
        }
        flush(sums, sumsAt, shifts, shift);
        shift += SETS;
      }
    }
  }

  /** Adds full sums of 16 bits, in the work space, to all sums. */
  private static void flush(int[] sums, int sumsAt, int[] shifts, int shiftsAt) {
    for (int set = 0; set < SETS; set++) {
      for (int panel = 0; panel < 2; panel++) {
        int at = sumsAt + (2 * set + panel) * 2 * LANES;
        IntVector full = IntVector.fromArray(INT, sums, (2 * set + panel) * LANES);
        IntVector odd = full.lanewise(VectorOperators.LSHR, Short.SIZE);
        if (GROUPED) {
          full = full.lanewise(VectorOperators.LSHL, shifts[shiftsAt + set]);
          odd = odd.lanewise(VectorOperators.LSHL, shifts[shiftsAt + set]);
        }
        full.add(IntVector.fromArray(INT, sums, at)).intoArray(sums, at);
        odd.add(IntVector.fromArray(INT, sums, at + LANES)).intoArray(sums, at + LANES);
      }
    }
  }

  @Override
  public void addSums(int[] sums, int sumsAt, double negatives, int factor, double[] q, int qAt) {
    DoubleVector factors = DoubleVector.broadcast(DOUBLE, factor);
    // Rows 0 to LANES - 1 of a panel lie in even lanes of 16 bits, the others in odd lanes.
    for (int panel = 0; panel < 2; panel++) {
      for (int i = 0; i < LANES; i += HALF.length()) {
        int at = sumsAt + panel * 2 * LANES + i;
        int target = qAt + panel * 2 * LANES + i;
        IntVector odd = IntVector.fromArray(HALF, sums, at + LANES);
        IntVector even =
            IntVector.fromArray(HALF, sums, at).sub(odd.lanewise(VectorOperators.LSHL, 16));
        addTo(even, negatives, factors, q, target);
        addTo(odd, negatives, factors, q, target + LANES);
      }
    }
  }

  private static void addTo(
      IntVector sum, double negatives, DoubleVector factors, double[] q, int at) {
    ((DoubleVector) sum.convertShape(VectorOperators.I2D, DOUBLE, 0))
        .sub(negatives)
        .mul(factors)
        .add(DoubleVector.fromArray(DOUBLE, q, at))
        .intoArray(q, at);
  }
}
