package org.bitindex.backend.vector.kernel;

import static java.nio.ByteOrder.nativeOrder;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;
import org.bitindex.internal.Confinement;
import org.bitindex.internal.VectorApi;

/** {@link ActivationKernel} at the width of its class data. */
final class VectorActivationKernel implements ActivationKernel {
  private static final VectorShape SHAPE = VectorApi.shape(MethodHandles.lookup());
  private static final VectorSpecies<Integer> INT = VectorSpecies.of(int.class, SHAPE);
  private static final VectorSpecies<Float> FLOAT = VectorSpecies.of(float.class, SHAPE);
  private static final VectorSpecies<Short> SHORT = VectorSpecies.of(short.class, SHAPE);
  private static final VectorSpecies<Short> HALF =
      VectorSpecies.of(short.class, VectorShape.forBitSize(SHAPE.vectorBitSize() / 2));
  private static final int LANES = INT.length();
  private static final int BYTES = INT.vectorByteSize();

  /** 2^23: floats from here up to 2^24 are the integers, so adding it rounds to nearest even. */
  private static final float ROUNDER = 0x1p23f;

  /** Columns of a table. */
  private static final int COLUMNS = Integer.numberOfTrailingZeros(SHORT.length());

  /** Tables of a word. */
  private static final int LOOKUPS = Short.SIZE / COLUMNS;

  // PART_c takes lane c (the positive part of column c) into the entries that have bit c, and lane
  // COLUMNS + c (its negative part) into the others.
  private static final VectorShuffle<Short> PART_0 = part(0);
  private static final VectorShuffle<Short> PART_1 = part(1);
  private static final VectorShuffle<Short> PART_2 = part(2);
  private static final VectorShuffle<Short> PART_3 = part(3);
  private static final VectorShuffle<Short> PART_4 = part(4);
  private static final VectorMask<Short> NEGATIVE =
      VectorMask.fromLong(SHORT, ((1L << COLUMNS) - 1) << COLUMNS);

  private static VectorShuffle<Short> part(int column) {
    int c = Math.min(column, COLUMNS - 1);
    return VectorShuffle.fromOp(SHORT, e -> (e >> c & 1) != 0 ? c : COLUMNS + c);
  }

  /** Columns of a table of ternary weights. */
  private static final int TERNARY_COLUMNS = 3;

  // The same for digits to the base 3, which take the positive part twice, once or not at all.
  private static final VectorShuffle<Short> ONE_0 = ternaryPart(0, 1);
  private static final VectorShuffle<Short> TWO_0 = ternaryPart(0, 2);
  private static final VectorShuffle<Short> ONE_1 = ternaryPart(1, 1);
  private static final VectorShuffle<Short> TWO_1 = ternaryPart(1, 2);
  private static final VectorShuffle<Short> ONE_2 = ternaryPart(2, 1);
  private static final VectorShuffle<Short> TWO_2 = ternaryPart(2, 2);
  private static final VectorMask<Short> TERNARY_NEGATIVE =
      VectorMask.fromLong(SHORT, ((1L << TERNARY_COLUMNS) - 1) << TERNARY_COLUMNS);

  private static VectorShuffle<Short> ternaryPart(int column, int least) {
    int power = column == 0 ? 1 : column == 1 ? 3 : 9;
    return VectorShuffle.fromOp(
        SHORT, e -> e / power % 3 >= least ? column : TERNARY_COLUMNS + column);
  }

  @Override
  public float maxMagnitude(float[] x, int offset, int count) {
    // Magnitudes order as their bits do, NaN and infinity above the others.
    IntVector max = IntVector.zero(INT);
    IntVector magnitudeBits = IntVector.broadcast(INT, 0x7fffffff);
    int bound = INT.loopBound(count);
    for (int j = 0; j < bound; j += LANES) {
      max =
          max.max(
              FloatVector.fromArray(FLOAT, x, offset + j).reinterpretAsInts().and(magnitudeBits));
    }
    int result = max.reduceLanes(VectorOperators.MAX);
    for (int j = bound; j < count; j++) {
      result = Math.max(result, Float.floatToRawIntBits(x[offset + j]) & 0x7fffffff);
    }
    float magnitude = Float.intBitsToFloat(result);
    return Float.isFinite(magnitude) ? magnitude : Float.NaN;
  }

  @Override
  public int quantize(
      float[] x,
      int offset,
      int count,
      int exponent,
      int shift,
      int[] integers,
      int target,
      int[] magnitudes,
      int magnitudesAt) {
    // In two halves, because 2^s itself may be out of range; each product is exact or rounds to 0.
    float first = Math.scalb(1f, exponent >> 1);
    float second = Math.scalb(1f, exponent - (exponent >> 1));
    int bound = FLOAT.loopBound(count);
    IntVector sum = IntVector.zero(INT);
    IntVector sumOfMagnitudes = IntVector.zero(INT);
    FloatVector firsts = FloatVector.broadcast(FLOAT, first);
    FloatVector seconds = FloatVector.broadcast(FLOAT, second);
    FloatVector rounder = FloatVector.broadcast(FLOAT, ROUNDER);
    FloatVector zero = FloatVector.zero(FLOAT);
    for (int j = 0; j < bound; j += LANES) {
      FloatVector value = FloatVector.fromArray(FLOAT, x, offset + j).mul(firsts).mul(seconds);
      FloatVector rounded = value.abs().add(rounder).sub(rounder);
      IntVector magnitude = (IntVector) rounded.convertShape(VectorOperators.F2I, INT, 0);
      IntVector integer =
          magnitude
              .lanewise(VectorOperators.NEG, value.lt(zero).cast(INT))
              .lanewise(VectorOperators.LSHL, shift);
      integer.intoArray(integers, target + j);
      sum = sum.add(integer);
      sumOfMagnitudes = sumOfMagnitudes.add(magnitude);
    }
    int result = sum.reduceLanes(VectorOperators.ADD);
    int all = sumOfMagnitudes.reduceLanes(VectorOperators.ADD);
    for (int j = bound; j < count; j++) {
      float value = x[offset + j] * first * second;
      int magnitude = (int) (Math.abs(value) + ROUNDER - ROUNDER);
      all += magnitude;
      magnitude <<= shift;
      integers[target + j] = value < 0 ? -magnitude : magnitude;
      result += integers[target + j];
    }
    magnitudes[magnitudesAt] = all;
    return result;
  }

