package org.bitindex.graph.operator;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.bitindex.graph.tensor.Elementwise;
import org.bitindex.graph.tensor.Shapes;
import org.bitindex.graph.tensor.Tensor;
import org.bitindex.graph.tensor.TensorKernels;
import org.bitindex.internal.Parallel;
import org.jspecify.annotations.Nullable;

/** MatMul, FusedMatMul and Gemm, with fixed weights or with two computed operands. */
final class ProductOperators {
  private ProductOperators() {}

  static void list(Table table) {
    table.one("MatMul", ProductOperators::matMul);
    table.one("Gemm", ProductOperators::gemm);
    table.one("Einsum", Einsum::create);
  }

  /** Those of ONNX Runtime's own domain. */
  static void listMicrosoft(Table table) {
    table.one("FusedMatMul", ProductOperators::fusedMatMul);
  }

  static Operator.Single matMul(NodeContext node) {
    int[] right = node.constantShape(1);
    if (right != null && right.length >= 2) {
      WeightSource weights = node.weights(1);
      if (weights != null) {
        return right.length == 2 ? timesMatrix(weights, null) : timesMatrices(weights);
      }
    }
    int[] left = node.constantShape(0);
    if (left != null && left.length == 2) {
      WeightSource weights = node.weights(0);
      if (weights != null) {
        Product product = product(weights, true, null);
        return in -> columns(product, in.get(1));
      }
    }
    return in -> multiply(in.get(0), in.get(1), node.threads());
  }

  /**
   * alpha A' B', where transA and transB swap the last two dimensions, after transBatchA and
   * transBatchB, which take two inputs of one rank above 2, have moved the first before the last.
   */
  private static Operator.Single fusedMatMul(NodeContext node) {
    float alpha = node.real("alpha", 1);
    boolean transA = node.flag("transA", false);
    boolean transB = node.flag("transB", false);
    boolean batchA = node.flag("transBatchA", false);
    boolean batchB = node.flag("transBatchB", false);
    if (batchA || batchB) {
      return in -> {
        Tensor a = in.get(0);
        Tensor b = in.get(1);
        if (a.rank() != b.rank() || a.rank() < 3) {
          throw new IllegalArgumentException(
              "inputs are " + a + " and " + b + ", transBatch takes two of one rank above 2");
        }
        Tensor left = swapped(batchA ? batchInside(a) : a, transA);
        Tensor right = swapped(batchB ? batchInside(b) : b, transB);
        return scaled(multiply(left, right, node.threads()), alpha, 1, null);
      };
    }
    WeightSource right = isMatrix(node.constantShape(1)) ? node.weights(1) : null;
    if (right != null) {
      Product product = product(right, transB, null);
      return in -> scaled(rows(product, swapped(in.get(0), transA)), alpha, 1, null);
    }
    WeightSource left = isMatrix(node.constantShape(0)) ? node.weights(0) : null;
    if (left != null) {
      Product product = product(left, !transA, null);
      return in -> scaled(columns(product, swapped(in.get(1), transB)), alpha, 1, null);
    }
    return in -> {
      Tensor a = swapped(in.get(0), transA);
      Tensor b = swapped(in.get(1), transB);
      return scaled(multiply(a, b, node.threads()), alpha, 1, null);
    };
  }

  private static boolean isMatrix(int @Nullable [] shape) {
    return shape != null && shape.length == 2;
  }

  /** The last two dimensions swapped if asked for; a vector has nothing to swap. */
  private static Tensor swapped(Tensor x, boolean asked) {
    return asked && x.rank() > 1 ? swapLast(x) : x;
  }

  /** The first dimension moved before the last. */
  private static Tensor batchInside(Tensor x) {
    int last = x.rank() - 1;
    int[] order = IntStream.rangeClosed(1, last + 1).toArray();
    order[last - 1] = 0;
    order[last] = last;
    return ShapeOperators.transpose(x, order);
  }

  /**
   * A product with a matrix.
   *
   * @param outputsFirst whether it is stored as [out x in], not as [in x out]
   */
  private static Product product(
      WeightSource weights, boolean outputsFirst, float @Nullable [] bias) {
    int n = weights.shape()[outputsFirst ? 0 : 1];
    int k = weights.shape()[outputsFirst ? 1 : 0];
    return outputsFirst
        ? weights.product(0, 0, n, k, k, 1, bias)
        : weights.product(0, 0, n, k, 1, n, bias);
  }

