package org.bitindex.calibrate;

import org.bitindex.code.Code;
import org.bitindex.code.Quantizer;
import org.bitindex.internal.Parallel;
import org.bitindex.matrix.Weights;

/**
 * Clipping limits for symmetric codes: a limit below max|w| saturates a few large weights and gives
 * all others finer steps, which pays at few bits.
 */
public final class Clipping {
  /** Limits tried: these shares of max|w|, from 1 down. */
  private static final double LEAST_SHARE = 0.2;

  private static final double SHARE_STEP = 0.02;

  private Clipping() {}

  /**
   * For each row the limit L that minimises sum_j H(j,j) (w_j - s q_j)^2, where s = L / levels and
   * q_j is w_j / s rounded, at most the code's levels in magnitude.
   *
   * @param moments H; its diagonal is used
   * @param threads number of threads, at least 1; the result does not depend on it
   */
  public static float[] limits(
      Weights weights, Code.Symmetric code, InputMoments moments, int threads) {
    moments.requireColumns(weights.columns());
    float[] limits = new float[weights.rows()];
    Parallel.forRows(
        threads,
        weights.rows(),
        (from, to) -> {
          float[] row = new float[weights.columns()];
          for (int i = from; i < to; i++) {
            weights.readRow(i, row);
            limits[i] = bestLimit(row, code, moments);
          }
        });
    return limits;
  }

  private static float bestLimit(float[] row, Code.Symmetric code, InputMoments moments) {
    float max = 0;
    for (float w : row) {
      max = Math.max(max, Math.abs(w));
    }
    float best = max;
    double leastError = Double.POSITIVE_INFINITY;
    for (double share = 1; share > LEAST_SHARE; share -= SHARE_STEP) {
      float limit = (float) (max * share);
      double error = error(row, code, limit, moments);
      if (error < leastError) {
        leastError = error;
        best = limit;
      }
    }
    return best;
  }

  private static double error(float[] row, Code.Symmetric code, float limit, InputMoments moments) {
    Quantizer quantizer = Quantizer.symmetric(code, limit);
    double scale = (double) limit / code.levels();
    double sum = 0;
    for (int j = 0; j < row.length; j++) {
      double error = row[j] - scale * quantizer.quantize(row[j]);
      sum += moments.diagonal(j) * error * error;
    }
    return sum;
  }
}
