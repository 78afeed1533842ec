package org.bitindex.backend;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.bitindex.code.Code;
import org.bitindex.layout.BitMatrix;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.PlaneBuilder;
import org.bitindex.matrix.RowValues;

/** Seeded weights and samples that hold, among ordinary ones, what kernels get wrong. */
public final class RandomProducts {
  private static final double[] DENSITIES = {0.001, 0.02, 0.1, 0.3, 0.5, 0.9};

  private RandomProducts() {}

  /** A matrix with hostile rows in every plane, and scales and offsets of any size. */
  public static EncodedMatrix weights(
      Random random, int rows, int columns, Code code, Layout layout) {
    try (var planes = new PlaneBuilder(code, rows, columns)) {
      for (BitMatrix plane : planes.planes()) {
        fill(random, plane);
      }
      if (code.lowest() < 0) {
        giveEachWeightOneSign(random, code, planes.planes());
      }
      int scaleCount = random.nextBoolean() ? 1 : rows;
      return planes.build(
          layout,
          1,
          arena -> floats(scaleCount, _ -> scale(random), arena),
          arena -> random.nextBoolean() ? null : floats(scaleCount, _ -> scale(random), arena));
    }
  }

  /** A matrix of the greatest integer of a code, with scale 1. */
  public static EncodedMatrix ones(int rows, int columns, Code code) {
    try (PlaneBuilder planes = allOnes(rows, columns, code)) {
      return planes.build(new Layout.Flat(), 1, arena -> RowValues.of(arena, 1f), _ -> null);
    }
  }

  /** A matrix of ones in the even rows of every plane and zeros in the odd ones, with scale 1. */
  static EncodedMatrix onesAndZeros(int rows, int columns, Code code) {
    try (PlaneBuilder planes = allOnes(rows, columns, code)) {
      long[] zeros = new long[BitMatrix.wordsPerRow(columns)];
      for (BitMatrix plane : planes.planes()) {
        for (int i = 1; i < rows; i += 2) {
          plane.writeRow(i, zeros);
        }
      }
      return planes.build(new Layout.Flat(), 1, arena -> RowValues.of(arena, 1f), _ -> null);
    }
  }

  /** A 1 x 1 matrix with the value {@code scale}, in memory of {@code arena}. */
  static EncodedMatrix one(float scale, Arena arena) {
    try (PlaneBuilder planes = allOnes(1, 1, new Code.Binary(0f))) {
      return planes.buildIn(arena, new Layout.Flat(), RowValues.of(arena, scale), null);
    }
  }

  private static PlaneBuilder allOnes(int rows, int columns, Code code) {
    long[] words = new long[BitMatrix.wordsPerRow(columns)];
    Arrays.fill(words, -1);
    words[words.length - 1] >>>= words.length * 64 - columns;
    var planes = new PlaneBuilder(code, rows, columns);
    for (int p = 0; p < code.coefficients().length; p++) {
      for (int i = 0; i < rows && code.coefficients()[p] > 0; i++) {
        planes.planes().get(p).writeRow(i, words);
      }
    }
    return planes;
  }

  /** The same matrix with row {@code order[i]} at row i, in memory of {@code arena}. */
  static EncodedMatrix permuteRows(EncodedMatrix weights, int[] order, Arena arena) {
    int rows = weights.rows();
    RowValues scales = floats(rows, i -> weights.scale(order[i]), arena);
    RowValues offsets =
        weights.offsets() == null ? null : floats(rows, i -> weights.offset(order[i]), arena);
    int[] q = new int[weights.columns()];
    try (var planes = new PlaneBuilder(weights.code(), rows, q.length)) {
      for (int i = 0; i < rows; i++) {
        weights.readIntegers(order[i], q);
        planes.writeRow(i, q);
      }
      return planes.buildIn(arena, weights.layout(), scales, offsets);
    }
  }

