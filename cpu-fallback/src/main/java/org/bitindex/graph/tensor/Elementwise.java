package org.bitindex.graph.tensor;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import java.util.function.LongUnaryOperator;
import org.bitindex.internal.Parallel;
import org.bitindex.onnx.DataType;

/** Functions of each element, and of pairs of elements of shapes that broadcast. */
public final class Elementwise {
  /** Elements from which on threads share them. */
  private static final int PARALLEL = 1 << 15;

  /** Elements of a row that are taken at a time. */
  private static final int PIECE = 1 << 13;

  /** Copies of an element that are written side by side. */
  private static final int BLOCK = 1 << 10;

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
    return map(a, b, function, 1);
  }

  /** As {@link #map(Tensor, Tensor, Binary)}, floats on some threads if there are many. */
  public static Tensor map(Tensor a, Tensor b, Binary function, int threads) {
    requireSameType(a, b);
    int[] shape = Shapes.broadcast(a.shape(), b.shape());
    int n = Shapes.count(shape);
    return switch (a.elements()) {
      case float[] x -> {
        float[] z = b.floats();
        float[] y = new float[n];
        FloatBinary f = function.floats();
        forRows(
            a.shape(),
            b.shape(),
            shape,
            threads,
            (i, di, j, dj, o, count) -> {
              if (f instanceof Row row) {
                apply(row, x, i, di, z, j, dj, y, o, count);
              } else {
                for (int e = 0; e < count; e++) {
                  y[o + e] = f.apply(x[i + e * di], z[j + e * dj]);
                }
              }
            });
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
            1,
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
            1,
            (i, di, j, dj, o, count) -> {
              for (int e = 0; e < count; e++) {
                y[o + e] = f.apply(x[i + e * di], z[j + e * dj]);
              }
            });
        yield Tensor.ofLongs(a.type(), shape, y);
      }
    };
  }

  /** A function with a loop of its own, which the compiler turns into vector code. */
  public interface Row extends FloatBinary {
    /** {@code n} neighbouring elements from x[i], z[j] and y[o] on. */
    void apply(float[] x, int i, float[] z, int j, float[] y, int o, int n);
  }

  /** An element that stays the same is written side by side first. */
  private static void apply(
      Row row, float[] x, int i, int di, float[] z, int j, int dj, float[] y, int o, int n) {
    if (di == 1 && dj == 1) {
      row.apply(x, i, z, j, y, o, n);
      return;
    }
    float[] same = new float[Math.min(n, BLOCK)];
    Arrays.fill(same, di == 0 ? x[i] : z[j]);
    for (int from = 0; from < n; from += BLOCK) {
      int count = Math.min(BLOCK, n - from);
      if (di == 1) {
        row.apply(x, i + from, same, 0, y, o + from, count);
      } else if (dj == 1) {
        row.apply(same, 0, z, j + from, y, o + from, count);
      } else {
        Arrays.fill(y, o + from, o + from + count, row.apply(x[i], z[j]));
      }
    }
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
    forRows(a.shape(), b.shape(), shape, 1, rows);
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
  private static void forRows(int[] a, int[] b, int[] shape, int threads, Rows rows) {
    int[] aStrides = Shapes.broadcastStrides(a, shape);
    int[] bStrides = Shapes.broadcastStrides(b, shape);
    int rank = shape.length;
    int length = 1;
    int da = 1;
    int db = 1;
    if (rank > 0) {
      length = shape[--rank];
      da = length == 1 ? 1 : aStrides[rank];
      db = length == 1 ? 1 : bStrides[rank];
      while (rank > 0 && aStrides[rank - 1] == da * length && bStrides[rank - 1] == db * length) {
        length *= shape[--rank];
      }
    }
    int outer = Shapes.count(shape, 0, rank);
    if (length == 0 || outer == 0) {
      return;
    }
    // Long rows are cut, so that threads share them.
    int pieces = Math.ceilDiv(length, PIECE);
    int[] sizes = Arrays.copyOf(shape, rank);
    int count = length;
    int aStep = da;
    int bStep = db;
    Parallel.forRows(
        (long) outer * length >= PARALLEL ? threads : 1,
        Math.multiplyExact(outer, pieces),
        (from, to) -> {
          for (int unit = from; unit < to; unit++) {
            int row = unit / pieces;
            int first = unit % pieces * PIECE;
            int i = first * aStep;
            int j = first * bStep;
            for (int d = sizes.length - 1, rest = row; d >= 0; d--) {
              int at = rest % sizes[d];
              rest /= sizes[d];
              i += at * aStrides[d];
              j += at * bStrides[d];
            }
            rows.apply(i, aStep, j, bStep, row * count + first, Math.min(PIECE, count - first));
          }
        });
  }
}
