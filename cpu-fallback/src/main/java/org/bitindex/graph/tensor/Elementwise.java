package org.bitindex.graph.tensor;

import java.util.function.DoubleUnaryOperator;
import java.util.function.LongUnaryOperator;
import org.bitindex.onnx.DataType;

/** Functions of each element, and of pairs of elements of shapes that broadcast. */
public final class Elementwise {
  private Elementwise() {}

  /** A function of a float. */
  @FunctionalInterface
  public interface FloatUnary {
    /** The value at x. */
    float apply(float x);
  }

  /** A function of two floats. */
  @FunctionalInterface
  public interface FloatBinary {
    /** The value at (a, b). */
    float apply(float a, float b);
  }

  /** A function of two doubles. */
  @FunctionalInterface
  public interface DoubleBinary {
    /** The value at (a, b). */
    double apply(double a, double b);
  }

  /** A function of two integers. */
  @FunctionalInterface
  public interface LongBinary {
    /** The value at (a, b). */
    long apply(long a, long b);
  }

  /** The function of each element of a floating tensor. */
  public static Tensor map(Tensor x, FloatUnary f, DoubleUnaryOperator d) {
    return map(
        x,
        f,
        d,
        v -> {
          throw new IllegalArgumentException("a tensor is " + x + ", expected floats");
        });
  }

  /** The function of each element; integers stay in the range of their type. */
  public static Tensor map(Tensor x, FloatUnary f, DoubleUnaryOperator d, LongUnaryOperator l) {
    int n = x.length();
    return switch (x.elements()) {
      case float[] values -> {
        float[] y = new float[n];
        for (int i = 0; i < n; i++) {
          y[i] = f.apply(values[i]);
        }
        yield Tensor.ofFloats(x.type(), x.shape(), y);
      }
      case double[] values -> {
        double[] y = new double[n];
        for (int i = 0; i < n; i++) {
          y[i] = d.applyAsDouble(values[i]);
        }
        yield new Tensor(x.type(), x.shape(), y);
      }
      default -> {
        long[] values = x.longs();
        long[] y = new long[n];
        for (int i = 0; i < n; i++) {
          y[i] = l.applyAsLong(values[i]);
        }
        yield Tensor.ofLongs(x.type(), x.shape(), y);
      }
    };
  }

  /** A function of whole rows of two arrays of one kind; a stride is 0 or 1. */
  @FunctionalInterface
  private interface Rows {
    void apply(int a, int aStride, int b, int bStride, int y, int count);
  }

  /** Functions of pairs of each kind of elements. */
  public record Binary(FloatBinary floats, DoubleBinary doubles, LongBinary longs) {}

  /** The function of each pair of elements of one type. */
  public static Tensor map(Tensor a, Tensor b, Binary function) {
    requireSameType(a, b);
    int[] shape = Shapes.broadcast(a.shape(), b.shape());
    int n = Shapes.count(shape);
    return switch (a.elements()) {
      case float[] x -> {
        float[] y = new float[n];
        addRows(function.floats(), x, b.floats(), y, a.shape(), b.shape(), shape);
        yield Tensor.ofFloats(a.type(), shape, y);
      }
      case double[] x -> {
        double[] z = b.doubles();
        double[] y = new double[n];
        DoubleBinary f = function.doubles();
        forRows(
            a.shape(),
            b.shape(),
            shape,
            (i, di, j, dj, o, count) -> {
              for (int e = 0; e < count; e++) {
                y[o + e] = f.apply(x[i + e * di], z[j + e * dj]);
              }
            });
        yield new Tensor(a.type(), shape, y);
      }
      default -> {
        long[] x = a.longs();
        long[] z = b.longs();
        long[] y = new long[n];
        LongBinary f = function.longs();
        forRows(
            a.shape(),
            b.shape(),
            shape,
            (i, di, j, dj, o, count) -> {
              for (int e = 0; e < count; e++) {
                y[o + e] = f.apply(x[i + e * di], z[j + e * dj]);
              }
            });
        yield Tensor.ofLongs(a.type(), shape, y);
      }
    };
  }

