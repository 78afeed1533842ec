package org.bitindex.backend.vector.kernel;

import static java.nio.ByteOrder.nativeOrder;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link LookupKernel} at the width of its class data. The look-ups of a word are written out, and
 * call no helper of their own: the compiler stops inlining late in a long method, and vectors that
 * cross a call are allocated. Shifted words keep bits above the index, which selectFrom ignores.
 * They are not shifted as ints, which would be a little faster: until it is compiled, the change of
 * lanes goes through a segment on the heap, and teaches the compiler that others may lie there too.
 */
final class VectorLookupKernel implements LookupKernel {
  private static final VectorShape SHAPE = KernelLoader.shape(MethodHandles.lookup());
  private static final VectorSpecies<Short> SHORT = VectorSpecies.of(short.class, SHAPE);
  private static final VectorSpecies<Integer> INT = VectorSpecies.of(int.class, SHAPE);
  private static final VectorSpecies<Double> DOUBLE = VectorSpecies.of(double.class, SHAPE);
  private static final VectorSpecies<Integer> HALF =
      VectorSpecies.of(int.class, VectorShape.forBitSize(SHAPE.vectorBitSize() / 2));
  private static final int LANES = INT.length();
  private static final long BYTES = INT.vectorByteSize();
  private static final int COLUMNS = Integer.numberOfTrailingZeros(SHORT.length());
  private static final int LOOKUPS = Short.SIZE / COLUMNS;
  private static final long WORD_TABLES = LOOKUPS * BYTES;

  @Override
  public void add2x1(
      MemorySegment words,
      long wordsAt,
      MemorySegment tables,
      long tablesAt,
      int count,
      int period,
      int[] sums,
      int sumsAt) {
    IntVector all0 = IntVector.zero(INT);
    IntVector odd0 = IntVector.zero(INT);
    IntVector all1 = IntVector.zero(INT);
    IntVector odd1 = IntVector.zero(INT);
    ShortVector sum0 = ShortVector.zero(SHORT);
    ShortVector sum1 = ShortVector.zero(SHORT);
    int left = period;
    for (int word = 0; word < count; word++) {
      long at = wordsAt + word * 2L * BYTES;
      long table = tablesAt + word * WORD_TABLES;
      ShortVector word0 = ShortVector.fromMemorySegment(SHORT, words, at, nativeOrder());
      ShortVector word1 = ShortVector.fromMemorySegment(SHORT, words, at + BYTES, nativeOrder());
      ShortVector index0 = word0;
      ShortVector index1 = word1;
      ShortVector entries = ShortVector.fromMemorySegment(SHORT, tables, table, nativeOrder());
      sum0 = sum0.add(index0.selectFrom(entries));
      sum1 = sum1.add(index1.selectFrom(entries));
      index0 = word0.lanewise(VectorOperators.LSHR, COLUMNS);
      index1 = word1.lanewise(VectorOperators.LSHR, COLUMNS);
      entries = ShortVector.fromMemorySegment(SHORT, tables, table + BYTES, nativeOrder());
      sum0 = sum0.add(index0.selectFrom(entries));
      sum1 = sum1.add(index1.selectFrom(entries));
      index0 = word0.lanewise(VectorOperators.LSHR, 2L * COLUMNS);
      index1 = word1.lanewise(VectorOperators.LSHR, 2L * COLUMNS);
      entries = ShortVector.fromMemorySegment(SHORT, tables, table + 2 * BYTES, nativeOrder());
      sum0 = sum0.add(index0.selectFrom(entries));
      sum1 = sum1.add(index1.selectFrom(entries));
      if (LOOKUPS > 3) {
        index0 = word0.lanewise(VectorOperators.LSHR, 3L * COLUMNS);
        index1 = word1.lanewise(VectorOperators.LSHR, 3L * COLUMNS);
        entries = ShortVector.fromMemorySegment(SHORT, tables, table + 3 * BYTES, nativeOrder());
        sum0 = sum0.add(index0.selectFrom(entries));
        sum1 = sum1.add(index1.selectFrom(entries));
      }
      if (LOOKUPS > 4) {
        index0 = word0.lanewise(VectorOperators.LSHR, 4L * COLUMNS);
        index1 = word1.lanewise(VectorOperators.LSHR, 4L * COLUMNS);
        entries = ShortVector.fromMemorySegment(SHORT, tables, table + 4 * BYTES, nativeOrder());
        sum0 = sum0.add(index0.selectFrom(entries));
        sum1 = sum1.add(index1.selectFrom(entries));
      }
      if (--left == 0) {
        left = period;
        all0 = all0.add(sum0.reinterpretAsInts());
        odd0 = odd0.add(sum0.reinterpretAsInts().lanewise(VectorOperators.LSHR, 16));
        all1 = all1.add(sum1.reinterpretAsInts());
        odd1 = odd1.add(sum1.reinterpretAsInts().lanewise(VectorOperators.LSHR, 16));
        sum0 = ShortVector.zero(SHORT);
        sum1 = ShortVector.zero(SHORT);
      }
    }
    all0 = all0.add(sum0.reinterpretAsInts());
    odd0 = odd0.add(sum0.reinterpretAsInts().lanewise(VectorOperators.LSHR, 16));
    all1 = all1.add(sum1.reinterpretAsInts());
    odd1 = odd1.add(sum1.reinterpretAsInts().lanewise(VectorOperators.LSHR, 16));
    all0.add(IntVector.fromArray(INT, sums, sumsAt)).intoArray(sums, sumsAt);
    odd0.add(IntVector.fromArray(INT, sums, sumsAt + LANES)).intoArray(sums, sumsAt + LANES);
    all1.add(IntVector.fromArray(INT, sums, sumsAt + 2 * LANES))
        .intoArray(sums, sumsAt + 2 * LANES);
    odd1.add(IntVector.fromArray(INT, sums, sumsAt + 3 * LANES))
        .intoArray(sums, sumsAt + 3 * LANES);
  }

