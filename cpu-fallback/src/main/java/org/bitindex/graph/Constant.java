package org.bitindex.graph;

import java.util.Arrays;
import org.bitindex.graph.tensor.Shapes;
import org.bitindex.graph.tensor.Tensor;
import org.bitindex.matrix.Weights;
import org.bitindex.onnx.DataType;
import org.bitindex.onnx.OnnxTensor;
import org.jspecify.annotations.Nullable;

/** A value that is the same in every run: stored in the model, computed before, or encoded. */
final class Constant {
  private final String name;
  private final DataType type;
  private final int[] shape;
  private final @Nullable OnnxTensor stored;
  private final @Nullable EncodedWeights encoded;
  private @Nullable Tensor tensor;

  private Constant(
      String name,
      DataType type,
      int[] shape,
      @Nullable OnnxTensor stored,
      @Nullable EncodedWeights encoded,
      @Nullable Tensor tensor) {
    this.name = name;
    this.type = type;
    this.shape = shape;
    this.stored = stored;
    this.encoded = encoded;
    this.tensor = tensor;
  }

  /** A tensor that stays where it is until it is needed. */
  static Constant of(OnnxTensor stored) {
    return new Constant(
        stored.name(), stored.type(), Shapes.of(stored.shape()), stored, null, null);
  }

  static Constant of(String name, Tensor tensor) {
    return new Constant(name, tensor.type(), tensor.shape(), null, null, tensor);
  }

  static Constant of(String name, int[] shape, EncodedWeights encoded) {
    return new Constant(name, DataType.FLOAT, shape, null, encoded, null);
  }

  /** The same encoded weights, whose tensor the node sees in another shape. */
  Constant withShape(String newName, int... newShape) {
    return new Constant(newName, type, newShape, stored, encoded, tensor);
  }

  /** The name under which the weights are stored. */
  String name() {
    return name;
  }

  DataType type() {
    return type;
  }

  int[] shape() {
    return shape;
  }

  @Nullable EncodedWeights encoded() {
    return encoded;
  }

  /**
   * The tensor.
   *
   * @throws IllegalArgumentException if the weights are encoded: only products can use them
   */
  synchronized Tensor tensor() {
    if (tensor == null) {
      if (stored == null) {
        throw new IllegalArgumentException(
            "weights " + name + " are encoded, which only products and embeddings can use");
      }
      tensor = Tensor.of(stored);
    }
    return tensor;
  }

  /** A matrix in a dense constant. */
  Weights matrix(int first, int rows, int columns, int rowStride, int columnStride) {
    if (stored != null) {
      return stored.matrix(first, rows, columns, rowStride, columnStride);
    }
    return tensor().toOnnx(name).matrix(first, rows, columns, rowStride, columnStride);
  }

  @Override
  public String toString() {
    return name + " " + type + Arrays.toString(shape);
  }
}
