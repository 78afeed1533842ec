package org.bitindex.encode;

import org.bitindex.code.Code;
import org.bitindex.internal.Parallel;
import org.bitindex.matrix.Weights;

/**
 * Steps that follow the spread of the weights, and the symmetric code that holds them all: the step
 * of a row is alpha times the root mean square of its weights, nothing is clipped, and the code has
 * as many bits as the largest |q| needs.
 *
 * <p>At one alpha all rows have about the same relative error. High planes that only few weights
 * reach cost next to nothing in a layout that follows the entropy of q, so unclipped uniform steps
 * lie within a quarter of a bit of the rate-distortion limit (Gish, Pierce 1968).
 *
 * @param code of 2 to 8 bits
 * @param limits the largest |q| times the step, 1 for the tensor or one for each row
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record UniformSteps(Code.Symmetric code, float[] limits) {
  private static final int MOST_BITS = 8;
  private static final int MOST_LEVELS = (1 << (MOST_BITS - 1)) - 1;

  /**
   * The steps of a matrix.
   *
   * @param alpha above 0
   * @param mode a step for the tensor or for each row
   */
  static UniformSteps of(Weights weights, double alpha, ScaleMode mode, int threads) {
    Spread[] spreads = spreads(weights, threads);
    if (mode == ScaleMode.TENSOR) {
      Spread all = new Spread(0, 0, 0);
      for (Spread spread : spreads) {
        all = all.union(spread);
      }
      spreads = new Spread[] {all};
    }
    double[] steps = new double[spreads.length];
    long levels = 1;
    for (int i = 0; i < steps.length; i++) {
      steps[i] = spreads[i].step(alpha);
      if (steps[i] > 0) {
        levels = Math.max(levels, Math.round(spreads[i].max / steps[i]));
      }
    }
    var code =
        new Code.Symmetric(Math.min(MOST_BITS, Long.SIZE + 1 - Long.numberOfLeadingZeros(levels)));
    float[] limits = new float[steps.length];
    for (int i = 0; i < limits.length; i++) {
      limits[i] = (float) Math.min(Float.MAX_VALUE, steps[i] * code.levels());
    }
    return new UniformSteps(code, limits);
  }

  /** The same steps with a code of one more bit, where there is one, for weights that move. */
  UniformSteps withHeadroom() {
    var wider = new Code.Symmetric(Math.min(MOST_BITS, code.bits() + 1));
    float[] widerLimits = new float[limits.length];
    for (int i = 0; i < limits.length; i++) {
      double step = (double) limits[i] / code.levels();
      widerLimits[i] = (float) Math.min(Float.MAX_VALUE, step * wider.levels());
    }
    return new UniformSteps(wider, widerLimits);
  }

  private static Spread[] spreads(Weights weights, int threads) {
    Spread[] spreads = new Spread[weights.rows()];
    Parallel.forRows(
        threads,
        spreads.length,
        (from, to) -> {
          var reader = new RowReader(weights);
          for (int i = from; i < to; i++) {
            spreads[i] = Spread.of(reader.read(i));
          }
        });
    return spreads;
  }

  /** The sum of squares of some weights, their number and their largest magnitude. */
  private record Spread(double squares, long count, float max) {
    static Spread of(float[] row) {
      // Four sums, which do not wait for each other.
      double squares0 = 0;
      double squares1 = 0;
      double squares2 = 0;
      double squares3 = 0;
      int j = 0;
      for (; j + 4 <= row.length; j += 4) {
        squares0 += (double) row[j] * row[j];
        squares1 += (double) row[j + 1] * row[j + 1];
        squares2 += (double) row[j + 2] * row[j + 2];
        squares3 += (double) row[j + 3] * row[j + 3];
      }
      for (; j < row.length; j++) {
        squares0 += (double) row[j] * row[j];
      }
      float max = 0;
      for (float weight : row) {
        max = Math.max(max, Math.abs(weight));
      }
      double squares = (squares0 + squares1) + (squares2 + squares3);
      return new Spread(squares, row.length, max);
    }

    Spread union(Spread other) {
      return new Spread(squares + other.squares, count + other.count, Math.max(max, other.max));
    }

    /** Alpha times the root mean square; wider where eight bits would not hold the largest. */
    double step(double alpha) {
      return max == 0
          ? 0
          : Math.max(alpha * Math.sqrt(squares / count), (double) max / MOST_LEVELS);
    }
  }
}