  @Override
  public void add2x2(
      MemorySegment words,
      long wordsAt,
      MemorySegment tables,
      long tablesAt,
      long setBytes,
      int count,
      int period,
      int[] sums,
      int sumsAt,
      int setSums) {
    IntVector all00 = IntVector.zero(INT);
    IntVector odd00 = IntVector.zero(INT);
    IntVector all01 = IntVector.zero(INT);
    IntVector odd01 = IntVector.zero(INT);
    IntVector all10 = IntVector.zero(INT);
    IntVector odd10 = IntVector.zero(INT);
    IntVector all11 = IntVector.zero(INT);
    IntVector odd11 = IntVector.zero(INT);
    ShortVector sum00 = ShortVector.zero(SHORT);
    ShortVector sum01 = ShortVector.zero(SHORT);
    ShortVector sum10 = ShortVector.zero(SHORT);
    ShortVector sum11 = ShortVector.zero(SHORT);
    int left = period;
    for (int word = 0; word < count; word++) {
      long at = wordsAt + word * 2L * BYTES;
      long table = tablesAt + word * WORD_TABLES;
      ShortVector word0 = ShortVector.fromMemorySegment(SHORT, words, at, nativeOrder());
      ShortVector word1 = ShortVector.fromMemorySegment(SHORT, words, at + BYTES, nativeOrder());
      ShortVector index0 = word0;
      ShortVector index1 = word1;
      ShortVector entries = ShortVector.fromMemorySegment(SHORT, tables, table, nativeOrder());
      sum00 = sum00.add(index0.selectFrom(entries));
      sum10 = sum10.add(index1.selectFrom(entries));
      entries = ShortVector.fromMemorySegment(SHORT, tables, table + setBytes, nativeOrder());
      sum01 = sum01.add(index0.selectFrom(entries));
      sum11 = sum11.add(index1.selectFrom(entries));
      index0 = word0.lanewise(VectorOperators.LSHR, COLUMNS);
      index1 = word1.lanewise(VectorOperators.LSHR, COLUMNS);
      entries = ShortVector.fromMemorySegment(SHORT, tables, table + BYTES, nativeOrder());
      sum00 = sum00.add(index0.selectFrom(entries));
      sum10 = sum10.add(index1.selectFrom(entries));
      entries =
          ShortVector.fromMemorySegment(SHORT, tables, table + setBytes + BYTES, nativeOrder());
      sum01 = sum01.add(index0.selectFrom(entries));
      sum11 = sum11.add(index1.selectFrom(entries));
      index0 = word0.lanewise(VectorOperators.LSHR, 2L * COLUMNS);
      index1 = word1.lanewise(VectorOperators.LSHR, 2L * COLUMNS);
      entries = ShortVector.fromMemorySegment(SHORT, tables, table + 2 * BYTES, nativeOrder());
      sum00 = sum00.add(index0.selectFrom(entries));
      sum10 = sum10.add(index1.selectFrom(entries));
      entries =
          ShortVector.fromMemorySegment(SHORT, tables, table + setBytes + 2 * BYTES, nativeOrder());
      sum01 = sum01.add(index0.selectFrom(entries));
      sum11 = sum11.add(index1.selectFrom(entries));
      if (LOOKUPS > 3) {
        index0 = word0.lanewise(VectorOperators.LSHR, 3L * COLUMNS);
        index1 = word1.lanewise(VectorOperators.LSHR, 3L * COLUMNS);
        entries = ShortVector.fromMemorySegment(SHORT, tables, table + 3 * BYTES, nativeOrder());
        sum00 = sum00.add(index0.selectFrom(entries));
        sum10 = sum10.add(index1.selectFrom(entries));
        entries =
            ShortVector.fromMemorySegment(
                SHORT, tables, table + setBytes + 3 * BYTES, nativeOrder());
        sum01 = sum01.add(index0.selectFrom(entries));
        sum11 = sum11.add(index1.selectFrom(entries));
      }
      if (LOOKUPS > 4) {
        index0 = word0.lanewise(VectorOperators.LSHR, 4L * COLUMNS);
        index1 = word1.lanewise(VectorOperators.LSHR, 4L * COLUMNS);
        entries = ShortVector.fromMemorySegment(SHORT, tables, table + 4 * BYTES, nativeOrder());
        sum00 = sum00.add(index0.selectFrom(entries));
        sum10 = sum10.add(index1.selectFrom(entries));
        entries =
            ShortVector.fromMemorySegment(
                SHORT, tables, table + setBytes + 4 * BYTES, nativeOrder());
        sum01 = sum01.add(index0.selectFrom(entries));
        sum11 = sum11.add(index1.selectFrom(entries));
      }
      if (--left == 0) {
        left = period;
        all00 = all00.add(sum00.reinterpretAsInts());
        odd00 = odd00.add(sum00.reinterpretAsInts().lanewise(VectorOperators.LSHR, 16));
        all01 = all01.add(sum01.reinterpretAsInts());
        odd01 = odd01.add(sum01.reinterpretAsInts().lanewise(VectorOperators.LSHR, 16));
        all10 = all10.add(sum10.reinterpretAsInts());
        odd10 = odd10.add(sum10.reinterpretAsInts().lanewise(VectorOperators.LSHR, 16));
        all11 = all11.add(sum11.reinterpretAsInts());
        odd11 = odd11.add(sum11.reinterpretAsInts().lanewise(VectorOperators.LSHR, 16));
        sum00 = ShortVector.zero(SHORT);
        sum01 = ShortVector.zero(SHORT);
        sum10 = ShortVector.zero(SHORT);
        sum11 = ShortVector.zero(SHORT);
      }
    }
    all00 = all00.add(sum00.reinterpretAsInts());
    odd00 = odd00.add(sum00.reinterpretAsInts().lanewise(VectorOperators.LSHR, 16));
    all01 = all01.add(sum01.reinterpretAsInts());
    odd01 = odd01.add(sum01.reinterpretAsInts().lanewise(VectorOperators.LSHR, 16));
    all10 = all10.add(sum10.reinterpretAsInts());
    odd10 = odd10.add(sum10.reinterpretAsInts().lanewise(VectorOperators.LSHR, 16));
    all11 = all11.add(sum11.reinterpretAsInts());
    odd11 = odd11.add(sum11.reinterpretAsInts().lanewise(VectorOperators.LSHR, 16));
    all00.add(IntVector.fromArray(INT, sums, sumsAt)).intoArray(sums, sumsAt);
    odd00.add(IntVector.fromArray(INT, sums, sumsAt + LANES)).intoArray(sums, sumsAt + LANES);
    all10
        .add(IntVector.fromArray(INT, sums, sumsAt + 2 * LANES))
        .intoArray(sums, sumsAt + 2 * LANES);
    odd10
        .add(IntVector.fromArray(INT, sums, sumsAt + 3 * LANES))
        .intoArray(sums, sumsAt + 3 * LANES);
    int sums1 = sumsAt + setSums;
    all01.add(IntVector.fromArray(INT, sums, sums1)).intoArray(sums, sums1);
    odd01.add(IntVector.fromArray(INT, sums, sums1 + LANES)).intoArray(sums, sums1 + LANES);
    all11.add(IntVector.fromArray(INT, sums, sums1 + 2 * LANES)).intoArray(sums, sums1 + 2 * LANES);
    odd11.add(IntVector.fromArray(INT, sums, sums1 + 3 * LANES)).intoArray(sums, sums1 + 3 * LANES);
  }

