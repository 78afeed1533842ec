package org.bitindex.graph.operator;

import org.bitindex.graph.tensor.Elementwise;
import org.bitindex.graph.tensor.Elementwise.Binary;
import org.bitindex.graph.tensor.Elementwise.Row;
import org.bitindex.graph.tensor.Tensor;
import org.bitindex.onnx.DataType;

/** Add, Sub, Mul, Div and other functions of two or more numbers. */
final class ArithmeticOperators {
  private ArithmeticOperators() {}

  /** The sum of two tensors. */
  static final Binary ADD =
      new Binary(
          new Row() {
            @Override
            public float apply(float a, float b) {
              return a + b;
            }

            @Override
            public void apply(float[] x, int i, float[] z, int j, float[] y, int o, int n) {
              for (int e = 0; e < n; e++) {
                y[o + e] = x[i + e] + z[j + e];
              }
            }
          },
          Double::sum,
          Long::sum);

  /** The difference of two tensors. */
  static final Binary SUB =
      new Binary(
          new Row() {
            @Override
            public float apply(float a, float b) {
              return a - b;
            }

            @Override
            public void apply(float[] x, int i, float[] z, int j, float[] y, int o, int n) {
              for (int e = 0; e < n; e++) {
                y[o + e] = x[i + e] - z[j + e];
              }
            }
          },
          (a, b) -> a - b,
          (a, b) -> a - b);

  /** The product of two tensors. */
  static final Binary MUL =
      new Binary(
          new Row() {
            @Override
            public float apply(float a, float b) {
              return a * b;
            }

            @Override
            public void apply(float[] x, int i, float[] z, int j, float[] y, int o, int n) {
              for (int e = 0; e < n; e++) {
                y[o + e] = x[i + e] * z[j + e];
              }
            }
          },
          (a, b) -> a * b,
          (a, b) -> a * b);

  /** The quotient of two tensors. */
  static final Binary DIV =
      new Binary(
          new Row() {
            @Override
            public float apply(float a, float b) {
              return a / b;
            }

            @Override
            public void apply(float[] x, int i, float[] z, int j, float[] y, int o, int n) {
              for (int e = 0; e < n; e++) {
                y[o + e] = x[i + e] / z[j + e];
              }
            }
          },
          (a, b) -> a / b,
          (a, b) -> a / b);

  /** The greater of two elements. */
  static final Binary MAX =
      new Binary(
          new Row() {
            @Override
            public float apply(float a, float b) {
              return Math.max(a, b);
            }

            @Override
            public void apply(float[] x, int i, float[] z, int j, float[] y, int o, int n) {
              for (int e = 0; e < n; e++) {
                y[o + e] = Math.max(x[i + e], z[j + e]);
              }
            }
          },
          Math::max,
          Math::max);

  /** The lesser of two elements. */
  static final Binary MIN =
      new Binary(
          new Row() {
            @Override
            public float apply(float a, float b) {
              return Math.min(a, b);
            }

            @Override
            public void apply(float[] x, int i, float[] z, int j, float[] y, int o, int n) {
              for (int e = 0; e < n; e++) {
                y[o + e] = Math.min(x[i + e], z[j + e]);
              }
            }
          },
          Math::min,
          Math::min);

  static void list(Table table) {
    binary(table, "Add", ADD);
    binary(table, "Sub", SUB);
    binary(table, "Mul", MUL);
    binary(table, "Div", DIV);
    binary(
        table,
        "PRelu",
        new Binary(
            (x, s) -> x < 0 ? x * s : x, (x, s) -> x < 0 ? x * s : x, (x, s) -> x < 0 ? x * s : x));
    table.one("Pow", _ -> in -> pow(in.get(0), in.get(1)));
    table.one(
        "Mod",
        node -> {
          Binary mod = node.flag("fmod", false) ? TRUNCATED : FLOORED;
          return in -> Elementwise.map(in.get(0), in.get(1), mod);
        });
    table.one(
        "BitShift",
        node -> {
          Binary shift =
              node.text("direction", "").equals("LEFT")
                  ? integers((a, b) -> b > 63 ? 0 : a << b)
                  : integers((a, b) -> b > 63 ? 0 : a >>> b);
          return in -> Elementwise.map(in.get(0), in.get(1), shift);
        });
    binary(table, "BitwiseAnd", integers((a, b) -> a & b));
    binary(table, "BitwiseOr", integers((a, b) -> a | b));
    binary(table, "BitwiseXor", integers((a, b) -> a ^ b));
    variadic(table, "Sum", ADD);
    variadic(table, "Max", MAX);
    variadic(table, "Min", MIN);
    table.one(
        "Mean",
        _ ->
            in -> {
              Tensor sum = fold(in, ADD);
              float count = in.tensors().length;
              return Elementwise.map(sum, x -> x / count, x -> x / count);
            });
  }

  private static final Binary TRUNCATED =
      new Binary((a, b) -> a % b, (a, b) -> a % b, (a, b) -> a % b);

  private static final Binary FLOORED =
      new Binary(
          (a, b) -> a - (float) StrictMath.floor(a / b) * b,
          (a, b) -> a - StrictMath.floor(a / b) * b,
          Math::floorMod);

  private static Binary integers(Elementwise.LongBinary f) {
    return new Binary(
        (_, _) -> {
          throw new IllegalArgumentException("inputs are floats, expected integers");
        },
        (_, _) -> {
          throw new IllegalArgumentException("inputs are doubles, expected integers");
        },
        f);
  }

  private static void binary(Table table, String name, Binary f) {
    table.one(name, node -> in -> Elementwise.map(in.get(0), in.get(1), f, node.threads()));
  }

  private static void variadic(Table table, String name, Binary f) {
    table.one(name, _ -> in -> fold(in, f));
  }

  private static Tensor fold(Inputs in, Binary f) {
    Tensor result = in.get(0);
    for (int i = 1; i < in.tensors().length; i++) {
      result = Elementwise.map(result, in.get(i), f);
    }
    return result;
  }

  /** Base and exponent may differ in type; the result has the base's. */
  private static Tensor pow(Tensor base, Tensor exponent) {
    if (base.type().isInteger() && exponent.type().isInteger()) {
      return Elementwise.map(
          base, exponent.as(base.type()), integers(ArithmeticOperators::integerPow));
    }
    if (exponent.length() == 1 && exponent.number(0) == 2 && base.type() == DataType.FLOAT) {
      Tensor square = Elementwise.map(base, base, MUL);
      return exponent.rank() > base.rank() ? square.reshaped(exponent.shape()) : square;
    }
    Tensor power =
        Elementwise.map(
            org.bitindex.graph.tensor.Conversions.cast(base, DataType.DOUBLE),
            org.bitindex.graph.tensor.Conversions.cast(exponent, DataType.DOUBLE),
            new Binary((a, b) -> a, StrictMath::pow, (a, b) -> a));
    return org.bitindex.graph.tensor.Conversions.cast(power, base.type());
  }

  private static long integerPow(long base, long exponent) {
    if (exponent < 0) {
      return base == 1 ? 1 : base == -1 ? (exponent % 2 == 0 ? 1 : -1) : 0;
    }
    long result = 1;
    long square = base;
    for (long e = exponent; e > 0; e >>= 1) {
      result = (e & 1) == 1 ? result * square : result;
      square *= square;
    }
    return result;
  }
}
