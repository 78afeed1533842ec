package org.bitindex.encode;

import org.bitindex.calibrate.Calibration;
import org.bitindex.calibrate.Clipping;
import org.bitindex.calibrate.DeadZones;
import org.bitindex.calibrate.Gptq;
import org.bitindex.calibrate.GramMatrix;
import org.bitindex.calibrate.InputMoments;
import org.bitindex.code.Code;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.PlaneQuantizer;
import org.bitindex.matrix.Weights;
import org.jspecify.annotations.Nullable;

/**
 * The one way from weights to an encoded matrix: prune, choose code and steps, calibrate.
 *
 * @param sparsity share of the weights of least magnitude that become zero first, 0 to 1
 * @param coding how code and steps are chosen
 * @param scaleMode a scale for the tensor, for each row, or none (min-max binary and ternary only)
 * @param layout how planes are stored
 * @param threads number of threads, at least 1; results do not depend on it
 * @param device what makes the planes instead of this machine's CPU, with the same result; or null
 */
public record Recipe(
    double sparsity,
    Coding coding,
    ScaleMode scaleMode,
    Layout layout,
    int threads,
    @Nullable PlaneQuantizer device) {
  /** So few that a row is read quickly. */
  private static final int ROWS_READ_ALONE = 8;

  public Recipe {
    if (!(sparsity >= 0 && sparsity <= 1)) {
      throw new IllegalArgumentException("sparsity is " + sparsity + ", allowed are 0 to 1");
    }
    if (coding instanceof Coding.LeastSquares && scaleMode != ScaleMode.ROW) {
      throw new IllegalArgumentException(
          "scale mode is " + scaleMode + ", least squares fit a scale for each row");
    }
  }

  /** On the CPU. */
  public Recipe(double sparsity, Coding coding, ScaleMode scaleMode, Layout layout, int threads) {
    this(sparsity, coding, scaleMode, layout, threads, null);
  }

  /** Nothing pruned, a scale for each row, the adaptive layout, all processors. */
  public Recipe(Coding coding) {
    this(
        0,
        coding,
        ScaleMode.ROW,
        new Layout.Adaptive(),
        Runtime.getRuntime().availableProcessors());
  }

  /** Of a matrix whose rows are read one by one, such as embeddings; by least squares. */
  public static Recipe readByRows(Code code, int threads) {
    Coding coding = new Coding.LeastSquares(code);
    return new Recipe(0, coding, ScaleMode.ROW, new Layout.Adaptive(ROWS_READ_ALONE), threads);
  }

  /** The same with another coding. */
  public Recipe with(Coding other) {
    return new Recipe(sparsity, other, scaleMode, layout, threads, device);
  }

  /** The same on another number of threads. */
  public Recipe withThreads(int count) {
    return new Recipe(sparsity, coding, scaleMode, layout, count, device);
  }

  /** The same with planes made by {@code quantizer}. */
  public Recipe on(PlaneQuantizer quantizer) {
    return new Recipe(sparsity, coding, scaleMode, layout, threads, quantizer);
  }

  /** The weights that are encoded: the least of them are zero. */
  public Weights prune(Weights weights) {
    return Pruning.global(weights, sparsity);
  }

  /**
   * Prunes and encodes; the caller closes the result.
   *
   * @throws IllegalArgumentException if a weight is NaN or infinite, naming its row and column, or
   *     if there are more than {@link Encoder#MAX_COLUMNS} columns
   */
  public EncodedMatrix encode(Weights weights) {
    Weights pruned = prune(weights);
    return coding instanceof Coding.Uniform uniform
        ? encode(pruned, uniformSteps(pruned, uniform))
        : encodeFixed(pruned, InputMoments.identity(weights.columns()));
  }

  /**
   * A linear layer.
   *
   * @param weights W as integers; the caller closes it
   * @param bias one float for each row
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  public record Layer(EncodedMatrix weights, float[] bias) {}

  /**
   * Prunes, encodes and calibrates a layer for its inputs: scales (and offsets where the code has
   * no negative integers) by least squares of the outputs, rounding by GPTQ, and a bias that makes
   * up for the mean error, so that all else looks at inputs about their mean.
   *
   * @param bias one float for each row, not changed
   * @param inputs of the layer
   * @throws IllegalArgumentException as above, or if shapes differ
   */
  public Layer calibrate(Weights weights, float[] bias, GramMatrix inputs) {
    EncodedMatrix fitted = calibrate(weights, inputs.centred());
    return new Layer(fitted, Calibration.bias(weights, fitted, bias, inputs.mean()));
  }

  /**
   * As above, for a layer without a bias that could make up for the mean error.
   *
   * @return the caller closes it
   */
  public EncodedMatrix calibrate(Weights weights, GramMatrix inputs) {
    Weights pruned = prune(weights);
    EncodedMatrix rounded;
    try (EncodedMatrix start =
        coding instanceof Coding.Uniform uniform
            ? encode(pruned, uniformSteps(pruned, uniform).withHeadroom())
            : encodeFixed(pruned, inputs)) {
      double rate = coding instanceof Coding.Uniform ? DeadZones.RATE : 0;
      rounded = Gptq.round(weights, pruned, start, inputs, rate, threads);
    }
    return fit(weights, rounded, inputs);
  }

  private UniformSteps uniformSteps(Weights pruned, Coding.Uniform uniform) {
    return UniformSteps.of(pruned, uniform.alpha(), scaleMode, threads);
  }

  private EncodedMatrix encode(Weights pruned, UniformSteps steps) {
    return encoder(steps.code()).encodeWithin(steps.limits(), pruned);
  }

  /** Encodes with a code that is given. */
  private EncodedMatrix encodeFixed(Weights pruned, InputMoments moments) {
    return switch (coding) {
      case Coding.MinMax minMax -> encoder(minMax.code().of(pruned)).encode(pruned);
      case Coding.LeastSquares squares -> {
        Code code = squares.code().of(pruned);
        yield fit(pruned, leastSquares(code, pruned, moments), moments);
      }
      case Coding.Uniform uniform -> throw new AssertionError(uniform);
    };
  }

  private EncodedMatrix leastSquares(Code code, Weights pruned, InputMoments moments) {
    return code instanceof Code.Symmetric symmetric
        ? encoder(code).encodeWithin(Clipping.limits(pruned, symmetric, moments, threads), pruned)
        : encoder(code).encode(pruned);
  }

  private Encoder encoder(Code code) {
    return new Encoder(code, scaleMode, layout, threads, device);
  }

  /** Codes that hold no negative integers need offsets; the others keep zeros zero. */
  private EncodedMatrix fit(Weights original, EncodedMatrix encoded, InputMoments moments) {
    if (scaleMode != ScaleMode.ROW) {
      return encoded;
    }
    return switch (encoded.code()) {
      case Code.Affine _, Code.Binary _ ->
          Calibration.rowScalesAndOffsets(original, encoded, moments, threads);
      case Code.Symmetric _, Code.Ternary _ ->
          Calibration.rowScales(original, encoded, moments, threads);
    };
  }
}
