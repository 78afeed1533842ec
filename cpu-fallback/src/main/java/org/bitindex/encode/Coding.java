package org.bitindex.encode;

import org.bitindex.code.Code;
import org.bitindex.matrix.Weights;

/** How the code of a matrix and the steps of its levels are chosen. */
public sealed interface Coding {
  /** The code of a matrix, whose thresholds may depend on its weights. */
  @FunctionalInterface
  interface CodeChoice {
    /** The code of {@code weights}. */
    Code of(Weights weights);
  }

  /**
   * As the paper has it: the levels span the weights, from the least to the greatest ({@link
   * Encoder}).
   */
  record MinMax(CodeChoice code) implements Coding {
    /** The same code for every matrix. */
    public MinMax(Code code) {
      this(_ -> code);
    }
  }

  /**
   * A given code with the least square error: a symmetric code clips where that pays, and scales,
   * with offsets where the code has no negative integers, are fitted to the weights.
   */
  record LeastSquares(CodeChoice code) implements Coding {
    /** The same code for every matrix. */
    public LeastSquares(Code code) {
      this(_ -> code);
    }
  }

  /**
   * Steps of alpha times the root mean square of the row (or tensor), and the symmetric code that
   * holds the largest weight: the best of all where bytes follow the entropy of the integers.
   *
   * @param alpha finite, above 0; half of it makes one bit a weight more and half of the error
   */
  record Uniform(double alpha) implements Coding {
    public Uniform {
      if (!(alpha > 0) || Double.isInfinite(alpha)) {
        throw new IllegalArgumentException("alpha is " + alpha + ", must be finite and above 0");
      }
    }
  }
}
