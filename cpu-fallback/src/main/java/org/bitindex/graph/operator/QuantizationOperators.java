package org.bitindex.graph.operator;

import java.util.Arrays;
import org.bitindex.graph.tensor.Conversions;
import org.bitindex.graph.tensor.Elementwise;
import org.bitindex.graph.tensor.Shapes;
import org.bitindex.graph.tensor.Tensor;
import org.bitindex.onnx.DataType;
import org.jspecify.annotations.Nullable;

/** Integers that stand for floats: x = scale * (q - zero point). */
final class QuantizationOperators {
  private QuantizationOperators() {}

  static void list(Table table) {
    table.one(
        "QuantizeLinear",
        node -> {
          long axis = node.integer("axis", 1);
          DataType otherwise = DataType.of(node.integer("output_dtype", DataType.UINT8.number()));
          return in -> quantize(in.get(0), in.get(1), in.optional(2), axis, otherwise);
        });
    table.one(
        "DequantizeLinear",
        node -> {
          long axis = node.integer("axis", 1);
          return in -> dequantize(in.get(0), in.get(1), in.optional(2), axis);
        });
    table.add("DynamicQuantizeLinear", _ -> inputs -> dynamic(new Inputs(inputs).get(0)));
    table.one(
        "MatMulInteger",
        node ->
            in ->
                ProductOperators.multiply(
                        centred(in.get(0), in.optional(2), true),
                        centred(in.get(1), in.optional(3), false),
                        node.threads())
                    .as(DataType.INT32));
    table.one(
        "QLinearMatMul",
        node ->
            in -> {
              Tensor product =
                  ProductOperators.multiply(
                      centred(in.get(0), in.get(2), true),
                      centred(in.get(3), in.get(5), false),
                      node.threads());
              Tensor scaled =
                  Elementwise.map(
                      Conversions.cast(product.as(DataType.INT64), DataType.DOUBLE),
                      scales(in.get(1), in.get(4)),
                      ArithmeticOperators.MUL);
              return requantize(scaled, in.get(6), in.get(7), 1);
            });
  }

  /** The product of two scales, as doubles that broadcast to the product. */
  private static Tensor scales(Tensor a, Tensor b) {
    Tensor left = a.length() == 1 ? a.reshaped() : a.rank() == 1 ? a.reshaped(a.length(), 1) : a;
    return Elementwise.map(
        Conversions.cast(left, DataType.DOUBLE),
        Conversions.cast(b.length() == 1 ? b.reshaped() : b, DataType.DOUBLE),
        ArithmeticOperators.MUL);
  }

  /** Integers less their zero point: one for the tensor, or one for each row or column. */
  private static Tensor centred(Tensor x, @Nullable Tensor zero, boolean rows) {
    Tensor wide = Conversions.cast(x, DataType.INT64);
    if (zero == null) {
      return wide;
    }
    Tensor z = Conversions.cast(zero, DataType.INT64);
    if (z.length() == 1) {
      z = z.reshaped();
    } else if (rows && z.rank() == 1) {
      z = z.reshaped(z.length(), 1);
    }
    return Elementwise.map(wide, z, ArithmeticOperators.SUB);
  }

  /**
   * A scale or zero point as it broadcasts to a tensor: one number, one for each place of the axis,
   * or one for each block of places.
   */
  private static Tensor along(Tensor x, Tensor parameter, long axis) {
    if (parameter.length() == 1) {
      return parameter.reshaped();
    }
    int d = Shapes.axis(axis, x.rank());
    if (parameter.rank() == x.rank()) {
      int block = Math.ceilDiv(x.size(d), parameter.size(d));
      int inner = Shapes.count(x.shape(), d + 1, x.rank());
      Tensor y = Tensor.zeros(parameter.type(), x.shape());
      for (int i = 0; i < y.length(); i++) {
        int outer = i / inner / x.size(d);
        int place = i / inner % x.size(d) / block;
        int from = (outer * parameter.size(d) + place) * inner + i % inner;
        System.arraycopy(parameter.elements(), from, y.elements(), i, 1);
      }
      return y;
    }
    int[] shape = new int[x.rank()];
    Arrays.fill(shape, 1);
    shape[d] = parameter.length();
    return parameter.reshaped(shape);
  }

  private static Tensor quantize(
      Tensor x, Tensor scale, @Nullable Tensor zero, long axis, DataType otherwise) {
    Tensor offset = zero == null ? Tensor.ofLongs(otherwise, new int[0], new long[1]) : zero;
    if (offset.elements() instanceof float[]) {
      throw new IllegalArgumentException("quantisation to " + offset.type() + " is not supported");
    }
    return requantize(x, scale, offset, axis);
  }

  /** rint(x / scale) + zero point, kept in the range of the zero point's type. */
  private static Tensor requantize(Tensor x, Tensor scale, Tensor zero, long axis) {
    DataType wide = x.type() == DataType.DOUBLE ? DataType.DOUBLE : DataType.FLOAT;
    Tensor q =
        Elementwise.map(
            Conversions.cast(x, wide),
            along(x, Conversions.cast(scale, wide), axis),
            ArithmeticOperators.DIV);
    Tensor rounded = Elementwise.map(q, v -> (float) StrictMath.rint(v), StrictMath::rint);
    DataType type = zero.type();
    double least = Conversions.least(type);
    double greatest = Conversions.greatest(type);
    Tensor sum =
        Elementwise.map(
            Conversions.cast(rounded, DataType.DOUBLE),
            along(x, Conversions.cast(zero, DataType.DOUBLE), axis),
            ArithmeticOperators.ADD);
    return Conversions.cast(
        Elementwise.map(sum, v -> v, v -> Math.max(least, Math.min(greatest, v))), type);
  }

  private static Tensor dequantize(Tensor x, Tensor scale, @Nullable Tensor zero, long axis) {
    Tensor q = Conversions.cast(x, scale.type());
    Tensor centred =
        zero == null
            ? q
            : Elementwise.map(
                q, along(x, Conversions.cast(zero, scale.type()), axis), ArithmeticOperators.SUB);
    return Elementwise.map(centred, along(x, scale, axis), ArithmeticOperators.MUL);
  }

  /** To UINT8 with scale (max - min) / 255, where 0 is exact. */
  private static Tensor[] dynamic(Tensor x) {
    float least = 0;
    float greatest = 0;
    for (float v : x.floats()) {
      least = Math.min(least, v);
      greatest = Math.max(greatest, v);
    }
    float scale = (greatest - least) / 255;
    float zero = scale == 0 ? 0 : (float) StrictMath.rint(Math.clamp(-least / scale, 0f, 255f));
    Tensor scaleTensor = Tensor.of(new int[0], scale);
    Tensor zeroTensor = new Tensor(DataType.UINT8, new int[0], new long[] {(long) zero});
    Tensor y = requantize(x, scale == 0 ? Tensor.of(new int[0], 1f) : scaleTensor, zeroTensor, 1);
    return new Tensor[] {y, scaleTensor, zeroTensor};
  }
}
