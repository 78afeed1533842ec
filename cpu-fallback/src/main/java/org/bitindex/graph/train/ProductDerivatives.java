package org.bitindex.graph.train;

import java.util.Arrays;
import java.util.Map;
import org.bitindex.graph.tensor.Shapes;
import org.bitindex.graph.tensor.Strided;
import org.bitindex.graph.tensor.Tensor;
import org.bitindex.graph.tensor.TensorKernels;
import org.bitindex.internal.Parallel;
import org.jspecify.annotations.Nullable;

/** Of Y = A B: dA = dY B', dB = A' dY. */
final class ProductDerivatives {
  /** Rows that a thread takes at a time. */
  private static final int ROWS = 128;

  private ProductDerivatives() {}

  static void list(Map<String, Derivative> table) {
    table.put("MatMul", ProductDerivatives::matMul);
    table.put("Gemm", ProductDerivatives::gemm);
  }

  private static @Nullable Tensor[] matMul(Derivative.Place p) {
    Tensor a = p.input(0);
    Tensor b = p.input(1);
    int rank = a.rank();
    if (rank >= 2 && b.rank() == 2) {
      Tensor[] flat = slopes(p, matrix(a), b, matrix(p.slope()));
      return new Tensor[] {flat[0].reshaped(a.shape()), flat[1]};
    }
    if (rank < 2
        || b.rank() != rank
        || !Arrays.equals(a.shape(), 0, rank - 2, b.shape(), 0, rank - 2)) {
      throw p.refused("a product of " + a + " and " + b);
    }
    return slopes(p, a, b, p.slope());
  }

  private static @Nullable Tensor[] gemm(Derivative.Place p) {
    if (p.node().integer("transA", 0) != 0
        || p.node().real("alpha", 1) != 1
        || p.node().real("beta", 1) != 1) {
      throw p.refused("a Gemm with transA, alpha or beta");
    }
    boolean turned = p.node().integer("transB", 0) != 0;
    Tensor b = turned ? turned(p.input(1)) : p.input(1);
    Tensor[] two = slopes(p, p.input(0), b, p.slope());
    @Nullable Tensor[] slopes = new Tensor[p.inputs().length];
    slopes[0] = two[0];
    slopes[1] = turned ? turned(two[1]) : two[1];
    if (slopes.length > 2) {
      slopes[2] = ElementDerivatives.sum(p.slope(), p.input(2).shape());
    }
    return slopes;
  }

  private static Tensor[] slopes(Derivative.Place p, Tensor a, Tensor b, Tensor slope) {
    return new Tensor[] {
      multiply(slope, turned(b), p.threads()), multiply(turned(a), slope, p.threads())
    };
  }

  /** All rows as one matrix. */
  private static Tensor matrix(Tensor x) {
    int last = x.size(x.rank() - 1);
    return x.reshaped(Shapes.count(x.shape(), 0, x.rank() - 1), last);
  }

  /** The last two dimensions swapped. */
  private static Tensor turned(Tensor x) {
    int last = x.rank() - 1;
    int[] shape = x.shape().clone();
    int[] strides = Shapes.strides(shape);
    swap(shape, last);
    swap(strides, last);
    return Strided.copy(x, 0, shape, strides);
  }

  private static void swap(int[] values, int last) {
    int kept = values[last];
    values[last] = values[last - 1];
    values[last - 1] = kept;
  }

  /** As many matrices as in both; threads change no bit. */
  private static Tensor multiply(Tensor a, Tensor b, int threads) {
    int rank = a.rank();
    int m = a.size(rank - 2);
    int k = a.size(rank - 1);
    int n = b.size(rank - 1);
    int count = Shapes.count(a.shape(), 0, rank - 2);
    int parts = Math.ceilDiv(m, ROWS);
    float[] y = new float[Shapes.count(count, m, n)];
    Parallel.forRows(
        threads,
        count * parts,
        (from, to) -> {
          for (int part = from; part < to; part++) {
            int matrix = part / parts;
            int first = part % parts * ROWS;
            int row = matrix * m + first;
            TensorKernels.MAT_MUL.multiply(
                a.floats(),
                row * k,
                k,
                b.floats(),
                matrix * k * n,
                n,
                y,
                row * n,
                n,
                Math.min(ROWS, m - first),
                k,
                n);
          }
        });
    return Tensor.of(Shapes.with(a.shape(), rank - 1, n), y);
  }
}