  @Override
  public int split(
      int[] integers,
      int offset,
      int count,
      int shift,
      int largest,
      boolean lower,
      short[] parts,
      int negativesAt) {
    IntVector negatives = IntVector.zero(INT);
    IntVector zero = IntVector.zero(INT);
    for (int j = 0; j < count; j += LANES) {
      IntVector integer = IntVector.fromArray(INT, integers, offset + j);
      IntVector piece = upper(integer, shift, largest);
      if (lower) {
        piece = integer.sub(piece.lanewise(VectorOperators.LSHL, shift));
      }
      if (j + LANES > count) {
        piece = zero.blend(piece, INT.indexInRange(j, count));
      }
      IntVector positive = piece.max(zero);
      IntVector negative = positive.sub(piece);
      negatives = negatives.add(negative);
      ((ShortVector) positive.convertShape(VectorOperators.I2S, HALF, 0)).intoArray(parts, j);
      ((ShortVector) negative.convertShape(VectorOperators.I2S, HALF, 0))
          .intoArray(parts, negativesAt + j);
    }
    return negatives.reduceLanes(VectorOperators.ADD);
  }

  private static IntVector upper(IntVector integer, int shift, int largest) {
    return integer
        .add(1 << shift >> 1)
        .lanewise(VectorOperators.ASHR, shift)
        .min(largest)
        .max(-largest);
  }

  @Override
  public void magnitudes(
      int[] integers,
      int offset,
      int words,
      int shift,
      int largest,
      int[] sums,
      int lowersAt,
      int uppersAt) {
    for (int word = 0; word < words; word++) {
      IntVector lowers = IntVector.zero(INT);
      IntVector uppers = IntVector.zero(INT);
      int from = offset + word * LOOKUPS * COLUMNS;
      for (int j = from; j < from + LOOKUPS * COLUMNS; j += LANES) {
        IntVector integer = IntVector.fromArray(INT, integers, j);
        IntVector upper = upper(integer, shift, largest);
        lowers = lowers.add(integer.sub(upper.lanewise(VectorOperators.LSHL, shift)).abs());
        uppers = uppers.add(upper.abs());
      }
      sums[lowersAt + word] = lowers.reduceLanes(VectorOperators.ADD);
      sums[uppersAt + word] = uppers.reduceLanes(VectorOperators.ADD);
    }
  }

  @Override
  public void tables(
      short[] parts, int negativesAt, int count, MemorySegment tables, long offset, long skip) {
    int lookup = 0;
    long at = offset;
    for (int j = 0; j < count; j += COLUMNS) {
      Confinement.requireShared(tables);
      ShortVector v =
          ShortVector.fromArray(SHORT, parts, j)
              .blend(ShortVector.fromArray(SHORT, parts, negativesAt + j - COLUMNS), NEGATIVE);
      ShortVector sum = v.rearrange(PART_0).add(v.rearrange(PART_1)).add(v.rearrange(PART_2));
      if (COLUMNS > 3) {
        sum = sum.add(v.rearrange(PART_3));
      }
      if (COLUMNS > 4) {
        sum = sum.add(v.rearrange(PART_4));
      }
      sum.intoMemorySegment(tables, at, nativeOrder());
      at += BYTES;
      if (++lookup == LOOKUPS) {
        lookup = 0;
        at += skip;
      }
    }
  }

  @Override
  public void ternaryTables(
      short[] parts, int negativesAt, int count, MemorySegment tables, long offset, long skip) {
    int lookup = 0;
    long at = offset;
    for (int j = 0; j < count; j += TERNARY_COLUMNS) {
      Confinement.requireShared(tables);
      int before = negativesAt + j - TERNARY_COLUMNS;
      ShortVector v =
          ShortVector.fromArray(SHORT, parts, j)
              .blend(ShortVector.fromArray(SHORT, parts, before), TERNARY_NEGATIVE);
      ShortVector first = v.rearrange(ONE_0).add(v.rearrange(TWO_0));
      ShortVector second = v.rearrange(ONE_1).add(v.rearrange(TWO_1));
      ShortVector third = v.rearrange(ONE_2).add(v.rearrange(TWO_2));
      first.add(second).add(third).intoMemorySegment(tables, at, nativeOrder());
      at += BYTES;
      if (++lookup == LOOKUPS) {
        lookup = 0;
        at += skip;
      }
    }
  }
}
