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
import org.bitindex.internal.Confinement;
import org.bitindex.internal.VectorApi;

/**
 * {@link LookupKernel} at the width, numbers of sets and pairs and kind of words of its class data:
 * what they exclude is no code. There are as many sums as pairs times sets, sum k of pair k / sets
 * and set k % sets, for the two panels of the pair. After a run they are added to ints, or their
 * upper bits to carries, which follow at the end. Sums go to ints through memory: the compiler
 * stops inlining late in a long method, and vectors that cross a call are allocated.
 */
final class VectorLookupKernel implements LookupKernel {
  private static final Kernels.Lookups DATA =
      Objects.requireNonNullElse(
          VectorApi.classData(MethodHandles.lookup(), Kernels.Lookups.class),
          Kernels.Lookups.ORDINARY);
  private static final int SETS = DATA.sets();
  private static final int COUNT = DATA.pairs() * SETS;

  /** Ints of a run. */
  private static final int RUN = 1 + SETS;

  private static final LookupFormat FORMAT = DATA.format();
  private static final boolean GROUPED = FORMAT.grouped();
  private static final VectorShape SHAPE = DATA.shape();
  private static final VectorSpecies<Short> SHORT = VectorSpecies.of(short.class, SHAPE);
  private static final int GROUP_WORDS = FORMAT.chunkWords();
  private static final boolean CARRIES = FORMAT.carries();
  private static final int CARRY_BITS = LookupFormat.CARRY_BITS;
  private static final short REST = (1 << CARRY_BITS) - 1;
  private static final VectorSpecies<Integer> INT = VectorSpecies.of(int.class, SHAPE);
  private static final VectorSpecies<Double> DOUBLE = VectorSpecies.of(double.class, SHAPE);
  private static final VectorSpecies<Integer> HALF =
      VectorSpecies.of(int.class, VectorShape.forBitSize(SHAPE.vectorBitSize() / 2));
  private static final int LANES = INT.length();
  private static final long BYTES = INT.vectorByteSize();
  private static final int INDEX_BITS = FORMAT.indexBits();
  private static final int LOOKUPS = FORMAT.lookups();

  /** The compiler unrolls loops of up to three rounds. */
  private static final int UNROLLED = 3;

  private static final long SET = LOOKUPS * BYTES;
  private static final long WORD = SETS * SET;

  /** Look-ups of the last word of a group. */
  private static final int LAST_LOOKUPS = FORMAT.columns(GROUP_WORDS - 1) / FORMAT.lookupColumns();

