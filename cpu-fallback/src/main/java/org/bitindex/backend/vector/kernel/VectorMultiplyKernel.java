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
import org.bitindex.backend.Arithmetic;
import org.bitindex.internal.Confinement;
import org.bitindex.internal.VectorApi;

/**
 * {@link MultiplyKernel} at the width and bits of its class data: what they exclude is no code. The
 * columns of a step are written out, and call no helper of their own: the compiler stops inlining
 * late in a long method, and vectors that cross a call are allocated. For the same reason {@link
 * #multiply} is one method: too long to be inlined, it keeps its sums in registers. Words are
 * shifted as ints, whose shifts by a constant are instructions; a mask takes what comes across.
 */
final class VectorMultiplyKernel implements MultiplyKernel {
  private static final Kernels.Multiplies DATA =
      Objects.requireNonNullElse(
          VectorApi.classData(MethodHandles.lookup(), Kernels.Multiplies.class),
          Kernels.Multiplies.ORDINARY);
  private static final int BITS = DATA.bits();
  private static final VectorShape SHAPE = DATA.shape();
  private static final VectorSpecies<Short> SHORT = VectorSpecies.of(short.class, SHAPE);
  private static final VectorSpecies<Integer> INT = VectorSpecies.of(int.class, SHAPE);
  private static final VectorSpecies<Double> DOUBLE = VectorSpecies.of(double.class, SHAPE);
  private static final VectorSpecies<Integer> HALF =
      VectorSpecies.of(int.class, VectorShape.forBitSize(SHAPE.vectorBitSize() / 2));
  private static final int LANES = INT.length();
  private static final long BYTES = INT.vectorByteSize();
  private static final DigitFormat FORMAT = new DigitFormat(SHORT.length(), 0, BITS);

  /** A digit of two 16-bit lanes. */
  private static final int DIGITS = ((1 << BITS) - 1) * 0x10001;

  private static final int STEP_COLUMNS = FORMAT.stepColumns();

  /** Steps of a word. */
  private static final int WORD_STEPS = FORMAT.wordColumns() / STEP_COLUMNS;

  /** Bits of a step. */
  private static final long STEP_BITS = (long) STEP_COLUMNS * BITS;

  private static final long GROUP_BYTES = FORMAT.groupWords() * 2L * BYTES;

  /** Ints of a group's sums. */
  private static final int GROUP_SUMS = 4 * LANES;

  @Override
  public void add(
      MemorySegment words,
      long wordsAt,
      int[] pairs,
      int pairsAt,
      int columns,
      int groups,
      int period,
      int[] sums,
      int sumsAt) {
    for (int group = 0; group < groups; group++) {
      int first = group * Arithmetic.GROUP_COLUMNS;
      addGroup(
          words,
          wordsAt + group * GROUP_BYTES,
          pairs,
          pairsAt + first,
          Math.min(Arithmetic.GROUP_COLUMNS, columns - first),
          period,
          sums,
          sumsAt + group * GROUP_SUMS,
          sumsAt - 2 * LANES);
    }
  }

