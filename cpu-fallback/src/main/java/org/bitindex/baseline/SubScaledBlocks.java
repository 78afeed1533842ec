package org.bitindex.baseline;

import java.util.Arrays;
import org.bitindex.matrix.Weights;

/**
 * Integers of b bits in blocks of 32 columns whose scales and minima have 6 bits themselves, as
 * llama.cpp's Q4_K has them (b = 4): for the 8 blocks of a group of 256 columns
 *
 * <pre>w = d * s_block * q - e * m_block,   q of b bits, s and m of 6 bits, d and e of 16 bits
 * </pre>
 *
 * <p>A block's scale and minimum are the best by least squares of some ranges that were tried.
 */
public final class SubScaledBlocks extends DecodedBaseline {
  private static final int BLOCK = 32;
  private static final int GROUP = 256;
  private static final int BLOCKS = GROUP / BLOCK;
  private static final int SUB_BITS = 6;
  private static final int SUB_LEVELS = (1 << SUB_BITS) - 1;

  /** Ranges tried: these shares of that from the least to the greatest weight, from 1 down. */
  private static final int RANGES = 16;

  private static final double LEAST_SHARE = 0.6;

  private final int bits;
  private final int groupsPerRow;
  private final PackedIntegers codes;

  /** For each group of each row, eight scales and then eight minima. */
  private final PackedIntegers subScales;

  /** For each group of each row d and e. */
  private final short[] scales;

  /**
   * {@code weights}, rounded to nearest.
   *
   * @param bits 2 to 8
   */
  public SubScaledBlocks(Weights weights, int bits) {
    super(weights);
    if (bits < 2 || bits > 8) {
      throw new IllegalArgumentException("bits is " + bits + ", allowed are 2 to 8");
    }
    this.bits = bits;
    codes = new PackedIntegers(bits, WeightRows.size(weights));
    groupsPerRow = Math.ceilDiv(columns, GROUP);
    int groups = Math.multiplyExact(rows, groupsPerRow);
    subScales = new PackedIntegers(SUB_BITS, 2L * BLOCKS * groups);
    scales = new short[2 * groups];
    WeightRows.forEachRow(
        weights,
        (i, row) -> {
          for (int group = 0; group < groupsPerRow; group++) {
            round(i, group, row);
          }
        });
  }

  /** Four bits: llama.cpp's Q4_K. */
  public static SubScaledBlocks fourBits(Weights weights) {
    return new SubScaledBlocks(weights, 4);
  }

  private void round(int i, int group, float[] row) {
    int at = i * groupsPerRow + group;
    double[] steps = new double[BLOCKS];
    double[] minima = new double[BLOCKS];
    int blocks = Math.ceilDiv(Math.min(GROUP, columns - group * GROUP), BLOCK);
    for (int b = 0; b < blocks; b++) {
      int from = group * GROUP + b * BLOCK;
      Fit fit = Fit.best(row, from, Math.min(from + BLOCK, columns), (1 << bits) - 1);
      steps[b] = fit.step;
      minima[b] = fit.minimum;
    }
    scales[2 * at] =
        Float.floatToFloat16((float) (Arrays.stream(steps).max().orElse(0) / SUB_LEVELS));
    scales[2 * at + 1] =
        Float.floatToFloat16((float) (Arrays.stream(minima).max().orElse(0) / SUB_LEVELS));
    for (int b = 0; b < blocks; b++) {
      subScales.set(2L * BLOCKS * at + b, subScale(steps[b], scales[2 * at]));
      subScales.set(2L * BLOCKS * at + BLOCKS + b, subScale(minima[b], scales[2 * at + 1]));
      int from = group * GROUP + b * BLOCK;
      float step = step(at, b);
      float minimum = minimum(at, b);
      for (int j = from; j < Math.min(from + BLOCK, columns); j++) {
        long level = step == 0 ? 0 : Math.round(((double) row[j] + minimum) / step);
        codes.set((long) i * columns + j, Math.clamp(level, 0, (1 << bits) - 1));
      }
    }
  }

  private static int subScale(double value, short scale) {
    float unit = Float.float16ToFloat(scale);
    return unit == 0 ? 0 : Math.clamp(Math.round(value / unit), 0, SUB_LEVELS);
  }

  private float step(int group, int block) {
    return Float.float16ToFloat(scales[2 * group]) * subScales.get(2L * BLOCKS * group + block);
  }

  private float minimum(int group, int block) {
    return Float.float16ToFloat(scales[2 * group + 1])
        * subScales.get(2L * BLOCKS * group + BLOCKS + block);
  }

  /** w = step * q - minimum for the weights of a block, minimum at least 0. */
  private record Fit(double step, double minimum, double error) {
    static Fit best(float[] row, int from, int to, int levels) {
      double least = 0;
      double greatest = 0;
      for (int j = from; j < to; j++) {
        least = Math.min(least, row[j]);
        greatest = Math.max(greatest, row[j]);
      }
      var best = new Fit(0, 0, Double.POSITIVE_INFINITY);
      for (int r = 0; r < RANGES; r++) {
        double share = 1 - r * (1 - LEAST_SHARE) / (RANGES - 1);
        double step = share * (greatest - least) / levels;
        Fit fit = refit(row, from, to, levels, step, -share * least);
        best = fit.error < best.error ? fit : best;
      }
      return best;
    }

    /** Least squares for the integers that a step and a minimum give. */
    private static Fit refit(
        float[] row, int from, int to, int levels, double step, double minimum) {
      double n = to - from;
      double q1 = 0;
      double qq = 0;
      double w1 = 0;
      double qw = 0;
      int[] q = new int[to - from];
      for (int j = from; j < to; j++) {
        long level = step == 0 ? 0 : Math.round((row[j] + minimum) / step);
        int value = Math.clamp(level, 0, levels);
        q[j - from] = value;
        q1 += value;
        qq += (double) value * value;
        w1 += row[j];
        qw += (double) value * row[j];
      }
      double determinant = n * qq - q1 * q1;
      double newStep = determinant > 0 ? (n * qw - q1 * w1) / determinant : step;
      double newMinimum = Math.max(0, (newStep * q1 - w1) / n);
      double error = 0;
      for (int j = from; j < to; j++) {
        double difference = row[j] - (newStep * q[j - from] - newMinimum);
        error += difference * difference;
      }
      return new Fit(newStep, newMinimum, error);
    }
  }

  @Override
  public String name() {
    return "int%d sub-scaled blocks".formatted(bits);
  }

  @Override
  public long bytes() {
    return (long) codes.byteSize() + subScales.byteSize() + (long) scales.length * Short.BYTES;
  }

  @Override
  void decode(int row, float[] target, int offset) {
    for (int from = 0; from < columns; from += BLOCK) {
      int group = row * groupsPerRow + from / GROUP;
      int block = from % GROUP / BLOCK;
      float step = step(group, block);
      float minimum = minimum(group, block);
      for (int j = from; j < Math.min(from + BLOCK, columns); j++) {
        target[offset + j] = step * codes.get((long) row * columns + j) - minimum;
      }
    }
  }
}
