package org.bitindex.encode;

import java.lang.invoke.MethodHandles;
import java.util.Arrays;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import org.bitindex.code.Quantizer;
import org.bitindex.internal.VectorApi;
import org.bitindex.layout.BitMatrix;

/** The twin of {@link ScalarEncodeKernel} with SIMD instructions of one width. */
final class VectorEncodeKernel implements EncodeKernel {
  private static final VectorShape SHAPE = VectorApi.shape(MethodHandles.lookup());
  private static final VectorShape HALF_SHAPE = VectorShape.forBitSize(SHAPE.vectorBitSize() / 2);
  private static final VectorSpecies<Integer> INT = VectorSpecies.of(int.class, SHAPE);
  private static final VectorSpecies<Float> FLOAT = VectorSpecies.of(float.class, SHAPE);
  private static final VectorSpecies<Double> DOUBLE = VectorSpecies.of(double.class, SHAPE);
  private static final VectorSpecies<Integer> HALF_INT = VectorSpecies.of(int.class, HALF_SHAPE);
  private static final VectorSpecies<Float> HALF_FLOAT = VectorSpecies.of(float.class, HALF_SHAPE);
  private static final int LANES = INT.length();
  private static final int DOUBLE_LANES = DOUBLE.length();

  /** 2^23: floats from here up to 2^24 are the integers, so adding it rounds to nearest. */
  private static final float ROUNDER = 0x1p23f;

  private static final int ROUNDER_BITS = Float.floatToRawIntBits(ROUNDER);

  private static final int INFINITY_BITS = Float.floatToRawIntBits(Float.POSITIVE_INFINITY);

  /** With fewer thresholds, comparing with each of them is as fast. */
  private static final int LEAST_GRID = 4;

  @Override
  public Range range(float[] row, int columns) {
    // As integers whose order is that of the floats, in which NaNs lie beyond the infinities.
    IntVector least = IntVector.broadcast(INT, orderedBits(Float.POSITIVE_INFINITY));
    IntVector greatest = IntVector.broadcast(INT, orderedBits(Float.NEGATIVE_INFINITY));
    int bound = INT.loopBound(columns);
    for (int j = 0; j < bound; j += LANES) {
      IntVector bits = FloatVector.fromArray(FLOAT, row, j).reinterpretAsInts();
      IntVector flip = bits.lanewise(VectorOperators.ASHR, 31).lanewise(VectorOperators.LSHR, 1);
      IntVector ordered = bits.lanewise(VectorOperators.XOR, flip);
      least = least.min(ordered);
      greatest = greatest.max(ordered);
    }
    int min = least.reduceLanes(VectorOperators.MIN);
    int max = greatest.reduceLanes(VectorOperators.MAX);
    for (int j = bound; j < columns; j++) {
      int ordered = orderedBits(row[j]);
      min = Math.min(min, ordered);
      max = Math.max(max, ordered);
    }
    return new Range(ofOrderedBits(min), ofOrderedBits(max));
  }

  private static int orderedBits(float value) {
    int bits = Float.floatToRawIntBits(value);
    return bits ^ (bits >> 31 >>> 1);
  }

  /** The inverse of {@link #orderedBits}, which is its own. */
  private static float ofOrderedBits(int ordered) {
    return Float.intBitsToFloat(ordered ^ (ordered >> 31 >>> 1));
  }

  @Override
  public void quantize(Quantizer quantizer, float[] row, int columns, int[] integers) {
    float[] thresholds = quantizer.thresholds();
    UniformGrid grid = thresholds.length < LEAST_GRID ? null : UniformGrid.of(thresholds);
    if (grid == null) {
      compare(thresholds, quantizer.lowest(), row, columns, integers);
    } else {
      guess(grid, thresholds, quantizer.lowest(), row, columns, integers);
    }
    Arrays.fill(integers, columns, BitMatrix.wordsPerRow(columns) * Long.SIZE, 0);
  }

  private static void compare(
      float[] thresholds, int lowest, float[] row, int columns, int[] integers) {
    Arrays.fill(integers, 0, columns, lowest);
    for (float threshold : thresholds) {
      increment(threshold, row, columns, integers);
    }
  }