  private static void addGroup(
      MemorySegment words,
      long wordsAt,
      int[] pairs,
      int pairsAt,
      int columns,
      int period,
      int[] sums,
      int sumsAt,
      int workAt) {
    IntVector mask = IntVector.broadcast(INT, DIGITS);
    ShortVector zero = ShortVector.zero(SHORT);
    ShortVector sum0 = zero;
    ShortVector sum1 = zero;
    int left = period;
    int steps = (columns + STEP_COLUMNS - 1) / STEP_COLUMNS;
    for (int step = 0; step < steps; step++) {
      Confinement.requireShared(words);
      long at = wordsAt + step / WORD_STEPS * 2L * BYTES;
      int j = pairsAt + step * STEP_COLUMNS;
      IntVector word0 = IntVector.fromMemorySegment(INT, words, at, nativeOrder());
      IntVector word1 = IntVector.fromMemorySegment(INT, words, at + BYTES, nativeOrder());
      ShortVector digit0;
      ShortVector digit1;
      ShortVector x;
      if (WORD_STEPS > 1) {
        long skipped = step % WORD_STEPS * STEP_BITS;
        word0 = word0.lanewise(VectorOperators.LSHR, skipped);
        word1 = word1.lanewise(VectorOperators.LSHR, skipped);
      }
      digit0 = word0.and(mask).reinterpretAsShorts();
      digit1 = word1.and(mask).reinterpretAsShorts();
      x = IntVector.broadcast(INT, pairs[j]).reinterpretAsShorts();
      sum0 = sum0.add(digit0.mul(x));
      sum1 = sum1.add(digit1.mul(x));
      digit0 = word0.lanewise(VectorOperators.LSHR, BITS).and(mask).reinterpretAsShorts();
      digit1 = word1.lanewise(VectorOperators.LSHR, BITS).and(mask).reinterpretAsShorts();
      x = IntVector.broadcast(INT, pairs[j + 1]).reinterpretAsShorts();
      sum0 = sum0.add(digit0.mul(x));
      sum1 = sum1.add(digit1.mul(x));
      digit0 = word0.lanewise(VectorOperators.LSHR, 2L * BITS).and(mask).reinterpretAsShorts();
      digit1 = word1.lanewise(VectorOperators.LSHR, 2L * BITS).and(mask).reinterpretAsShorts();
      x = IntVector.broadcast(INT, pairs[j + 2]).reinterpretAsShorts();
      sum0 = sum0.add(digit0.mul(x));
      sum1 = sum1.add(digit1.mul(x));
      digit0 = word0.lanewise(VectorOperators.LSHR, 3L * BITS).and(mask).reinterpretAsShorts();
      digit1 = word1.lanewise(VectorOperators.LSHR, 3L * BITS).and(mask).reinterpretAsShorts();
      x = IntVector.broadcast(INT, pairs[j + 3]).reinterpretAsShorts();
      sum0 = sum0.add(digit0.mul(x));
      sum1 = sum1.add(digit1.mul(x));
      if (STEP_COLUMNS > 4) {
        digit0 = word0.lanewise(VectorOperators.LSHR, 4L * BITS).and(mask).reinterpretAsShorts();
        digit1 = word1.lanewise(VectorOperators.LSHR, 4L * BITS).and(mask).reinterpretAsShorts();
        x = IntVector.broadcast(INT, pairs[j + 4]).reinterpretAsShorts();
        sum0 = sum0.add(digit0.mul(x));
        sum1 = sum1.add(digit1.mul(x));
      }
      left--;
      if (left == 0 || step == steps - 1) {
        left = period;
        sum0.reinterpretAsInts().intoArray(sums, workAt);
        sum0 = zero;
        sum1.reinterpretAsInts().intoArray(sums, workAt + LANES);
        sum1 = zero;
        flush(2, sums, workAt, sumsAt);
      }
    }
  }

  /** Adds 16-bit sums, of even and of odd lanes, to a group's. */
  private static void flush(int vectors, int[] sums, int workAt, int sumsAt) {
    for (int i = 0; i < vectors; i++) {
      int at = sumsAt + i * 2 * LANES;
      IntVector both = IntVector.fromArray(INT, sums, workAt + i * LANES);
      both.lanewise(VectorOperators.LSHL, Short.SIZE)
          .lanewise(VectorOperators.ASHR, Short.SIZE)
          .add(IntVector.fromArray(INT, sums, at))
          .intoArray(sums, at);
      both.lanewise(VectorOperators.ASHR, Short.SIZE)
          .add(IntVector.fromArray(INT, sums, at + LANES))
          .intoArray(sums, at + LANES);
    }
  }

  @Override
  public void unpack(
      MemorySegment words, long wordsAt, int columns, int shift, int lowest, short[] weights) {
    IntVector mask = IntVector.broadcast(INT, DIGITS);
    ShortVector least = ShortVector.broadcast(SHORT, (short) lowest);
    int count = (columns + FORMAT.wordColumns() - 1) / FORMAT.wordColumns();
    for (int word = 0; word < count; word++) {
      Confinement.requireShared(words);
      long at = wordsAt + word * 2L * BYTES;
      IntVector word0 = IntVector.fromMemorySegment(INT, words, at, nativeOrder());
      IntVector word1 = IntVector.fromMemorySegment(INT, words, at + BYTES, nativeOrder());
      for (int i = 0; i < FORMAT.wordColumns(); i++) {
        int to = (word * FORMAT.wordColumns() + i) * 4 * LANES;
        word0
            .and(mask)
            .lanewise(VectorOperators.LSHL, shift)
            .reinterpretAsShorts()
            .add(least)
            .intoArray(weights, to);
        word1
            .and(mask)
            .lanewise(VectorOperators.LSHL, shift)
            .reinterpretAsShorts()
            .add(least)
            .intoArray(weights, to + 2 * LANES);
        word0 = word0.lanewise(VectorOperators.LSHR, BITS);
        word1 = word1.lanewise(VectorOperators.LSHR, BITS);
      }
    }
  }

