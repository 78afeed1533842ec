package org.bitindex.encode;

import java.util.Collection;
import java.util.List;
import org.bitindex.matrix.Weights;

/** What uniform steps shall reach, for one matrix or for several with one alpha. */
public sealed interface Goal {
  /**
   * At most so many bits a weight, all that is stored counted.
   *
   * @param bits finite, above 0
   */
  record BitsPerWeight(double bits) implements Goal {
    public BitsPerWeight {
      if (!(bits > 0) || Double.isInfinite(bits)) {
        throw new IllegalArgumentException("bits a weight is " + bits + ", must be above 0");
      }
    }
  }

  /**
   * At most this ||W - V|| / ||W|| of the pruned weights W, as {@link ReconstructionError} defines
   * it.
   *
   * @param most above 0
   */
  record RelativeError(double most) implements Goal {
    public RelativeError {
      if (!(most > 0)) {
        throw new IllegalArgumentException("relative error is " + most + ", must be above 0");
      }
    }

    /**
     * The error of a signal to quantisation noise of so many decibels: 10^(-decibels / 20).
     *
     * @throws IllegalArgumentException if that is not above 0 and finite
     */
    public static RelativeError ofSqnr(double decibels) {
      double error = Math.pow(10, -decibels / 20);
      if (!(error > 0) || Double.isInfinite(error)) {
        throw new IllegalArgumentException(
            "SQNR is %s dB, a relative error of %s".formatted(decibels, error));
      }
      return new RelativeError(error);
    }
  }

  /**
   * The alpha of {@link Coding.Uniform} with which {@code recipe} reaches this goal over all
   * matrices together: the least that takes no more bits, or the greatest that has no larger error,
   * within 0.3 %.
   *
   * @param recipe its pruning, scale mode and layout are used; its coding is not
   * @param matrices each is encoded about twelve times
   * @throws IllegalArgumentException if no alpha does, or as {@link Recipe#encode} throws it
   */
  default double alpha(Recipe recipe, Collection<? extends Weights> matrices) {
    return new StepSearch(recipe, matrices).alpha(this);
  }

  /**
   * An alpha for each matrix, so that one more byte would take away as much error in each: the file
   * is as large as with {@link #alpha one alpha for all}, and the sum of sensitivity * ||W - V||^2
   * is the least. No alpha is below an eighth or above four times that one, but for a factor that
   * all share.
   *
   * @param recipe as above
   * @param matrices each is encoded about thirty times
   * @param sensitivities of each matrix at least 0: the squared error of a network's outputs over
   *     ||W - V||^2 where this matrix alone is encoded
   * @throws IllegalArgumentException as above, or unless there are as many sensitivities as
   *     matrices
   */
  default double[] alphas(Recipe recipe, List<? extends Weights> matrices, double[] sensitivities) {
    if (sensitivities.length != matrices.size()) {
      throw new IllegalArgumentException(
          "there are %d sensitivities for %d matrices"
              .formatted(sensitivities.length, matrices.size()));
    }
    for (double sensitivity : sensitivities) {
      if (!(sensitivity >= 0) || Double.isInfinite(sensitivity)) {
        throw new IllegalArgumentException(
            "a sensitivity is " + sensitivity + ", must be finite and at least 0");
      }
    }
    return new StepSearch(recipe, matrices).alphas(this, sensitivities);
  }
}
