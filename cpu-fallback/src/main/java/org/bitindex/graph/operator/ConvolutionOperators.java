package org.bitindex.graph.operator;

import java.util.Arrays;
import org.bitindex.graph.tensor.Shapes;
import org.bitindex.graph.tensor.Tensor;
import org.bitindex.internal.Parallel;
import org.bitindex.onnx.DataType;
import org.jspecify.annotations.Nullable;

/**
 * Convolutions as products: what the window sees at a position, channel after channel, is a sample,
 * the positions are the batch.
 */
final class ConvolutionOperators {
  /** Floats of samples that are multiplied at a time. */
  private static final int TILE = 1 << 18;

  /** Floats from which on threads share moving them. */
  private static final int PARALLEL = 1 << 15;

  /** Rows and columns of a block that stays in the first cache while it is turned. */
  private static final int BLOCK = 16;

  private ConvolutionOperators() {}

  static void list(Table table) {
    table.one("Conv", ConvolutionOperators::conv);
    table.one("ConvTranspose", ConvolutionOperators::convTranspose);
  }

  private static Operator.Single conv(NodeContext node) {
    int groups = Math.toIntExact(node.integer("group", 1));
    int[] shape = node.constantShape(1);
    // One input channel a group: products would be too small.
    boolean deep = shape != null && shape.length > 2 && !(groups > 1 && shape[1] == 1);
    WeightSource weights = deep ? node.weights(1) : null;
    float[] constantBias = weights == null ? null : bias(node, weights.shape()[0]);
    Product[] products = weights == null ? null : products(weights, groups, constantBias);
    return in -> {
      Tensor x = in.get(0);
      Tensor given = in.optional(1);
      int[] w = products == null ? in.get(1).shape() : shape;
      if (w == null || x.rank() != w.length || x.size(1) != w[1] * groups) {
        throw new IllegalArgumentException(
            "input is %s, weights have shape %s and %d groups"
                .formatted(x, Arrays.toString(w), groups));
      }
      Window window = Window.of(node, x.shape(), Arrays.copyOfRange(w, 2, w.length));
      Tensor b = in.optional(2);
      float @Nullable [] bias = b == null || constantBias != null ? null : b.floats();
      int[] out = new int[x.rank()];
      out[0] = x.size(0);
      out[1] = w[0];
      System.arraycopy(window.output(), 0, out, 2, out.length - 2);
      float[] y = new float[Shapes.count(out)];
      if (products == null && given != null && groups > 1 && w[1] == 1) {
        new DepthwiseConvolution(x.floats(), given.floats(), window, groups, w[0] / groups)
            .run(y, node.threads());
      } else {
        Product[] now =
            products == null
                ? products(new DenseWeights(in.get(1), node.threads()), groups, null)
                : products;
        multiply(x, now, window, w[1], y, node.threads());
      }
      addBias(y, bias, w[0], window.outputCount());
      return Tensor.ofFloats(x.type(), out, y);
    };
  }

  /** The bias, if it is a constant float for each output: products add it then. */
  private static float @Nullable [] bias(NodeContext node, int outputs) {
    Tensor bias = node.constant(2);
    return bias != null
            && bias.type() == DataType.FLOAT
            && bias.length() == outputs
            && bias.elements() instanceof float[] values
        ? values
        : null;
  }

  /** For each group [outputs x (channels * window)]. */
  private static Product[] products(WeightSource weights, int groups, float @Nullable [] bias) {
    int[] shape = weights.shape();
    int rows = shape[0] / groups;
    int columns = Shapes.count(shape, 1, shape.length);
    Product[] products = new Product[groups];
    for (int g = 0; g < groups; g++) {
      float[] own = bias == null ? null : Arrays.copyOfRange(bias, g * rows, (g + 1) * rows);
      products[g] = weights.product(g, g * rows * columns, rows, columns, columns, 1, own);
    }
    return products;
  }

  /**
   * Images on different threads where there are enough, for then nobody waits for anybody; else the
   * parts of one image.
   */
  private static void multiply(
      Tensor x, Product[] products, Window window, int channels, float[] y, int threads) {
    boolean apart = x.size(0) >= threads && !products[0].isHeard();
    Parallel.forRows(
        apart ? threads : 1,
        x.size(0),
        (from, to) -> multiply(x, from, to, products, window, channels, y, apart ? 1 : threads));
  }