  /** X B, or X B + bias, with B [in x out]. */
  static Operator.Single timesMatrix(WeightSource weights, float @Nullable [] bias) {
    return new RowProduct(product(weights, false, bias));
  }

  /** The product of each row of a tensor. */
  static Tensor rows(Product product, Tensor x) {
    if (x.rank() == 0 || x.size(x.rank() - 1) != product.columns()) {
      throw new IllegalArgumentException(
          "input is " + x + ", the weights have " + product.columns() + " inputs");
    }
    int batch = Shapes.count(x.shape(), 0, x.rank() - 1);
    float[] y = new float[Shapes.count(batch, product.rows())];
    product.multiply(x.floats(), batch, y);
    return Tensor.ofFloats(x.type(), Shapes.with(x.shape(), x.rank() - 1, product.rows()), y);
  }

  /** X[b] B[b], with B [... x in x out]. */
  private static Operator.Single timesMatrices(WeightSource weights) {
    int[] shape = weights.shape();
    int rank = shape.length;
    int k = shape[rank - 2];
    int n = shape[rank - 1];
    Product[] products = new Product[Shapes.count(shape, 0, rank - 2)];
    for (int b = 0; b < products.length; b++) {
      products[b] = weights.product(b, b * k * n, n, k, 1, n, null);
    }
    return in -> {
      Tensor x = in.get(0);
      int[] batches =
          Shapes.broadcast(Arrays.copyOf(x.shape(), x.rank() - 2), Arrays.copyOf(shape, rank - 2));
      int m = x.size(x.rank() - 2);
      int[] whole = Arrays.copyOf(batches, batches.length + 2);
      whole[batches.length] = m;
      whole[batches.length + 1] = k;
      float[] a = ComparisonOperators.expand(x, whole).floats();
      int[] out = Shapes.with(whole, batches.length + 1, n);
      float[] y = new float[Shapes.count(out)];
      int count = Shapes.count(batches);
      for (int b = 0; b < count; b++) {
        // Weights have the last batch dimensions; those before them repeat.
        float[] part = new float[m * n];
        products[b % products.length].multiply(
            Arrays.copyOfRange(a, b * m * k, (b + 1) * m * k), m, part);
        System.arraycopy(part, 0, y, b * m * n, m * n);
      }
      return Tensor.ofFloats(x.type(), out, y);
    };
  }

  /** The product of each column of the matrices of a tensor, or of a vector. */
  private static Tensor columns(Product product, Tensor x) {
    return x.rank() == 1 ? rows(product, x) : swapLast(rows(product, swapLast(x)));
  }

  private static Tensor swapLast(Tensor x) {
    int[] perm = IntStream.range(0, x.rank()).toArray();
    perm[x.rank() - 1] = x.rank() - 2;
    perm[x.rank() - 2] = x.rank() - 1;
    return ShapeOperators.transpose(x, perm);
  }