  /** Adds one where the weight is at least {@code threshold}. */
  private static void increment(float threshold, float[] row, int columns, int[] integers) {
    for (int j = 0; j < columns; j += LANES) {
      VectorMask<Integer> above =
          FloatVector.fromArray(FLOAT, row, j).compare(VectorOperators.GE, threshold).cast(INT);
      IntVector.fromArray(INT, integers, j).add(1, above).intoArray(integers, j);
    }
  }

  /** lowest + the number of thresholds that are at most w. */
  private static IntVector count(FloatVector w, float[] thresholds, int lowest) {
    IntVector q = IntVector.broadcast(INT, lowest);
    for (float threshold : thresholds) {
      q = q.add(1, w.compare(VectorOperators.GE, threshold).cast(INT));
    }
    return q;
  }

  private static void guess(
      UniformGrid grid, float[] thresholds, int lowest, float[] row, int columns, int[] integers) {
    int last = ROUNDER_BITS + thresholds.length;
    for (int j = 0; j < columns; j += LANES) {
      FloatVector w = FloatVector.fromArray(FLOAT, row, j);
      FloatVector position = w.sub(grid.origin()).mul(grid.inverseStep());
      FloatVector rounded = position.add(ROUNDER);
      FloatVector distance = position.sub(rounded.sub(ROUNDER)).abs();
      // Beyond the grid the bits of the sum are below or above those of its ends.
      IntVector q = rounded.reinterpretAsInts().max(ROUNDER_BITS).min(last);
      if (distance.compare(VectorOperators.GT, UniformGrid.CLEAR_DISTANCE).anyTrue()) {
        q = count(w, thresholds, ROUNDER_BITS);
      }
      q.add(lowest - ROUNDER_BITS).intoArray(integers, j);
    }
  }

  @Override
  public void plane(int coefficient, int[] integers, int columns, long[] words) {
    int wordCount = BitMatrix.wordsPerRow(columns);
    int sign = coefficient >> 31;
    int bit = Math.abs(coefficient);
    // The bit is set and the number is not negative.
    int bitAndSign = bit | Integer.MIN_VALUE;
    for (int w = 0; w < wordCount; w++) {
      long word = 0;
      for (int j = 0; j < Long.SIZE; j += LANES) {
        IntVector q = IntVector.fromArray(INT, integers, w * Long.SIZE + j);
        // Two's complement: flipping all bits and adding one negates.
        IntVector part = q.lanewise(VectorOperators.XOR, sign).sub(sign);
        word |= part.and(bitAndSign).compare(VectorOperators.EQ, bit).toLong() << j;
      }
      words[w] = word;
    }
  }

  @Override
  public boolean atLeast(float threshold, float[] row, int columns, long[] words) {
    int wordCount = BitMatrix.wordsPerRow(columns);
    // The bits of |w|, which grow with it; those of infinities and NaNs are the greatest.
    IntVector greatest = IntVector.zero(INT);
    for (int w = 0; w < wordCount; w++) {
      long word = 0;
      for (int j = 0; j < Long.SIZE; j += LANES) {
        FloatVector weights = FloatVector.fromArray(FLOAT, row, w * Long.SIZE + j);
        word |= weights.compare(VectorOperators.GE, threshold).toLong() << j;
        greatest = greatest.max(weights.reinterpretAsInts().and(Integer.MAX_VALUE));
      }
      words[w] = word;
    }
    if (columns % Long.SIZE != 0) {
      words[wordCount - 1] &= -1L >>> -columns;
    }
    return greatest.reduceLanes(VectorOperators.MAX) < INFINITY_BITS;
  }

  @Override
  public double dot(int[] integers, float[] row, int columns) {
    double[] sums = new double[8];
    for (int part = 0; part < sums.length; part += DOUBLE_LANES) {
      DoubleVector sum = DoubleVector.zero(DOUBLE);
      for (int j = part; j < columns; j += sums.length) {
        sum = toDouble(integers, j).fma(toDouble(row, j), sum);
      }
      sum.intoArray(sums, part);
    }
    return ScalarEncodeKernel.add(sums);
  }

  private static DoubleVector toDouble(float[] values, int at) {
    return (DoubleVector)
        FloatVector.fromArray(HALF_FLOAT, values, at).convertShape(VectorOperators.F2D, DOUBLE, 0);
  }

  private static DoubleVector toDouble(int[] values, int at) {
    return (DoubleVector)
        IntVector.fromArray(HALF_INT, values, at).convertShape(VectorOperators.I2D, DOUBLE, 0);
  }
}
