package org.bitindex;

import java.util.List;
import org.bitindex.code.Code;
import org.bitindex.encode.Coding;
import org.bitindex.encode.Goal;
import org.bitindex.encode.Recipe;
import org.bitindex.encode.ScaleMode;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.StridedMatrix;
import org.bitindex.matrix.Weights;
import org.jspecify.annotations.Nullable;

/**
 * How a {@link BitIndexMatrix} is encoded: 4 bits and nothing pruned, unless it is told otherwise.
 * Of {@link #bits}, {@link #bitsPerWeight}, {@link #maxError} and {@link #minSqnr} the last call
 * counts. It becomes a {@link Recipe}, which can do more: see {@link #encode(Recipe)}.
 */
public final class MatrixBuilder {
  private static final int DEFAULT_BITS = 4;

  private final Weights weights;
  private final int threads;
  private double sparsity;
  private Coding coding = coding(DEFAULT_BITS);
  private @Nullable Goal goal;

  MatrixBuilder(Weights weights) {
    this.weights = weights;
    this.threads =
        weights instanceof StridedMatrix matrix && matrix.isConfined()
            ? 1
            : Runtime.getRuntime().availableProcessors();
  }

  /** A scale for each row and clipping of least square error. */
  private static Coding coding(int bits) {
    return new Coding.LeastSquares(new Code.Symmetric(bits));
  }

  /**
   * Sets the share of the weights that are least in magnitude to zero first.
   *
   * @param share 0 to 1
   * @throws IllegalArgumentException if it is not
   */
  public MatrixBuilder prune(double share) {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException("share to prune is " + share + ", allowed are 0 to 1");
    }
    sparsity = share;
    return this;
  }

  /**
   * Integers of so many bits, sign included.
   *
   * @param bits 2 to 8
   * @throws IllegalArgumentException if it is not
   */
  public MatrixBuilder bits(int bits) {
    coding = coding(bits);
    goal = null;
    return this;
  }

  /**
   * The least error at this size.
   *
   * @param most bits a weight, all that is stored counted; above 0
   * @throws IllegalArgumentException if it is not
   */
  public MatrixBuilder bitsPerWeight(double most) {
    goal = new Goal.BitsPerWeight(most);
    return this;
  }

  /**
   * The least size at this error.
   *
   * @param most ||W - V|| / ||W||, of the pruned weights W and the encoded ones V; above 0
   * @throws IllegalArgumentException if it is not
   */
  public MatrixBuilder maxError(double most) {
    goal = new Goal.RelativeError(most);
    return this;
  }

  /**
   * The least size at this ratio of signal to quantisation noise, in decibels.
   *
   * @throws IllegalArgumentException if it is not a number
   */
  public MatrixBuilder minSqnr(double decibels) {
    goal = Goal.RelativeError.ofSqnr(decibels);
    return this;
  }

  /**
   * Prunes and encodes; the caller closes the result, which needs the weights no more.
   *
   * @throws IllegalArgumentException if a weight is NaN or infinite, naming its row and column, if
   *     the goal cannot be reached, or if there are more columns than an array has elements
   */
  public BitIndexMatrix encode() {
    Recipe recipe = new Recipe(sparsity, coding, ScaleMode.ROW, new Layout.Adaptive(), threads);
    return encode(
        goal == null
            ? recipe
            : recipe.with(new Coding.Uniform(goal.alpha(recipe, List.of(weights)))));
  }

  /**
   * Encodes as {@code recipe} says; what was told this builder is not looked at.
   *
   * @throws IllegalArgumentException as {@link #encode()}
   */
  public BitIndexMatrix encode(Recipe recipe) {
    Recipe allowed = threads == 1 ? recipe.withThreads(1) : recipe;
    return new BitIndexMatrix(allowed.encode(weights));
  }
}
