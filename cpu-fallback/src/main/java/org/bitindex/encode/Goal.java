package org.bitindex.encode;

import java.util.Collection;
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
}
