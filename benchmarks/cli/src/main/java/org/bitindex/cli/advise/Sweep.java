package org.bitindex.cli.advise;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.bitindex.backend.Plan;
import org.bitindex.code.Code;
import org.bitindex.encode.Coding;
import org.bitindex.encode.Recipe;
import org.bitindex.encode.ReconstructionError;
import org.bitindex.encode.ScaleMode;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.Weights;

/**
 * All matrices of a model, pruned and encoded in one way.
 *
 * @param sparsity share of each matrix that is pruned first
 * @param bits of the symmetric code, in steps of least square error
 * @param weights number of weights
 * @param bytes of the encoded matrices
 * @param memoryBytes of the matrices and of their plans after a product
 * @param relativeError ||W - V|| / ||W|| of the weights as they were
 */
public record Sweep(
    double sparsity, int bits, double weights, long bytes, long memoryBytes, double relativeError) {
  private static final double[] SPARSITIES = {0, 0.5, 0.8, 0.9};
  private static final int[] BITS = {2, 3, 4, 6};

  /** How often {@link #of} reports a step for each matrix. */
  public static final int STEPS = SPARSITIES.length * BITS.length;

  /**
   * Tries all ways.
   *
   * @param step called after each matrix of each way
   */
  public static List<Sweep> of(
      Collection<? extends Weights> matrices, ProductTiming timing, Runnable step) {
    List<Sweep> ways = new ArrayList<>();
    for (double sparsity : SPARSITIES) {
      for (int bits : BITS) {
        ways.add(of(sparsity, bits, matrices, timing, step));
      }
    }
    return ways;
  }

  private static Sweep of(
      double sparsity,
      int bits,
      Collection<? extends Weights> matrices,
      ProductTiming timing,
      Runnable step) {
    Coding coding = new Coding.LeastSquares(new Code.Symmetric(bits));
    var recipe =
        new Recipe(sparsity, coding, ScaleMode.ROW, new Layout.Adaptive(), timing.threads());
    ReconstructionError error = ReconstructionError.NONE;
    double weights = 0;
    long bytes = 0;
    long memory = 0;
    for (Weights matrix : matrices) {
      try (EncodedMatrix encoded = recipe.encode(matrix);
          Plan plan = timing.backend().plan(encoded)) {
        int samples = timing.samples();
        plan.prepare(samples);
        float[] input = new float[Math.multiplyExact(samples, matrix.columns())];
        plan.execute(input, samples, new float[Math.multiplyExact(samples, matrix.rows())]);
        error = error.plus(ReconstructionError.of(matrix, encoded, timing.threads()));
        weights += (double) matrix.rows() * matrix.columns();
        bytes += encoded.bytes();
        memory += encoded.bytes() + plan.preparedBytes();
      }
      step.run();
    }
    return new Sweep(sparsity, bits, weights, bytes, memory, error.relativeError());
  }
}
