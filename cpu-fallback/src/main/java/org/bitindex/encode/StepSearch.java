package org.bitindex.encode;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.Weights;

/** Finds the steps that reach a goal, with real bytes and errors. */
final class StepSearch {
  /** Exponents of two that are tried. */
  private static final double LEAST = -8;

  private static final double MOST = 4;

  /** Halvings of that range: the exponent is found within 0.003. */
  private static final int HALVINGS = 12;

  /**
   * Steps of one matrix may be up to eight times finer and four times wider than one step for all,
   * so that also what no sample needed keeps something.
   */
  private static final int FINER = 3;

  private static final int WIDER = 2;

  private final Recipe recipe;
  private final List<? extends Weights> matrices;

  /**
   * A search.
   *
   * @param recipe but for its coding
   */
  StepSearch(Recipe recipe, Collection<? extends Weights> matrices) {
    this.recipe = recipe;
    this.matrices = List.copyOf(matrices);
  }

  /** One alpha for all matrices. */
  double alpha(Goal goal) {
    double[] same = new double[matrices.size()];
    Arrays.fill(same, 1);
    return alpha(goal, same);
  }

  /**
   * An alpha for each matrix: those that share the bytes of one alpha for all with the least sum of
   * sensitivity * ||W - V||^2.
   *
   * @param sensitivities one for each matrix
   */
  double[] alphas(Goal goal, double[] sensitivities) {
    double common = alpha(goal);
    List<List<Allocation.Point>> curves = new ArrayList<>();
    double bytes = 0;
    for (int i = 0; i < sensitivities.length; i++) {
      curves.add(curve(matrices.get(i), common, sensitivities[i]));
      bytes += curves.getLast().get(FINER).bytes();
    }
    double[] alphas =
        new Allocation(curves)
            .within(bytes).stream().mapToDouble(Allocation.Point::alpha).toArray();
    double scale = alpha(sameBytes(goal, bytes), alphas);
    for (int i = 0; i < alphas.length; i++) {
      alphas[i] *= scale;
    }
    return alphas;
  }

  private List<Allocation.Point> curve(Weights matrix, double common, double sensitivity) {
    List<Allocation.Point> curve = new ArrayList<>();
    for (int exponent = -FINER; exponent <= WIDER; exponent++) {
      double alpha = common * Math.pow(2, exponent);
      Outcome outcome = Outcome.NONE.plus(recipe, matrix, alpha);
      curve.add(new Allocation.Point(alpha, outcome.bytes, sensitivity * outcome.error.noise()));
    }
    return curve;
  }

  private Goal sameBytes(Goal goal, double bytes) {
    if (goal instanceof Goal.BitsPerWeight) {
      return goal;
    }
    double weights = 0;
    for (Weights matrix : matrices) {
      weights += (double) matrix.rows() * matrix.columns();
    }
    return new Goal.BitsPerWeight(bytes * Byte.SIZE / weights);
  }

  /** The factor of {@code shares}. */
  private double alpha(Goal goal, double[] shares) {
    boolean saves = goal instanceof Goal.BitsPerWeight;
    double reaches = saves ? MOST : LEAST;
    double fails = saves ? LEAST : MOST;
    require(goal, outcome(reaches, shares));
    for (int i = 0; i < HALVINGS; i++) {
      double middle = (reaches + fails) / 2;
      if (outcome(middle, shares).reaches(goal)) {
        reaches = middle;
      } else {
        fails = middle;
      }
    }
    return Math.pow(2, reaches);
  }

  private static void require(Goal goal, Outcome best) {
    if (!best.reaches(goal)) {
      throw new IllegalArgumentException(
          switch (goal) {
            case Goal.BitsPerWeight wanted ->
                "%.3g bits a weight are too few: the widest steps take %.3g"
                    .formatted(wanted.bits(), best.bitsPerWeight());
            case Goal.RelativeError wanted ->
                "a relative error of %.3g is too small: eight bits reach %.3g"
                    .formatted(wanted.most(), best.error.relativeError());
          });
    }
  }

  private Outcome outcome(double exponent, double[] shares) {
    Outcome outcome = Outcome.NONE;
    for (int i = 0; i < shares.length; i++) {
      outcome = outcome.plus(recipe, matrices.get(i), Math.pow(2, exponent) * shares[i]);
    }
    return outcome;
  }

  /** What some steps make of some matrices. */
  private record Outcome(double bytes, ReconstructionError error) {
    static final Outcome NONE = new Outcome(0, ReconstructionError.NONE);

    Outcome plus(Recipe recipe, Weights matrix, double alpha) {
      Recipe tried = recipe.with(new Coding.Uniform(alpha));
      try (EncodedMatrix encoded = tried.encode(matrix)) {
        return new Outcome(
            bytes + encoded.bytes(),
            error.plus(ReconstructionError.of(tried.prune(matrix), encoded, recipe.threads())));
      }
    }

    boolean reaches(Goal goal) {
      return switch (goal) {
        case Goal.BitsPerWeight wanted -> bitsPerWeight() <= wanted.bits();
        case Goal.RelativeError wanted -> error.relativeError() <= wanted.most();
      };
    }

    double bitsPerWeight() {
      return bytes * Byte.SIZE / Math.max(1, error.weights());
    }
  }
}
