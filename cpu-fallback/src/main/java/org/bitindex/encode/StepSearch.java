package org.bitindex.encode;

import java.util.Collection;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.Weights;

/**
 * Finds the alpha that reaches a goal by halving, with real bytes and errors.
 *
 * @param recipe but for its coding
 */
record StepSearch(Recipe recipe, Collection<? extends Weights> matrices) {
  /** Exponents of two that are tried. */
  private static final double LEAST = -8;

  private static final double MOST = 4;

  /** Halvings of that range: the exponent is found within 0.003. */
  private static final int HALVINGS = 12;

  double alpha(Goal goal) {
    boolean saves = goal instanceof Goal.BitsPerWeight;
    double reaches = saves ? MOST : LEAST;
    double fails = saves ? LEAST : MOST;
    require(goal, outcome(reaches));
    for (int i = 0; i < HALVINGS; i++) {
      double middle = (reaches + fails) / 2;
      if (outcome(middle).reaches(goal)) {
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
                    .formatted(wanted.most(), best.relativeError());
          });
    }
  }

  private Outcome outcome(double exponent) {
    Recipe tried = recipe.with(new Coding.Uniform(Math.pow(2, exponent)));
    double bytes = 0;
    ReconstructionError error = ReconstructionError.NONE;
    for (Weights matrix : matrices) {
      Weights pruned = tried.prune(matrix);
      try (EncodedMatrix encoded = tried.encode(matrix)) {
        bytes += encoded.bytes();
        error = error.plus(ReconstructionError.of(pruned, encoded, recipe.threads()));
      }
    }
    return new Outcome(bytes * Byte.SIZE / Math.max(1, error.weights()), error.relativeError());
  }

  /** What one alpha makes of all matrices. */
  private record Outcome(double bitsPerWeight, double relativeError) {
    boolean reaches(Goal goal) {
      return switch (goal) {
        case Goal.BitsPerWeight wanted -> bitsPerWeight <= wanted.bits();
        case Goal.RelativeError wanted -> relativeError <= wanted.most();
      };
    }
  }
}