  /** Clears the bits that are not of a weight's sign, which is random. */
  private static void giveEachWeightOneSign(Random random, Code code, List<BitMatrix> bits) {
    int columns = bits.getFirst().columns();
    long[] words = new long[BitMatrix.wordsPerRow(columns)];
    for (int i = 0; i < bits.getFirst().rows(); i++) {
      long[] negative = random.longs(words.length).toArray();
      for (int p = 0; p < bits.size(); p++) {
        bits.get(p).readRow(i, words);
        for (int w = 0; w < words.length; w++) {
          words[w] &= code.coefficients()[p] < 0 ? negative[w] : ~negative[w];
        }
        bits.get(p).writeRow(i, words);
      }
    }
  }

  private static void fill(Random random, BitMatrix plane) {
    int columns = plane.columns();
    double density = DENSITIES[random.nextInt(DENSITIES.length)];
    long[] words = new long[BitMatrix.wordsPerRow(columns)];
    for (int i = 0; i < plane.rows(); i++) {
      int pattern = random.nextInt(10);
      Arrays.fill(words, 0);
      for (int j = 0; j < columns; j++) {
        boolean set =
            switch (pattern) {
              case 0 -> false;
              case 1 -> true;
              case 2 -> j % 2 == 0;
              case 3 -> j % 64 == 0 || j % 64 == 63;
              case 4 -> j == columns - 1;
              default -> random.nextDouble() < density;
            };
        if (set) {
          words[j >>> 6] |= 1L << j;
        }
      }
      plane.writeRow(i, words);
    }
  }

  private static float scale(Random random) {
    return switch (random.nextInt(12)) {
      case 0 -> 0f;
      case 1 -> -0x1.8p-140f;
      case 2 -> 0x1.fp120f;
      default -> (float) random.nextGaussian();
    };
  }

  private static RowValues floats(int count, IntToFloatFunction value, Arena arena) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = value.apply(i);
    }
    return RowValues.of(arena, values);
  }

  @FunctionalInterface
  private interface IntToFloatFunction {
    float apply(int i);
  }

  /** {@code batch} samples; among many of them is one of each special kind. */
  public static float[] samples(Random random, int batch, int columns) {
    float[] samples = new float[batch * columns];
    int first = random.nextInt(SampleKind.values().length);
    for (int n = 0; n < batch && columns > 0; n++) {
      SampleKind kind = SampleKind.values()[(first + n) % SampleKind.values().length];
      for (int j = 0; j < columns; j++) {
        samples[n * columns + j] = kind.value(random);
      }
      int at = n * columns + random.nextInt(columns);
      samples[at] = kind.exception(samples[at]);
    }
    return samples;
  }

  private enum SampleKind {
    GAUSSIAN,
    RECTIFIED,
    ZERO,
    NEGATIVE_ZERO,
    SUBNORMAL,
    HUGE,
    HALVES,
    WIDE_RANGE,
    ONE_HOT,
    MAX_VALUE,
    NOT_A_NUMBER,
    POSITIVE_INFINITY,
    NEGATIVE_INFINITY;

    float value(Random random) {
      float gaussian = (float) random.nextGaussian();
      return switch (this) {
        case ZERO, ONE_HOT -> 0f;
        case NEGATIVE_ZERO -> -0f;
        case RECTIFIED -> Math.max(0f, gaussian);
        case SUBNORMAL -> gaussian * 0x1p-135f;
        case HUGE -> (random.nextFloat() * 2 - 1) * Float.MAX_VALUE;
        case HALVES -> (random.nextInt(64) - 32) / 2f;
        case WIDE_RANGE -> Math.scalb(gaussian, random.nextInt(250) - 130);
        default -> gaussian;
      };
    }

    /** What replaces one feature of the sample. */
    float exception(float value) {
      return switch (this) {
        case ONE_HOT -> 1f;
        case MAX_VALUE -> -Float.MAX_VALUE;
        case NOT_A_NUMBER -> Float.NaN;
        case POSITIVE_INFINITY -> Float.POSITIVE_INFINITY;
        case NEGATIVE_INFINITY -> Float.NEGATIVE_INFINITY;
        default -> value;
      };
    }
  }
}
