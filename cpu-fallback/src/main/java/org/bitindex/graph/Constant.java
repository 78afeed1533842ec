package org.bitindex.graph;

import java.util.Arrays;
import org.bitindex.graph.tensor.Conversions;
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

  /** A floating tensor of encoded weights. */
  static Constant of(String name, DataType type, int[] shape, EncodedWeights encoded) {
    return new Constant(name, type, shape, null, encoded, null);
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

  /** The tensor; encoded weights decoded. */
  synchronized Tensor tensor() {
    if (tensor == null) {
      tensor = stored != null ? Tensor.of(stored) : decoded();
    }
    return tensor;
  }

  private Tensor decoded() {
    if (encoded == null) {
      throw new IllegalStateException("constant " + name + " has no elements");
    }
    Tensor floats = Tensor.of(shape, encoded.decode(Shapes.count(shape)));
    return type == DataType.FLOAT ? floats : Conversions.cast(floats, type);
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