  /** Images {@code from} to {@code to} - 1. */
  private static void multiply(
      Tensor x,
      int from,
      int to,
      Product[] products,
      Window window,
      int channels,
      float[] y,
      int threads) {
    float[] v = x.floats();
    int positions = window.outputCount();
    int elements = window.kernelCount();
    int inputCount = window.inputCount();
    int columns = channels * elements;
    int rows = products[0].rows();
    int tile = Math.clamp(TILE / Math.max(1, columns), 1, Math.max(1, positions));
    float[] samples = new float[tile * columns];
    float[] outputs = new float[tile * rows];
    boolean pointwise = window.isPointwise();
    for (int first = 0; first < positions; first += tile) {
      int count = Math.min(tile, positions - first);
      int[] places = pointwise ? new int[0] : window.places(first, first + count);
      if (count < tile) {
        samples = new float[count * columns];
        outputs = new float[count * rows];
      }
      for (int n = from; n < to; n++) {
        for (int g = 0; g < products.length; g++) {
          int base = (n * products.length + g) * channels * inputCount;
          if (pointwise) {
            transpose(v, base + first, inputCount, samples, 0, channels, channels, count, threads);
          } else {
            gather(v, base, inputCount, places, elements, channels, samples, threads);
          }
          products[g].multiply(samples, count, outputs);
          int at = (n * products.length + g) * rows * positions + first;
          transpose(outputs, 0, rows, y, at, positions, count, rows, threads);
        }
      }
    }
  }

  /** y[j][i] = x[i][j] for {@code rows} rows i and {@code columns} columns j, block by block. */
  private static void transpose(
      float[] x,
      int at,
      int stride,
      float[] y,
      int to,
      int toStride,
      int rows,
      int columns,
      int threads) {
    Parallel.forRows(
        (long) rows * columns > PARALLEL ? threads : 1,
        Math.ceilDiv(columns, BLOCK),
        (from, end) -> {
          for (int block = from; block < end; block++) {
            int j = block * BLOCK;
            transpose(
                x,
                at + j,
                stride,
                y,
                to + j * toStride,
                toStride,
                rows,
                Math.min(BLOCK, columns - j));
          }
        });
  }

  /** The same for at most {@link #BLOCK} columns. */
  private static void transpose(
      float[] x, int at, int stride, float[] y, int to, int toStride, int rows, int columns) {
    for (int first = 0; first < rows; first += BLOCK) {
      int end = Math.min(rows, first + BLOCK);
      for (int j = 0; j < columns; j++) {
        for (int i = first; i < end; i++) {
          y[to + j * toStride + i] = x[at + i * stride + j];
        }
      }
    }
  }

  private static void gather(
      float[] v,
      int base,
      int inputCount,
      int[] places,
      int elements,
      int channels,
      float[] samples,
      int threads) {
    int positions = places.length / elements;
    Parallel.forRows(
        samples.length > PARALLEL ? threads : 1,
        positions,
        (from, to) -> {
          for (int p = from; p < to; p++) {
            int at = p * channels * elements;
            for (int c = 0; c < channels; c++) {
              int channel = base + c * inputCount;
              for (int e = 0; e < elements; e++) {
                int place = places[p * elements + e];
                samples[at++] = place < 0 ? 0 : v[channel + place];
              }
            }
          }
        });
  }

  private static void addBias(float[] y, float @Nullable [] bias, int channels, int positions) {
    if (bias == null) {
      return;
    }
    for (int i = 0; positions > 0 && i < y.length / positions; i++) {
      float b = bias[i % channels];
      for (int p = i * positions; p < (i + 1) * positions; p++) {
        y[p] += b;
      }
    }
  }