  @Override
  public void unpackMore(
      MemorySegment words, long wordsAt, int columns, int shift, short[] weights) {
    IntVector mask = IntVector.broadcast(INT, DIGITS);
    int count = (columns + FORMAT.wordColumns() - 1) / FORMAT.wordColumns();
    for (int word = 0; word < count; word++) {
      Confinement.requireShared(words);
      long at = wordsAt + word * 2L * BYTES;
      IntVector word0 = IntVector.fromMemorySegment(INT, words, at, nativeOrder());
      IntVector word1 = IntVector.fromMemorySegment(INT, words, at + BYTES, nativeOrder());
      for (int i = 0; i < FORMAT.wordColumns(); i++) {
        int to = (word * FORMAT.wordColumns() + i) * 4 * LANES;
        word0
            .and(mask)
            .lanewise(VectorOperators.LSHL, shift)
            .reinterpretAsShorts()
            .add(ShortVector.fromArray(SHORT, weights, to))
            .intoArray(weights, to);
        word1
            .and(mask)
            .lanewise(VectorOperators.LSHL, shift)
            .reinterpretAsShorts()
            .add(ShortVector.fromArray(SHORT, weights, to + 2 * LANES))
            .intoArray(weights, to + 2 * LANES);
        word0 = word0.lanewise(VectorOperators.LSHR, BITS);
        word1 = word1.lanewise(VectorOperators.LSHR, BITS);
      }
    }
  }