  @Override
  public void add(
      MemorySegment words,
      long wordsAt,
      long pairBytes,
      MemorySegment tables,
      long tablesAt,
      int[] runs,
      int runsAt,
      int runCount,
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
    ShortVector carry00 = zero;
    ShortVector carry01 = zero;
    ShortVector carry10 = zero;
    ShortVector carry11 = zero;
    ShortVector carry20 = zero;
    ShortVector carry21 = zero;
    ShortVector carry30 = zero;
    ShortVector carry31 = zero;
    int run = runsAt;
    int runEnd = runs[run + RUN];
    int end = runs[runsAt + runCount * RUN];
    for (int word = runs[runsAt]; word < end; word++) {
      Confinement.requireShared(words);
      Confinement.requireShared(tables);
      long at = wordsAt + word * 2L * BYTES;
      IntVector index00 = index(words, at);
      IntVector index01 = index(words, at + BYTES);
      IntVector index10 = index00;
      IntVector index11 = index01;
      IntVector index20 = index00;
      IntVector index21 = index01;
      IntVector index30 = index00;
      IntVector index31 = index01;
      if (COUNT > 1 && SETS == 1) {
        index10 = index(words, at + pairBytes);
        index11 = index(words, at + pairBytes + BYTES);
      }
      if (COUNT > 2 && SETS < 4) {
        long third = at + 2 / SETS * pairBytes;
        index20 = index(words, third);
        index21 = index(words, third + BYTES);
        index30 = index20;
        index31 = index21;
      }
      if (COUNT > 2 && SETS == 1) {
        index30 = index(words, at + 3 * pairBytes);
        index31 = index(words, at + 3 * pairBytes + BYTES);
      }
      long table = tablesAt + word * WORD;
      int last = endsGroup(word) ? LAST_LOOKUPS : LOOKUPS;
      for (int first = 0; first < last; first += UNROLLED) {
        for (int lookup = 0; lookup < UNROLLED; lookup++) {
          if (first + lookup == last) {
            break;
          }
          ShortVector entries0 = entries(tables, table);
          ShortVector entries1 = SETS > 1 ? entries(tables, table + SET) : entries0;
          ShortVector entries2 = SETS > 2 ? entries(tables, table + 2 * SET) : entries0;
          ShortVector entries3 = SETS > 2 ? entries(tables, table + 3 * SET) : entries1;
          table += BYTES;
          sum00 = sum00.add(index00.reinterpretAsShorts().selectFrom(entries0));
          sum01 = sum01.add(index01.reinterpretAsShorts().selectFrom(entries0));
          index00 = next(index00);
          index01 = next(index01);
          if (COUNT > 1) {
            sum10 = sum10.add(index10.reinterpretAsShorts().selectFrom(entries1));
            sum11 = sum11.add(index11.reinterpretAsShorts().selectFrom(entries1));
            index10 = SETS > 1 ? index00 : next(index10);
            index11 = SETS > 1 ? index01 : next(index11);
          }
          if (COUNT > 2) {
            sum20 = sum20.add(index20.reinterpretAsShorts().selectFrom(entries2));
            sum21 = sum21.add(index21.reinterpretAsShorts().selectFrom(entries2));
            sum30 = sum30.add(index30.reinterpretAsShorts().selectFrom(entries3));
            sum31 = sum31.add(index31.reinterpretAsShorts().selectFrom(entries3));
            index20 = SETS > 2 ? index00 : next(index20);
            index21 = SETS > 2 ? index01 : next(index21);
            index30 = SETS > 1 ? index20 : next(index30);
            index31 = SETS > 1 ? index21 : next(index31);
          }
        }
      }
      if (word == runEnd - 1) {
        if (CARRIES) {
          carry00 = carry00.add(sum00.lanewise(VectorOperators.LSHR, CARRY_BITS));
          carry01 = carry01.add(sum01.lanewise(VectorOperators.LSHR, CARRY_BITS));
          sum00 = sum00.and(REST);
          sum01 = sum01.and(REST);
          if (COUNT > 1) {
            carry10 = carry10.add(sum10.lanewise(VectorOperators.LSHR, CARRY_BITS));
            carry11 = carry11.add(sum11.lanewise(VectorOperators.LSHR, CARRY_BITS));
            sum10 = sum10.and(REST);
            sum11 = sum11.and(REST);
          }
          if (COUNT > 2) {
            carry20 = carry20.add(sum20.lanewise(VectorOperators.LSHR, CARRY_BITS));
            carry21 = carry21.add(sum21.lanewise(VectorOperators.LSHR, CARRY_BITS));
            carry30 = carry30.add(sum30.lanewise(VectorOperators.LSHR, CARRY_BITS));
            carry31 = carry31.add(sum31.lanewise(VectorOperators.LSHR, CARRY_BITS));
            sum20 = sum20.and(REST);
            sum21 = sum21.and(REST);
            sum30 = sum30.and(REST);
            sum31 = sum31.and(REST);
          }
        } else {
          sum00.reinterpretAsInts().intoArray(sums, 0);
          sum01.reinterpretAsInts().intoArray(sums, LANES);
          if (COUNT > 1) {
            sum10.reinterpretAsInts().intoArray(sums, 2 * LANES);
            sum11.reinterpretAsInts().intoArray(sums, 3 * LANES);
          }
          if (COUNT > 2) {
            sum20.reinterpretAsInts().intoArray(sums, 4 * LANES);
            sum21.reinterpretAsInts().intoArray(sums, 5 * LANES);
            sum30.reinterpretAsInts().intoArray(sums, 6 * LANES);
            sum31.reinterpretAsInts().intoArray(sums, 7 * LANES);
          }
          sum00 = zero;
          sum01 = zero;
          sum10 = zero;
          sum11 = zero;
          sum20 = zero;
          sum21 = zero;
          sum30 = zero;
          sum31 = zero;
          flush(sums, sumsAt, runs, run + 1, 0);
        }
        run += RUN;
        runEnd = word == end - 1 ? end : runs[run + RUN];
      }
    }
    for (int bits = 0; CARRIES && bits <= CARRY_BITS; bits += CARRY_BITS) {
      sum00.reinterpretAsInts().intoArray(sums, 0);
      sum01.reinterpretAsInts().intoArray(sums, LANES);
      if (COUNT > 1) {
        sum10.reinterpretAsInts().intoArray(sums, 2 * LANES);
        sum11.reinterpretAsInts().intoArray(sums, 3 * LANES);
      }
      if (COUNT > 2) {
        sum20.reinterpretAsInts().intoArray(sums, 4 * LANES);
        sum21.reinterpretAsInts().intoArray(sums, 5 * LANES);
        sum30.reinterpretAsInts().intoArray(sums, 6 * LANES);
        sum31.reinterpretAsInts().intoArray(sums, 7 * LANES);
      }
      flush(sums, sumsAt, runs, 0, bits);
      sum00 = carry00;
      sum01 = carry01;
      sum10 = carry10;
      sum11 = carry11;
      sum20 = carry20;
      sum21 = carry21;
      sum30 = carry30;
      sum31 = carry31;
    }
  }