  private static void addRows(
      FloatBinary f, float[] x, float[] z, float[] y, int[] a, int[] b, int[] shape) {
    forRows(a, b, shape, (i, di, j, dj, o, count) -> f(f, x, i, di, z, j, dj, y, o, count));
  }

  private static void f(
      FloatBinary f, float[] x, int i, int di, float[] z, int j, int dj, float[] y, int o, int n) {
    if (f instanceof Row row) {
      row.apply(x, i, di, z, j, dj, y, o, n);
      return;
    }
    for (int e = 0; e < n; e++) {
      y[o + e] = f.apply(x[i + e * di], z[j + e * dj]);
    }
  }

  /** A function with a loop of its own, which the compiler turns into vector code. */
  public interface Row extends FloatBinary {
    /** Computes n elements. */
    void apply(float[] x, int i, int di, float[] z, int j, int dj, float[] y, int o, int n);
  }

  /** True where two elements of any one type are in a relation. */
  public static Tensor compare(
      Tensor a, Tensor b, DoublePredicate2 numbers, LongPredicate2 integers) {
    requireSameType(a, b);
    int[] shape = Shapes.broadcast(a.shape(), b.shape());
    long[] y = new long[Shapes.count(shape)];
    Rows rows =
        switch (a.elements()) {
          case long[] x -> {
            long[] z = b.longs();
            yield (i, di, j, dj, o, count) -> {
              for (int e = 0; e < count; e++) {
                y[o + e] = integers.test(x[i + e * di], z[j + e * dj]) ? 1 : 0;
              }
            };
          }
          case String[] x -> {
            String[] z = b.strings();
            yield (i, di, j, dj, o, count) -> {
              for (int e = 0; e < count; e++) {
                int order = x[i + e * di].compareTo(z[j + e * dj]);
                y[o + e] = integers.test(order, 0) ? 1 : 0;
              }
            };
          }
          default ->
              (i, di, j, dj, o, count) -> {
                for (int e = 0; e < count; e++) {
                  y[o + e] = numbers.test(a.number(i + e * di), b.number(j + e * dj)) ? 1 : 0;
                }
              };
        };
    forRows(a.shape(), b.shape(), shape, rows);
    return new Tensor(DataType.BOOL, shape, y);
  }

  /** A relation of doubles. */
  @FunctionalInterface
  public interface DoublePredicate2 {
    /** Whether it holds for (a, b). */
    boolean test(double a, double b);
  }

  /** A relation of integers. */
  @FunctionalInterface
  public interface LongPredicate2 {
    /** Whether it holds for (a, b). */
    boolean test(long a, long b);
  }

  private static void requireSameType(Tensor a, Tensor b) {
    if (a.type() != b.type()) {
      throw new IllegalArgumentException("types " + a.type() + " and " + b.type() + " differ");
    }
  }

  /** Goes through rows of the broadcast shape; dimensions that lie densely in both are one. */
  private static void forRows(int[] a, int[] b, int[] shape, Rows rows) {
    int[] aStrides = Shapes.broadcastStrides(a, shape);
    int[] bStrides = Shapes.broadcastStrides(b, shape);
    int rank = shape.length;
    int count = 1;
    int da = 1;
    int db = 1;
    if (rank > 0) {
      count = shape[--rank];
      da = count == 1 ? 1 : aStrides[rank];
      db = count == 1 ? 1 : bStrides[rank];
      while (rank > 0 && aStrides[rank - 1] == da * count && bStrides[rank - 1] == db * count) {
        count *= shape[--rank];
      }
    }
    int outer = Shapes.count(shape, 0, rank);
    int[] at = new int[rank];
    int i = 0;
    int j = 0;
    for (int row = 0; row < outer && count > 0; row++) {
      rows.apply(i, da, j, db, row * count, count);
      for (int d = rank - 1; d >= 0; d--) {
        i += aStrides[d];
        j += bStrides[d];
        if (++at[d] < shape[d]) {
          break;
        }
        i -= shape[d] * aStrides[d];
        j -= shape[d] * bStrides[d];
        at[d] = 0;
      }
    }
  }
}