  @Override
  public void add2x4(
      MemorySegment words,
      long wordsAt,
      MemorySegment tables,
      long tablesAt,
      long setBytes,
      int count,
      int period,
      short[] full,
      int[] sums,
      int sumsAt,
      int setSums) {
    ShortVector sum00 = ShortVector.zero(SHORT);
    ShortVector sum01 = ShortVector.zero(SHORT);
    ShortVector sum02 = ShortVector.zero(SHORT);
    ShortVector sum03 = ShortVector.zero(SHORT);
    ShortVector sum10 = ShortVector.zero(SHORT);
    ShortVector sum11 = ShortVector.zero(SHORT);
    ShortVector sum12 = ShortVector.zero(SHORT);
    ShortVector sum13 = ShortVector.zero(SHORT);
    int left = period;
    for (int word = 0; word < count; word++) {
      long at = wordsAt + word * 2L * BYTES;
      long table = tablesAt + word * WORD_TABLES;
      ShortVector word0 = ShortVector.fromMemorySegment(SHORT, words, at, nativeOrder());
      ShortVector word1 = ShortVector.fromMemorySegment(SHORT, words, at + BYTES, nativeOrder());
      ShortVector index0 = word0;
      ShortVector index1 = word1;
      ShortVector entries = ShortVector.fromMemorySegment(SHORT, tables, table, nativeOrder());
      sum00 = sum00.add(index0.selectFrom(entries));
      sum10 = sum10.add(index1.selectFrom(entries));
      entries = ShortVector.fromMemorySegment(SHORT, tables, table + setBytes, nativeOrder());
      sum01 = sum01.add(index0.selectFrom(entries));
      sum11 = sum11.add(index1.selectFrom(entries));
      entries = ShortVector.fromMemorySegment(SHORT, tables, table + 2 * setBytes, nativeOrder());
      sum02 = sum02.add(index0.selectFrom(entries));
      sum12 = sum12.add(index1.selectFrom(entries));
      entries = ShortVector.fromMemorySegment(SHORT, tables, table + 3 * setBytes, nativeOrder());
      sum03 = sum03.add(index0.selectFrom(entries));
      sum13 = sum13.add(index1.selectFrom(entries));
      index0 = word0.lanewise(VectorOperators.LSHR, COLUMNS);
      index1 = word1.lanewise(VectorOperators.LSHR, COLUMNS);
      entries = ShortVector.fromMemorySegment(SHORT, tables, table + BYTES, nativeOrder());
      sum00 = sum00.add(index0.selectFrom(entries));
      sum10 = sum10.add(index1.selectFrom(entries));
      entries =
          ShortVector.fromMemorySegment(SHORT, tables, table + setBytes + BYTES, nativeOrder());
      sum01 = sum01.add(index0.selectFrom(entries));
      sum11 = sum11.add(index1.selectFrom(entries));
      entries =
          ShortVector.fromMemorySegment(SHORT, tables, table + 2 * setBytes + BYTES, nativeOrder());
      sum02 = sum02.add(index0.selectFrom(entries));
      sum12 = sum12.add(index1.selectFrom(entries));
      entries =
          ShortVector.fromMemorySegment(SHORT, tables, table + 3 * setBytes + BYTES, nativeOrder());
      sum03 = sum03.add(index0.selectFrom(entries));
      sum13 = sum13.add(index1.selectFrom(entries));
      index0 = word0.lanewise(VectorOperators.LSHR, 2L * COLUMNS);
      index1 = word1.lanewise(VectorOperators.LSHR, 2L * COLUMNS);
      entries = ShortVector.fromMemorySegment(SHORT, tables, table + 2 * BYTES, nativeOrder());
      sum00 = sum00.add(index0.selectFrom(entries));
      sum10 = sum10.add(index1.selectFrom(entries));
      entries =
          ShortVector.fromMemorySegment(SHORT, tables, table + setBytes + 2 * BYTES, nativeOrder());
      sum01 = sum01.add(index0.selectFrom(entries));
      sum11 = sum11.add(index1.selectFrom(entries));
      entries =
          ShortVector.fromMemorySegment(
              SHORT, tables, table + 2 * setBytes + 2 * BYTES, nativeOrder());
      sum02 = sum02.add(index0.selectFrom(entries));
      sum12 = sum12.add(index1.selectFrom(entries));
      entries =
          ShortVector.fromMemorySegment(
              SHORT, tables, table + 3 * setBytes + 2 * BYTES, nativeOrder());
      sum03 = sum03.add(index0.selectFrom(entries));
      sum13 = sum13.add(index1.selectFrom(entries));
      if (LOOKUPS > 3) {
        index0 = word0.lanewise(VectorOperators.LSHR, 3L * COLUMNS);
        index1 = word1.lanewise(VectorOperators.LSHR, 3L * COLUMNS);
        entries = ShortVector.fromMemorySegment(SHORT, tables, table + 3 * BYTES, nativeOrder());
        sum00 = sum00.add(index0.selectFrom(entries));
        sum10 = sum10.add(index1.selectFrom(entries));
        entries =
            ShortVector.fromMemorySegment(
                SHORT, tables, table + setBytes + 3 * BYTES, nativeOrder());
        sum01 = sum01.add(index0.selectFrom(entries));
        sum11 = sum11.add(index1.selectFrom(entries));
        entries =
            ShortVector.fromMemorySegment(
                SHORT, tables, table + 2 * setBytes + 3 * BYTES, nativeOrder());
        sum02 = sum02.add(index0.selectFrom(entries));
        sum12 = sum12.add(index1.selectFrom(entries));
        entries =
            ShortVector.fromMemorySegment(
                SHORT, tables, table + 3 * setBytes + 3 * BYTES, nativeOrder());
        sum03 = sum03.add(index0.selectFrom(entries));
        sum13 = sum13.add(index1.selectFrom(entries));
      }
      if (LOOKUPS > 4) {
        index0 = word0.lanewise(VectorOperators.LSHR, 4L * COLUMNS);
        index1 = word1.lanewise(VectorOperators.LSHR, 4L * COLUMNS);
        entries = ShortVector.fromMemorySegment(SHORT, tables, table + 4 * BYTES, nativeOrder());
        sum00 = sum00.add(index0.selectFrom(entries));
        sum10 = sum10.add(index1.selectFrom(entries));
        entries =
            ShortVector.fromMemorySegment(
                SHORT, tables, table + setBytes + 4 * BYTES, nativeOrder());
        sum01 = sum01.add(index0.selectFrom(entries));
        sum11 = sum11.add(index1.selectFrom(entries));
        entries =
            ShortVector.fromMemorySegment(
                SHORT, tables, table + 2 * setBytes + 4 * BYTES, nativeOrder());
        sum02 = sum02.add(index0.selectFrom(entries));
        sum12 = sum12.add(index1.selectFrom(entries));
        entries =
            ShortVector.fromMemorySegment(
                SHORT, tables, table + 3 * setBytes + 4 * BYTES, nativeOrder());
        sum03 = sum03.add(index0.selectFrom(entries));
        sum13 = sum13.add(index1.selectFrom(entries));
      }
      if (--left == 0 || word == count - 1) {
        left = period;
        sum00.intoArray(full, 0);
        sum10.intoArray(full, 2 * LANES);
        sum01.intoArray(full, 4 * LANES);
        sum11.intoArray(full, 6 * LANES);
        sum02.intoArray(full, 8 * LANES);
        sum12.intoArray(full, 10 * LANES);
        sum03.intoArray(full, 12 * LANES);
        sum13.intoArray(full, 14 * LANES);
        flush(full, sums, sumsAt, setSums);
        sum00 = ShortVector.zero(SHORT);
        sum01 = ShortVector.zero(SHORT);
        sum02 = ShortVector.zero(SHORT);
        sum03 = ShortVector.zero(SHORT);
        sum10 = ShortVector.zero(SHORT);
        sum11 = ShortVector.zero(SHORT);
        sum12 = ShortVector.zero(SHORT);
        sum13 = ShortVector.zero(SHORT);
      }
    }
  }