  private static boolean endsGroup(int word) {
    return GROUPED && word % GROUP_WORDS == GROUP_WORDS - 1;
  }

  private static IntVector index(MemorySegment words, long at) {
    return IntVector.fromMemorySegment(INT, words, at, nativeOrder());
  }

  /** Leaves bits of other look-ups, and of the neighbour, above the index: they are ignored. */
  private static IntVector next(IntVector index) {
    return index.lanewise(VectorOperators.LSHR, INDEX_BITS);
  }

  private static ShortVector entries(MemorySegment tables, long at) {
    return ShortVector.fromMemorySegment(SHORT, tables, at, nativeOrder());
  }

  /** Adds full sums of 16 bits, in the work space, to all sums. */
  private static void flush(int[] sums, int sumsAt, int[] runs, int shiftsAt, int carried) {
    for (int i = 0; i < 2 * COUNT; i++) {
      int at = sumsAt + 2 * i * LANES;
      int shift = GROUPED ? runs[shiftsAt + (i / 2 & (SETS - 1))] : carried;
      IntVector full = IntVector.fromArray(INT, sums, i * LANES);
      IntVector odd = full.lanewise(VectorOperators.LSHR, Short.SIZE);
      full = full.lanewise(VectorOperators.LSHL, shift);
      odd = odd.lanewise(VectorOperators.LSHL, shift);
      full.add(IntVector.fromArray(INT, sums, at)).intoArray(sums, at);
      odd.add(IntVector.fromArray(INT, sums, at + LANES)).intoArray(sums, at + LANES);
    }
  }

  @Override
  public void addSums(int[] sums, int sumsAt, double excess, int factor, double[] q, int qAt) {
    DoubleVector factors = DoubleVector.broadcast(DOUBLE, factor);
    // Of groups P + N may reach 2^31, but not P, mod 2^32.
    int whole = GROUPED ? (int) excess : 0;
    double rest = GROUPED ? 0 : excess;
    // Rows 0 to LANES - 1 of a panel lie in even lanes of 16 bits, the others in odd lanes.
    for (int panel = 0; panel < 2; panel++) {
      for (int i = 0; i < LANES; i += HALF.length()) {
        int at = sumsAt + panel * 2 * LANES + i;
        int target = qAt + panel * 2 * LANES + i;
        IntVector odd = IntVector.fromArray(HALF, sums, at + LANES);
        IntVector even =
            IntVector.fromArray(HALF, sums, at).sub(odd.lanewise(VectorOperators.LSHL, 16));
        widen(even.sub(whole)).sub(rest).mul(factors).add(sums(q, target)).intoArray(q, target);
        target += LANES;
        widen(odd.sub(whole)).sub(rest).mul(factors).add(sums(q, target)).intoArray(q, target);
      }
    }
  }

  // Each helper is small enough to be inlined wherever it is called: else vectors are allocated.

  private static DoubleVector widen(IntVector sum) {
    return (DoubleVector) sum.convertShape(VectorOperators.I2D, DOUBLE, 0);
  }

  private static DoubleVector sums(double[] q, int at) {
    return DoubleVector.fromArray(DOUBLE, q, at);
  }
}
