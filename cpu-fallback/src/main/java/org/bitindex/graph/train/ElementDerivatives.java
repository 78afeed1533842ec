package org.bitindex.graph.train;

import java.util.Arrays;
import java.util.Map;
import org.bitindex.graph.tensor.ElementaryFunctions;
import org.bitindex.graph.tensor.Elementwise;
import org.bitindex.graph.tensor.Elementwise.FloatBinary;
import org.bitindex.graph.tensor.Shapes;
import org.bitindex.graph.tensor.Tensor;
import org.bitindex.internal.Parallel;
import org.jspecify.annotations.Nullable;

/** Of functions of one element, and of pairs of elements that broadcast. */
final class ElementDerivatives {
  /** Elements that a thread takes at least. */
  private static final int PART = 1 << 13;

  /** The slope of erf at 0. */
  private static final float ERF_AT_ZERO = (float) (2 / Math.sqrt(Math.PI));

  /** The density of the normal distribution at 0. */
  private static final float DENSITY_AT_ZERO = (float) (1 / Math.sqrt(2 * Math.PI));

  private ElementDerivatives() {}

  /** The slope of x, of that of y, x and y = f(x). */
  @FunctionalInterface
  private interface Unary {
    float of(float slope, float x, float y);
  }

  static void list(Map<String, Derivative> table) {
    table.put("Add", p -> both(p, p.slope(), p.slope()));
    table.put("Sub", p -> both(p, p.slope(), map(p, p.slope(), p.slope(), (d, _) -> -d)));
    table.put("Mul", ElementDerivatives::product);
    table.put("Div", ElementDerivatives::quotient);
    table.put("Pow", ElementDerivatives::square);
    table.put("Sqrt", unary((d, _, y) -> d / (2 * y)));
    table.put("Relu", unary((d, x, _) -> x > 0 ? d : 0));
    table.put("Tanh", unary((d, _, y) -> d * (1 - y * y)));
    table.put("Sigmoid", unary((d, _, y) -> d * y * (1 - y)));
    table.put("Erf", unary((d, x, _) -> d * ERF_AT_ZERO * ElementaryFunctions.exp(-x * x)));
    table.put("Gelu", ElementDerivatives::gelu);
  }

  private static Derivative unary(Unary f) {
    return p -> {
      float[] d = p.slope().floats();
      float[] x = p.input(0).floats();
      float[] y = p.y().floats();
      float[] dx = new float[d.length];
      Parallel.forRows(
          p.threads(),
          Math.ceilDiv(d.length, PART),
          (from, to) -> {
            for (int i = from * PART; i < Math.min(d.length, to * PART); i++) {
              dx[i] = f.of(d[i], x[i], y[i]);
            }
          });
      return new Tensor[] {Tensor.of(p.y().shape(), dx)};
    };
  }

  /** x P(x) has the slope P(x) + x p(x), for the normal distribution P and its density p. */
  private static @Nullable Tensor[] gelu(Derivative.Place p) {
    if (!p.node().text("approximate", "none").equals("none")) {
      throw p.refused("an approximate Gelu");
    }
    return unary((d, x, y) ->
            d
                * ((x == 0 ? 0.5f : y / x)
                    + x * DENSITY_AT_ZERO * ElementaryFunctions.exp(-x * x / 2)))
        .of(p);
  }

  private static @Nullable Tensor[] product(Derivative.Place p) {
    return both(
        p,
        p.wanted()[0] ? map(p, p.slope(), p.input(1), (d, b) -> d * b) : null,
        p.wanted()[1] ? map(p, p.slope(), p.input(0), (d, a) -> d * a) : null);
  }

  private static @Nullable Tensor[] quotient(Derivative.Place p) {
    Tensor a = map(p, p.slope(), p.input(1), (d, b) -> d / b);
    return both(p, a, p.wanted()[1] ? map(p, a, p.y(), (d, y) -> -d * y) : null);
  }

  private static @Nullable Tensor[] square(Derivative.Place p) {
    Tensor exponent = p.input(1);
    if (exponent.length() != 1 || exponent.number(0) != 2 || p.wanted()[1]) {
      throw p.refused("a power other than 2");
    }
    return both(p, map(p, p.slope(), p.input(0), (d, x) -> 2 * d * x), null);
  }

  private static Tensor map(Derivative.Place p, Tensor a, Tensor b, FloatBinary f) {
    var binary =
        new Elementwise.Binary(
            f,
            (x, y) -> f.apply((float) x, (float) y),
            (_, _) -> {
              throw p.refused("an integer");
            });
    return Elementwise.map(a, b, binary, p.threads());
  }

  private static @Nullable Tensor[] both(
      Derivative.Place p, @Nullable Tensor a, @Nullable Tensor b) {
    return new Tensor[] {
      a == null || !p.wanted()[0] ? null : sum(a, p.input(0).shape()),
      b == null || !p.wanted()[1] ? null : sum(b, p.input(1).shape())
    };
  }

  /** Sums over the dimensions along which a tensor of {@code shape} was broadcast. */
  static Tensor sum(Tensor wide, int[] shape) {
    if (Arrays.equals(wide.shape(), shape)) {
      return wide;
    }
    int rank = wide.rank(); // at least 1: it is wider than something
    int[] strides = Shapes.broadcastStrides(shape, wide.shape());
    float[] x = wide.floats();
    float[] y = new float[Shapes.count(shape)];
    int row = wide.size(rank - 1);
    int[] at = new int[rank - 1];
    int to = 0;
    for (int from = 0; from < x.length; from += row) {
      addRow(x, from, row, y, to, strides[rank - 1]);
      for (int d = rank - 2; d >= 0; d--) {
        to += strides[d];
        if (++at[d] < wide.size(d)) {
          break;
        }
        to -= at[d] * strides[d];
        at[d] = 0;
      }
    }
    return Tensor.of(shape, y);
  }

  private static void addRow(float[] x, int from, int count, float[] y, int to, int stride) {
    if (stride == 1) {
      for (int i = 0; i < count; i++) {
        y[to + i] += x[from + i];
      }
      return;
    }
    float sum = 0;
    for (int i = 0; i < count; i++) {
      sum += x[from + i];
    }
    y[to] += sum;
  }
}