  @Override
  public void multiply(
      short[] weights,
      int[] pairs,
      int pairsAt,
      int stride,
      int columns,
      int period,
      int[] shifts,
      int shiftsAt,
      int[] sums,
      int sumsAt) {
    IntVector high = IntVector.broadcast(INT, 0xffff0000);
    int right0 = Short.SIZE - shifts[shiftsAt];
    int right1 = Short.SIZE - shifts[shiftsAt + 1];
    int right2 = Short.SIZE - shifts[shiftsAt + 2];
    int right3 = Short.SIZE - shifts[shiftsAt + 3];
    int at1 = pairsAt + stride;
    int at2 = at1 + stride;
    int at3 = at2 + stride;
    for (int from = 0; from < columns; from += period) {
      int end = Math.min(columns, from + period);
      ShortVector zero = ShortVector.zero(SHORT);
      ShortVector sum00 = zero;
      ShortVector sum01 = zero;
      ShortVector sum10 = zero;
      ShortVector sum11 = zero;
      ShortVector sum20 = zero;
      ShortVector sum21 = zero;
      ShortVector sum30 = zero;
      ShortVector sum31 = zero;
      for (int j = from; j < end; j++) {
        ShortVector weight0 = ShortVector.fromArray(SHORT, weights, j * 4 * LANES);
        ShortVector weight1 = ShortVector.fromArray(SHORT, weights, j * 4 * LANES + 2 * LANES);
        ShortVector x = IntVector.broadcast(INT, pairs[pairsAt + j]).reinterpretAsShorts();
        sum00 = sum00.add(weight0.mul(x));
        sum01 = sum01.add(weight1.mul(x));
        x = IntVector.broadcast(INT, pairs[at1 + j]).reinterpretAsShorts();
        sum10 = sum10.add(weight0.mul(x));
        sum11 = sum11.add(weight1.mul(x));
        x = IntVector.broadcast(INT, pairs[at2 + j]).reinterpretAsShorts();
        sum20 = sum20.add(weight0.mul(x));
        sum21 = sum21.add(weight1.mul(x));
        x = IntVector.broadcast(INT, pairs[at3 + j]).reinterpretAsShorts();
        sum30 = sum30.add(weight0.mul(x));
        sum31 = sum31.add(weight1.mul(x));
      }
      IntVector both = sum00.reinterpretAsInts();
      both.lanewise(VectorOperators.LSHL, Short.SIZE)
          .lanewise(VectorOperators.ASHR, right0)
          .add(IntVector.fromArray(INT, sums, sumsAt))
          .intoArray(sums, sumsAt);
      both.and(high)
          .lanewise(VectorOperators.ASHR, right0)
          .add(IntVector.fromArray(INT, sums, sumsAt + LANES))
          .intoArray(sums, sumsAt + LANES);
      both = sum01.reinterpretAsInts();
      both.lanewise(VectorOperators.LSHL, Short.SIZE)
          .lanewise(VectorOperators.ASHR, right0)
          .add(IntVector.fromArray(INT, sums, sumsAt + 2 * LANES))
          .intoArray(sums, sumsAt + 2 * LANES);
      both.and(high)
          .lanewise(VectorOperators.ASHR, right0)
          .add(IntVector.fromArray(INT, sums, sumsAt + 3 * LANES))
          .intoArray(sums, sumsAt + 3 * LANES);
      both = sum10.reinterpretAsInts();
      both.lanewise(VectorOperators.LSHL, Short.SIZE)
          .lanewise(VectorOperators.ASHR, right1)
          .add(IntVector.fromArray(INT, sums, sumsAt + 4 * LANES))
          .intoArray(sums, sumsAt + 4 * LANES);
      both.and(high)
          .lanewise(VectorOperators.ASHR, right1)
          .add(IntVector.fromArray(INT, sums, sumsAt + 5 * LANES))
          .intoArray(sums, sumsAt + 5 * LANES);
      both = sum11.reinterpretAsInts();
      both.lanewise(VectorOperators.LSHL, Short.SIZE)
          .lanewise(VectorOperators.ASHR, right1)
          .add(IntVector.fromArray(INT, sums, sumsAt + 6 * LANES))
          .intoArray(sums, sumsAt + 6 * LANES);
      both.and(high)
          .lanewise(VectorOperators.ASHR, right1)
          .add(IntVector.fromArray(INT, sums, sumsAt + 7 * LANES))
          .intoArray(sums, sumsAt + 7 * LANES);
      both = sum20.reinterpretAsInts();
      both.lanewise(VectorOperators.LSHL, Short.SIZE)
          .lanewise(VectorOperators.ASHR, right2)
          .add(IntVector.fromArray(INT, sums, sumsAt + 8 * LANES))
          .intoArray(sums, sumsAt + 8 * LANES);
      both.and(high)
          .lanewise(VectorOperators.ASHR, right2)
          .add(IntVector.fromArray(INT, sums, sumsAt + 9 * LANES))
          .intoArray(sums, sumsAt + 9 * LANES);
      both = sum21.reinterpretAsInts();
      both.lanewise(VectorOperators.LSHL, Short.SIZE)
          .lanewise(VectorOperators.ASHR, right2)
          .add(IntVector.fromArray(INT, sums, sumsAt + 10 * LANES))
          .intoArray(sums, sumsAt + 10 * LANES);
      both.and(high)
          .lanewise(VectorOperators.ASHR, right2)
          .add(IntVector.fromArray(INT, sums, sumsAt + 11 * LANES))
          .intoArray(sums, sumsAt + 11 * LANES);
      both = sum30.reinterpretAsInts();
      both.lanewise(VectorOperators.LSHL, Short.SIZE)
          .lanewise(VectorOperators.ASHR, right3)
          .add(IntVector.fromArray(INT, sums, sumsAt + 12 * LANES))
          .intoArray(sums, sumsAt + 12 * LANES);
      both.and(high)
          .lanewise(VectorOperators.ASHR, right3)
          .add(IntVector.fromArray(INT, sums, sumsAt + 13 * LANES))
          .intoArray(sums, sumsAt + 13 * LANES);
      both = sum31.reinterpretAsInts();
      both.lanewise(VectorOperators.LSHL, Short.SIZE)
          .lanewise(VectorOperators.ASHR, right3)
          .add(IntVector.fromArray(INT, sums, sumsAt + 14 * LANES))
          .intoArray(sums, sumsAt + 14 * LANES);
      both.and(high)
          .lanewise(VectorOperators.ASHR, right3)
          .add(IntVector.fromArray(INT, sums, sumsAt + 15 * LANES))
          .intoArray(sums, sumsAt + 15 * LANES);
    }
  }

  @Override
  public void addSums(int[] sums, int sumsAt, int groups, double[] factors, double[] q, int qAt) {
    for (int i = 0; i < 4 * LANES; i += HALF.length()) {
      DoubleVector total = DoubleVector.fromArray(DOUBLE, q, qAt + i);
      for (int group = 0; group < groups; group++) {
        IntVector sum = IntVector.fromArray(HALF, sums, sumsAt + group * GROUP_SUMS + i);
        DoubleVector factor = DoubleVector.broadcast(DOUBLE, factors[group]);
        total =
            ((DoubleVector) sum.convertShape(VectorOperators.I2D, DOUBLE, 0))
                .mul(factor)
                .add(total);
      }
      total.intoArray(q, qAt + i);
    }
  }
}
