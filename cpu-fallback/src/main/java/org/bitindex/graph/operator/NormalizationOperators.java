package org.bitindex.graph.operator;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.bitindex.graph.tensor.Shapes;
import org.bitindex.graph.tensor.Sums;
import org.bitindex.graph.tensor.Tensor;
import org.bitindex.graph.tensor.TensorKernels;
import org.bitindex.internal.Parallel;
import org.jspecify.annotations.Nullable;

/** Rows brought to a common scale; sums are of doubles in a fixed order. */
final class NormalizationOperators {
  /** Elements from which on threads share rows. */
  private static final int PARALLEL = 1 << 14;

  private NormalizationOperators() {}

  /** Changes a row of floats in place. */
  @FunctionalInterface
  private interface RowChange {
    void apply(float[] x, int from, int columns, int row);
  }

  static void list(Table table) {
    alongAxis(table, "Softmax", NormalizationOperators::softmax);
    alongAxis(table, "LogSoftmax", NormalizationOperators::logSoftmax);
    alongAxis(table, "Hardmax", NormalizationOperators::hardmax);
    table.add("LayerNormalization", NormalizationOperators::layerNormalization);
    table.one("RMSNormalization", NormalizationOperators::rmsNormalization);
    table.add("BatchNormalization", NormalizationOperators::batchNormalization);
    table.one(
        "InstanceNormalization",
        node -> {
          double epsilon = node.real("epsilon", 1e-5f);
          return in -> {
            Tensor x = in.get(0);
            int channels = x.size(1);
            return groups(
                x, channels, epsilon, in.get(1).floats(), in.get(2).floats(), node.threads());
          };
        });
    table.one("GroupNormalization", NormalizationOperators::groupNormalization);
    table.one(
        "MeanVarianceNormalization",
        node -> {
          long[] given = node.node().integers("axes");
          long[] axes = given == null ? new long[] {0, 2, 3} : given;
          return in -> meanVariance(in.get(0), Shapes.axes(axes, in.get(0).rank()));
        });
    table.one(
        "LpNormalization",
        node -> {
          long axis = node.integer("axis", -1);
          long p = node.integer("p", 2);
          return in ->
              alongAxis(
                  in.get(0),
                  Shapes.axis(axis, in.get(0).rank()),
                  node.threads(),
                  (x, from, columns, _) -> lpNormalize(x, from, columns, p));
        });
    table.one("LRN", NormalizationOperators::lrn);
  }

  /** Before opset 13 all dimensions from the axis on are one row, since then the axis alone. */
  private static void alongAxis(Table table, String name, RowChange change) {
    table.one(
        name,
        node -> {
          boolean old = node.opset() < 13;
          long axis = node.integer("axis", old ? 1 : -1);
          return in -> {
            Tensor x = in.get(0);
            int d = Shapes.axis(axis, Math.max(1, x.rank()));
            if (!old) {
              return alongAxis(x, d, node.threads(), change);
            }
            Tensor flat =
                x.reshaped(Shapes.count(x.shape(), 0, d), Shapes.count(x.shape(), d, x.rank()));
            return alongAxis(flat, 1, node.threads(), change).reshaped(x.shape());
          };
        });
  }

  private static Tensor alongAxis(Tensor x, int axis, int threads, RowChange change) {
    if (x.rank() == 0 || axis == x.rank() - 1) {
      return rows(x, x.rank() == 0 ? 1 : x.size(axis), threads, change);
    }
    int[] perm = IntStream.range(0, x.rank()).toArray();
    perm[axis] = x.rank() - 1;
    perm[x.rank() - 1] = axis;
    Tensor turned = ShapeOperators.transpose(x, perm);
    return ShapeOperators.transpose(rows(turned, x.size(axis), threads, change), perm);
  }

