package org.bitindex.lab.peers;

import java.util.List;
import org.bitindex.onnx.DataType;

/** An ONNX model of one product Y = X W<sup>T</sup>, with what its weights cost and lost. */
final class OnnxModel {
  /** Half a step of signed eight-bit codes, as a fraction of the largest magnitude. */
  private static final double SIGNED_INPUT_ERROR = 1 / 254.0;

  /**
   * A step of unsigned eight-bit codes from the least to the greatest value, at most twice the
   * largest magnitude apart: half for the value and half for the zero point.
   */
  private static final double UNSIGNED_INPUT_ERROR = 2 / 255.0;

  private static final int INT8_ACTIVATIONS = 4;

  final byte[] bytes;
  final float[] weights;
  final double inputError;

  private OnnxModel(byte[] bytes, float[] weights, double inputError) {
    this.bytes = bytes;
    this.weights = weights;
    this.inputError = inputError;
  }

  /** {@code MatMul} in floats. */
  static OnnxModel matMul(float[] weights, PeerShape shape) {
    float[] transposed = new float[weights.length];
    Buffers.transpose(weights, shape.rows(), shape.columns(), transposed);
    byte[] model =
        new PeerGraph()
            .constant("W", transposed, shape.columns(), shape.rows())
            .node("MatMul", List.of(PeerGraph.INPUT, "W"), PeerGraph.OUTPUT)
            .toModel(shape);
    return new OnnxModel(model, weights, 0);
  }

  /**
   * {@code MatMulNBits}.
   *
   * @param bits of a weight, 2 or 4
   * @param blockSize weights that share a scale, 32 or 128
   * @param accuracyLevel 0: float activations, 4: eight bits, one scale for each block
   */
  static OnnxModel matMulBits(
      float[] weights, PeerShape shape, int bits, int blockSize, int accuracyLevel) {
    NBitsWeights w = new NBitsWeights(weights, shape.rows(), shape.columns(), bits, blockSize);
    long blocks = w.blocksPerRow();
    byte[] model =
        new PeerGraph()
            .constant(
                "codes",
                DataType.UINT8,
                w.codes,
                shape.rows(),
                blocks,
                blockSize * bits / Byte.SIZE)
            .constant("scales", w.scales, shape.rows(), blocks)
            .matMulNBits(shape.columns(), shape.rows(), bits, blockSize, accuracyLevel)
            .toModel(shape);
    return new OnnxModel(
        model, w.dequantised, accuracyLevel == INT8_ACTIVATIONS ? SIGNED_INPUT_ERROR : 0);
  }

  /**
   * {@code DynamicQuantizeLinear} and {@code MatMulInteger}: weights in eight bits with a scale for
   * each row, activations in eight bits with one scale for all of X.
   *
   * <p>The order of operators is the one that ONNX Runtime fuses into one.
   */
  static OnnxModel dynamicInt8(float[] weights, PeerShape shape) {
    Int8Weights w = new Int8Weights(weights, shape.rows(), shape.columns());
    byte[] zeros = new byte[shape.rows()];
    byte[] model =
        new PeerGraph()
            .constant("W", DataType.INT8, w.transposedCodes, shape.columns(), shape.rows())
            .constant("zeros", DataType.INT8, zeros, shape.rows())
            .constant("scales", w.scales, shape.rows())
            .node("DynamicQuantizeLinear", List.of(PeerGraph.INPUT), "x", "xScale", "xZero")
            .node("MatMulInteger", List.of("x", "W", "xZero", "zeros"), "sums")
            .castToFloat("sums", "floatSums")
            .node("Mul", List.of("xScale", "scales"), "scale")
            .node("Mul", List.of("floatSums", "scale"), PeerGraph.OUTPUT)
            .toModel(shape);
    return new OnnxModel(model, w.dequantised, UNSIGNED_INPUT_ERROR);
  }

  /** Makes one of the models above. */
  @FunctionalInterface
  interface Factory {
    OnnxModel create(float[] weights, PeerShape shape);
  }
}