  /** Two computed operands; leading dimensions broadcast, vectors are a row and a column. */
  static Tensor multiply(Tensor a, Tensor b, int threads) {
    Tensor left = a.rank() == 1 ? a.reshaped(1, a.length()) : a;
    Tensor right = b.rank() == 1 ? b.reshaped(b.length(), 1) : b;
    int m = left.size(left.rank() - 2);
    int k = left.size(left.rank() - 1);
    int n = right.size(right.rank() - 1);
    if (right.size(right.rank() - 2) != k || a.type() != b.type()) {
      throw new IllegalArgumentException("inputs are " + a + " and " + b);
    }
    int[] aBatches = Arrays.copyOf(left.shape(), left.rank() - 2);
    int[] bBatches = Arrays.copyOf(right.shape(), right.rank() - 2);
    int[] batches = Shapes.broadcast(aBatches, bBatches);
    int count = Shapes.count(batches);
    int[] aPlaces = places(aBatches, batches, m * k);
    int[] bPlaces = places(bBatches, batches, k * n);
    int[] shape = Arrays.copyOf(batches, batches.length + 2);
    shape[batches.length] = m;
    shape[batches.length + 1] = n;
    Tensor y = Tensor.zeros(a.type(), shape);
    switch (y.elements()) {
      case float[] out -> {
        boolean share = (long) count * m * n * k >= 1 << 17;
        Parallel.forRows(
            share ? threads : 1,
            count,
            (from, to) -> {
              for (int i = from; i < to; i++) {
                TensorKernels.MAT_MUL.multiply(
                    left.floats(),
                    aPlaces[i],
                    k,
                    right.floats(),
                    bPlaces[i],
                    n,
                    out,
                    i * m * n,
                    n,
                    m,
                    k,
                    n);
              }
            });
        y = Tensor.ofFloats(a.type(), shape, out);
      }
      case double[] out -> {
        for (int i = 0; i < out.length; i++) {
          int from = aPlaces[i / (m * n)] + i / n % m * k;
          for (int l = 0; l < k; l++) {
            out[i] +=
                left.doubles()[from + l] * right.doubles()[bPlaces[i / (m * n)] + l * n + i % n];
          }
        }
      }
      default -> {
        long[] out = y.longs();
        for (int i = 0; i < out.length; i++) {
          int from = aPlaces[i / (m * n)] + i / n % m * k;
          for (int l = 0; l < k; l++) {
            out[i] += left.longs()[from + l] * right.longs()[bPlaces[i / (m * n)] + l * n + i % n];
          }
        }
        y = Tensor.ofLongs(a.type(), shape, out);
      }
    }
    return y.reshaped(withoutVectors(shape, a.rank() == 1, b.rank() == 1));
  }

  private static int[] withoutVectors(int[] shape, boolean row, boolean column) {
    int last = shape.length - 1;
    return IntStream.range(0, shape.length)
        .filter(d -> !(row && d == last - 1) && !(column && d == last))
        .map(d -> shape[d])
        .toArray();
  }

  /** Where the matrix of each broadcast batch begins. */
  private static int[] places(int[] own, int[] batches, int size) {
    int[] strides = Shapes.broadcastStrides(own, batches);
    int[] whole = Shapes.strides(batches);
    int[] places = new int[Shapes.count(batches)];
    for (int i = 0; i < places.length; i++) {
      for (int d = 0; d < batches.length; d++) {
        places[i] += i / whole[d] % batches[d] * strides[d] * size;
      }
    }
    return places;
  }

  /** alpha A' B' + beta C. */
  private static Operator.Single gemm(NodeContext node) {
    float alpha = node.real("alpha", 1);
    float beta = node.real("beta", 1);
    boolean transA = node.flag("transA", false);
    boolean transB = node.flag("transB", false);
    WeightSource weights = isMatrix(node.constantShape(1)) ? node.weights(1) : null;
    if (weights == null) {
      return in -> {
        Tensor a = transA ? swapLast(in.get(0)) : in.get(0);
        Tensor b = transB ? swapLast(in.get(1)) : in.get(1);
        return scaled(multiply(a, b, node.threads()), alpha, beta, in.optional(2));
      };
    }
    int outputs = weights.shape()[transB ? 0 : 1];
    float @Nullable [] bias = alpha == 1 && beta == 1 ? bias(node, outputs) : null;
    Product product = product(weights, transB, bias);
    if (!transA && alpha == 1 && (bias != null || node.node().input(2).isEmpty())) {
      return new RowProduct(product);
    }
    return in -> {
      Tensor y = rows(product, transA ? swapLast(in.get(0)) : in.get(0));
      return bias != null ? y : scaled(y, alpha, beta, in.optional(2));
    };
  }

  /** Input C, if it is one constant float for each output. */
  private static float @Nullable [] bias(NodeContext node, int outputs) {
    Tensor c = node.constant(2);
    return c != null && c.rank() == 1 && c.length() == outputs && c.elements() instanceof float[] v
        ? v
        : null;
  }

  private static Tensor scaled(Tensor y, float alpha, float beta, @Nullable Tensor c) {
    Tensor product = alpha == 1 ? y : times(y, alpha);
    return c == null
        ? product
        : Elementwise.map(product, beta == 1 ? c : times(c, beta), ArithmeticOperators.ADD);
  }

  private static Tensor times(Tensor x, float factor) {
    return Elementwise.map(x, v -> v * factor, v -> v * factor, v -> (long) (v * (double) factor));
  }
}