  /**
   * Adds the full 16-bit sums of four sets to {@code sums}.
   *
   * @param full as [set][2 panels][L]
   */
  private static void flush(short[] full, int[] sums, int sumsAt, int setSums) {
    for (int set = 0; set < LookupKernel.SETS; set++) {
      for (int panel = 0; panel < 2; panel++) {
        IntVector sum =
            ShortVector.fromArray(SHORT, full, (2 * set + panel) * 2 * LANES).reinterpretAsInts();
        int at = sumsAt + set * setSums + panel * 2 * LANES;
        sum.add(IntVector.fromArray(INT, sums, at)).intoArray(sums, at);
        sum.lanewise(VectorOperators.LSHR, 16)
            .add(IntVector.fromArray(INT, sums, at + LANES))
            .intoArray(sums, at + LANES);
      }
    }
  }

  @Override
  public void addSums(
      int[] sums,
      int lowAt,
      int highAt,
      int shift,
      int lowNegatives,
      int highNegatives,
      int coefficient,
      int count,
      double[] q,
      int qAt) {
    int halfLanes = HALF.length();
    DoubleVector factor = DoubleVector.broadcast(DOUBLE, coefficient);
    DoubleVector highFactor = DoubleVector.broadcast(DOUBLE, (double) coefficient * (1 << shift));
    // Rows 0 to LANES - 1 of a panel lie in even lanes of 16 bits, the others in odd lanes.
    for (int panel = 0; panel < count; panel += 2 * LANES) {
      for (int i = 0; i < LANES; i += halfLanes) {
        int at = qAt + panel + i;
        addPiece(sums, lowAt + panel + i, lowNegatives, factor, q, at);
        if (highAt != lowAt) {
          addPiece(sums, highAt + panel + i, highNegatives, highFactor, q, at);
        }
      }
    }
  }

  /** The sums of one piece and half a vector of even and of odd lanes. */
  private static void addPiece(
      int[] sums, int at, int negatives, DoubleVector factor, double[] q, int qAt) {
    IntVector odd = IntVector.fromArray(HALF, sums, at + LANES);
    IntVector even =
        IntVector.fromArray(HALF, sums, at).sub(odd.lanewise(VectorOperators.LSHL, 16));
    addTo(even.sub(negatives), factor, q, qAt);
    addTo(odd.sub(negatives), factor, q, qAt + LANES);
  }

  private static void addTo(IntVector sum, DoubleVector factor, double[] q, int at) {
    ((DoubleVector) sum.convertShape(VectorOperators.I2D, DOUBLE, 0))
        .mul(factor)
        .add(DoubleVector.fromArray(DOUBLE, q, at))
        .intoArray(q, at);
  }
}
