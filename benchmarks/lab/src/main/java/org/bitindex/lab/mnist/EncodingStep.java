package org.bitindex.lab.mnist;

import org.bitindex.calibrate.Calibration;
import org.bitindex.calibrate.Clipping;
import org.bitindex.calibrate.Gptq;
import org.bitindex.calibrate.GramMatrix;
import org.bitindex.calibrate.InputMoments;
import org.bitindex.code.Code;
import org.bitindex.encode.Encoder;
import org.bitindex.encode.ScaleMode;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.Weights;

/** How much calibration an encoded matrix gets; each step includes those before it. */
enum EncodingStep {
  ENCODED("as encoded"),
  CLIPPED("+ clipping"),
  SCALED("+ scales"),
  WEIGHTED("+ inputs"),
  ROUNDED("+ GPTQ");

  private final String title;

  EncodingStep(String title) {
    this.title = title;
  }

  /** A heading for tables. */
  String title() {
    return title;
  }

  /**
   * Encodes {@code weights}, with a scale for each row, in the adaptive layout.
   *
   * @param inputs statistics of the inputs of the layer; only the last two steps look at them
   */
  EncodedMatrix encode(Code code, Weights weights, GramMatrix inputs, int threads) {
    return switch (this) {
      case ENCODED -> encode(code, weights, threads);
      case CLIPPED -> clip(code, weights, InputMoments.identity(weights.columns()), threads);
      case SCALED -> scaled(code, weights, threads);
      case WEIGHTED -> scale(code, weights, clip(code, weights, inputs, threads), inputs);
      case ROUNDED -> {
        try (EncodedMatrix start = WEIGHTED.encode(code, weights, inputs, threads)) {
          yield scale(code, weights, Gptq.round(weights, start, inputs, threads), inputs);
        }
      }
    };
  }

  /** The step {@link #SCALED}, which needs no statistics. */
  static EncodedMatrix scaled(Code code, Weights weights, int threads) {
    InputMoments unknown = InputMoments.identity(weights.columns());
    return scale(code, weights, clip(code, weights, unknown, threads), unknown);
  }

  private static EncodedMatrix encode(Code code, Weights weights, int threads) {
    return new Encoder(code, ScaleMode.ROW, new Layout.Adaptive(), threads).encode(weights);
  }

  private static EncodedMatrix clip(Code code, Weights weights, InputMoments moments, int threads) {
    return code instanceof Code.Symmetric symmetric
        ? encode(code, Clipping.clip(weights, symmetric, moments, threads), threads)
        : encode(code, weights, threads);
  }

  /** Binary weights need an offset to be negative at all, and affine steps round down. */
  private static EncodedMatrix scale(
      Code code, Weights weights, EncodedMatrix encoded, InputMoments moments) {
    return switch (code) {
      case Code.Binary _, Code.Affine _ ->
          Calibration.rowScalesAndOffsets(weights, encoded, moments);
      case Code.Ternary _, Code.Symmetric _ -> Calibration.rowScales(weights, encoded, moments);
    };
  }
}