  /**
   * The transpose of a convolution: each input position gives a window of outputs, and windows add
   * up in the order of positions.
   */
  private static Operator.Single convTranspose(NodeContext node) {
    int groups = Math.toIntExact(node.integer("group", 1));
    int[] shape = node.constantShape(1);
    WeightSource weights = shape != null && shape.length > 2 ? node.weights(1) : null;
    Product[] products = weights == null ? null : transposedProducts(weights, groups);
    return in -> {
      Tensor x = in.get(0);
      int[] w = weights == null ? in.get(1).shape() : weights.shape();
      if (x.rank() != w.length || x.size(1) != w[0]) {
        throw new IllegalArgumentException(
            "input is " + x + ", weights have shape " + Arrays.toString(w));
      }
      Product[] now =
          products == null
              ? transposedProducts(new DenseWeights(in.get(1), node.threads()), groups)
              : products;
      Window window = transposedWindow(node, x.shape(), Arrays.copyOfRange(w, 2, w.length));
      int channels = w[1] * groups;
      int[] out = new int[x.rank()];
      out[0] = x.size(0);
      out[1] = channels;
      System.arraycopy(window.input(), 0, out, 2, out.length - 2);
      float[] y = new float[Shapes.count(out)];
      spread(x, now, window, w[1], y);
      Tensor b = in.optional(2);
      addBias(y, b == null ? null : b.floats(), channels, window.inputCount());
      return Tensor.ofFloats(x.type(), out, y);
    };
  }

  /** For each group [(outputs * window) x channels]. */
  private static Product[] transposedProducts(WeightSource weights, int groups) {
    int[] shape = weights.shape();
    int columns = shape[0] / groups;
    int rows = Shapes.count(shape, 1, shape.length);
    Product[] products = new Product[groups];
    for (int g = 0; g < groups; g++) {
      products[g] = weights.product(g, g * rows * columns, rows, columns, 1, rows, null);
    }
    return products;
  }

  /** The window over the output whose positions are the inputs. */
  private static Window transposedWindow(NodeContext node, int[] shape, int[] kernel) {
    int rank = kernel.length;
    int[] positions = Arrays.copyOfRange(shape, 2, shape.length);
    int[] strides = Window.orOnes(node.sizes("strides"), rank);
    int[] dilations = Window.orOnes(node.sizes("dilations"), rank);
    int[] pads = node.sizes("pads");
    int[] extra = node.sizes("output_padding");
    int[] wanted = node.sizes("output_shape");
    String auto = node.text("auto_pad", "NOTSET");
    int[] before = pads == null ? new int[rank] : Arrays.copyOf(pads, rank);
    int[] after = pads == null ? new int[rank] : Arrays.copyOfRange(pads, rank, 2 * rank);
    int[] size = new int[rank];
    for (int d = 0; d < rank; d++) {
      int whole =
          strides[d] * (positions[d] - 1)
              + (extra == null ? 0 : extra[d])
              + (kernel[d] - 1) * dilations[d]
              + 1;
      if (wanted != null || auto.startsWith("SAME")) {
        size[d] = wanted == null ? positions[d] * strides[d] : wanted[wanted.length - rank + d];
        int total = Math.max(0, whole - size[d]);
        before[d] = auto.equals("SAME_UPPER") ? total / 2 : total - total / 2;
        after[d] = total - before[d];
      } else {
        size[d] = whole - before[d] - after[d];
      }
    }
    return new Window(size, kernel, strides, dilations, before, after, positions);
  }

  private static void spread(
      Tensor x, Product[] products, Window window, int outputsOfGroup, float[] y) {
    int positions = window.outputCount();
    int elements = window.kernelCount();
    int outputCount = window.inputCount();
    int channels = products[0].columns();
    int rows = products[0].rows();
    int[] places = window.places(0, positions);
    float[] samples = new float[positions * channels];
    float[] spread = new float[positions * rows];
    for (int n = 0; n < x.size(0); n++) {
      for (int g = 0; g < products.length; g++) {
        int base = (n * products.length + g) * channels * positions;
        for (int c = 0; c < channels; c++) {
          for (int p = 0; p < positions; p++) {
            samples[p * channels + c] = x.floats()[base + c * positions + p];
          }
        }
        products[g].multiply(samples, positions, spread);
        int to = (n * products.length + g) * outputsOfGroup * outputCount;
        for (int p = 0; p < positions; p++) {
          for (int o = 0; o < outputsOfGroup; o++) {
            for (int e = 0; e < elements; e++) {
              int place = places[p * elements + e];
              if (place >= 0) {
                y[to + o * outputCount + place] += spread[p * rows + o * elements + e];
              }
            }
          }
        }
      }
    }
  }
}