  private static Tensor rows(Tensor x, int columns, int threads, RowChange change) {
    float[] y = x.floats().clone();
    int rows = columns == 0 ? 0 : y.length / columns;
    Parallel.forRows(
        y.length >= PARALLEL ? threads : 1,
        rows,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            change.apply(y, i * columns, columns, i);
          }
        });
    return Tensor.ofFloats(x.type(), x.shape(), y);
  }

  /** e^(x - max) over their sum. */
  private static void softmax(float[] x, int from, int columns, int row) {
    TensorKernels.FUNCTIONS.softmax(x, from, from + columns);
  }

  private static float subtractMax(float[] x, int from, int columns) {
    float max = x[from];
    for (int j = from + 1; j < from + columns; j++) {
      max = Math.max(max, x[j]);
    }
    for (int j = from; j < from + columns; j++) {
      x[j] -= max;
    }
    return max;
  }

  private static void logSoftmax(float[] x, int from, int columns, int row) {
    subtractMax(x, from, columns);
    float[] e = Arrays.copyOfRange(x, from, from + columns);
    TensorKernels.FUNCTIONS.exp(e, 0, columns);
    float log = (float) StrictMath.log(Sums.sum(e, 0, columns));
    for (int j = from; j < from + columns; j++) {
      x[j] -= log;
    }
  }

  private static void hardmax(float[] x, int from, int columns, int row) {
    int best = from;
    for (int j = from + 1; j < from + columns; j++) {
      best = x[j] > x[best] ? j : best;
    }
    Arrays.fill(x, from, from + columns, 0f);
    x[best] = 1;
  }

  private static void lpNormalize(float[] x, int from, int columns, long p) {
    double sum = 0;
    for (int j = from; j < from + columns; j++) {
      sum += p == 1 ? Math.abs(x[j]) : (double) x[j] * x[j];
    }
    float norm = (float) (p == 1 ? sum : Math.sqrt(sum));
    for (int j = from; j < from + columns; j++) {
      x[j] = norm == 0 ? 0 : x[j] / norm;
    }
  }

  /** (x - mean) / sqrt(variance + epsilon) * scale + bias over the dimensions from the axis on. */
  private static Operator layerNormalization(NodeContext node) {
    long axis = node.integer("axis", -1);
    double epsilon = node.real("epsilon", 1e-5f);
    return inputs -> {
      var in = new Inputs(inputs);
      Tensor x = in.get(0);
      int d = Shapes.axis(axis, x.rank());
      int columns = Shapes.count(x.shape(), d, x.rank());
      int[] reduced = x.shape().clone();
      Arrays.fill(reduced, d, x.rank(), 1);
      int[] rowShape = Arrays.copyOfRange(x.shape(), d, x.rank());
      float[] scale = ComparisonOperators.expand(in.get(1), rowShape).floats();
      Tensor given = in.optional(2);
      float @Nullable [] bias =
          given == null ? null : ComparisonOperators.expand(given, rowShape).floats();
      float[] means = new float[Shapes.count(reduced)];
      float[] inverses = new float[means.length];
      Tensor y =
          rows(
              x,
              columns,
              node.threads(),
              (v, from, count, row) -> {
                double mean = Sums.sum(v, from, count) / count;
                double variance = Sums.squares(v, from, count, mean) / count;
                double inverse = 1 / Math.sqrt(variance + epsilon);
                means[row] = (float) mean;
                inverses[row] = (float) inverse;
                for (int j = 0; j < count; j++) {
                  float normal = (float) ((v[from + j] - mean) * inverse) * scale[j];
                  v[from + j] = bias == null ? normal : normal + bias[j];
                }
              });
      return new Tensor[] {y, Tensor.of(reduced, means), Tensor.of(reduced, inverses)};
    };
  }

  private static Operator.Single rmsNormalization(NodeContext node) {
    long axis = node.integer("axis", -1);
    double epsilon = node.real("epsilon", 1e-5f);
    return in -> {
      Tensor x = in.get(0);
      int d = Shapes.axis(axis, x.rank());
      int[] rowShape = Arrays.copyOfRange(x.shape(), d, x.rank());
      float[] scale = ComparisonOperators.expand(in.get(1), rowShape).floats();
      return rows(
          x,
          scale.length,
          node.threads(),
          (v, from, count, _) -> {
            double inverse = 1 / Math.sqrt(Sums.squares(v, from, count, 0) / count + epsilon);
            for (int j = 0; j < count; j++) {
              v[from + j] = (float) (v[from + j] * inverse) * scale[j];
            }
          });
    };
  }

  /** x * a + b for each channel, with a = scale / sqrt(variance + epsilon), b = bias - mean * a. */
  private static Operator batchNormalization(NodeContext node) {
    double epsilon = node.real("epsilon", 1e-5f);
    if (node.flag("training_mode", false)) {
      throw new IllegalArgumentException("training_mode is not supported");
    }
    return inputs -> {
      var in = new Inputs(inputs);
      Tensor x = in.get(0);
      float[] scale = in.get(1).floats();
      float[] bias = in.get(2).floats();
      float[] mean = in.get(3).floats();
      float[] variance = in.get(4).floats();
      int channels = x.rank() < 2 ? 1 : x.size(1);
      int columns = x.rank() < 2 ? x.length() : Shapes.count(x.shape(), 2, x.rank());
      Tensor y =
          rows(
              x,
              columns,
              node.threads(),
              (v, from, count, row) -> {
                int c = row % channels;
                double a = scale[c] / Math.sqrt(variance[c] + epsilon);
                float factor = (float) a;
                float shift = (float) (bias[c] - mean[c] * a);
                for (int j = from; j < from + count; j++) {
                  v[j] = Math.fma(v[j], factor, shift);
                }
              });
      return new Tensor[] {y};
    };
  }

  /** Each group of channels of a sample has mean 0 and variance 1, then scale and bias. */
  private static Tensor groups(
      Tensor x, int groups, double epsilon, float[] scale, float[] bias, int threads) {
    int channels = x.size(1);
    int inner = Shapes.count(x.shape(), 2, x.rank());
    int columns = channels / groups * inner;
    int channelsPerScale = channels / scale.length;
    return rows(
        x,
        columns,
        threads,
        (v, from, count, row) -> {
          double mean = Sums.sum(v, from, count) / count;
          double inverse = 1 / Math.sqrt(Sums.squares(v, from, count, mean) / count + epsilon);
          for (int j = 0; j < count; j++) {
            int channel = row % groups * (channels / groups) + j / inner;
            float normal = (float) ((v[from + j] - mean) * inverse);
            v[from + j] =
                normal * scale[channel / channelsPerScale] + bias[channel / channelsPerScale];
          }
        });
  }

  private static Operator.Single groupNormalization(NodeContext node) {
    double epsilon = node.real("epsilon", 1e-5f);
    int groups = Math.toIntExact(node.integer("num_groups", 1));
    return in ->
        groups(in.get(0), groups, epsilon, in.get(1).floats(), in.get(2).floats(), node.threads());
  }

  private static Tensor meanVariance(Tensor x, int[] axes) {
    boolean[] reduced = new boolean[x.rank()];
    for (int axis : axes) {
      reduced[axis] = true;
    }
    int[] perm =
        IntStream.concat(
                IntStream.range(0, x.rank()).filter(d -> !reduced[d]),
                IntStream.range(0, x.rank()).filter(d -> reduced[d]))
            .toArray();
    int[] back = new int[perm.length];
    for (int d = 0; d < perm.length; d++) {
      back[perm[d]] = d;
    }
    int columns = Shapes.count(Arrays.stream(axes).map(x::size).toArray());
    Tensor y =
        rows(
            ShapeOperators.transpose(x, perm),
            columns,
            1,
            (v, from, count, _) -> {
              double mean = Sums.sum(v, from, count) / count;
              double deviation = Math.sqrt(Sums.squares(v, from, count, mean) / count) + 1e-9;
              for (int j = from; j < from + count; j++) {
                v[j] = (float) ((v[j] - mean) / deviation);
              }
            });
    return ShapeOperators.transpose(y, back);
  }

  /** x / (bias + alpha / size * sum of squares in neighbouring channels)^beta. */
  private static Operator.Single lrn(NodeContext node) {
    double alpha = node.real("alpha", 1e-4f);
    double beta = node.real("beta", 0.75f);
    double bias = node.real("bias", 1);
    int size = Math.toIntExact(node.integer("size", 1));
    return in -> {
      Tensor x = in.get(0);
      float[] v = x.floats();
      float[] y = new float[v.length];
      int channels = x.size(1);
      int inner = Shapes.count(x.shape(), 2, x.rank());
      for (int i = 0; i < v.length; i++) {
        int c = i / inner % channels;
        double sum = 0;
        int first = Math.max(0, c - (size - 1) / 2);
        int last = Math.min(channels - 1, c + size / 2);
        for (int k = first; k <= last; k++) {
          double value = v[i + (k - c) * inner];
          sum += value * value;
        }
        y[i] = (float) (v[i] / StrictMath.pow(bias + alpha / size * sum, beta));
      }
      return Tensor.ofFloats(x.type(), x.shape(), y);
    };
  }
}
