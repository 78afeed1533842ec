package org.bitindex.graph.operator;

import java.util.Arrays;
import org.bitindex.graph.tensor.Conversions;
import org.bitindex.graph.tensor.Shapes;
import org.bitindex.graph.tensor.Tensor;
import org.bitindex.onnx.DataType;
import org.jspecify.annotations.Nullable;

/** Resize and Upsample: one dimension after the other, each output of a few inputs. */
final class ResizeOperators {
  private ResizeOperators() {}

  static void list(Table table) {
    table.one("Resize", node -> in -> resize(node, in));
    table.one(
        "Upsample",
        node -> {
          float[] attribute = node.node().reals("scales");
          String mode = node.text("mode", "nearest");
          return in -> {
            Tensor x = in.get(0);
            float[] scales = attribute == null ? in.get(1).floats() : attribute;
            var axes = new Axis[x.rank()];
            for (int d = 0; d < axes.length; d++) {
              int size = (int) Math.floor((double) x.size(d) * scales[d]);
              axes[d] = new Axis(x.size(d), size, scales[d], 0, 1);
            }
            return run(x, axes, new Method(mode, "asymmetric", "floor", -0.75, false, 0, false));
          };
        });
  }

  /** A dimension: its sizes, its scale, and the part of it that is resized. */
  private record Axis(int from, int to, double scale, double start, double end) {}

  /** How outputs are made of inputs. */
  private record Method(
      String mode,
      String coordinates,
      String nearest,
      double cubic,
      boolean excludeOutside,
      float outside,
      boolean antialias) {}

  private static Tensor resize(NodeContext node, Inputs in) {
    Tensor x = in.get(0);
    boolean old = node.opset() < 11;
    Tensor roi = old ? null : in.optional(1);
    Tensor scales = in.optional(old ? 1 : 2);
    Tensor sizes = old ? null : in.optional(3);
    long[] given = node.node().integers("axes");
    int[] axes =
        given == null
            ? java.util.stream.IntStream.range(0, x.rank()).toArray()
            : Shapes.axes(given, x.rank());
    var method =
        new Method(
            node.text("mode", "nearest"),
            old ? "asymmetric" : node.text("coordinate_transformation_mode", "half_pixel"),
            old ? "floor" : node.text("nearest_mode", "round_prefer_floor"),
            node.real("cubic_coeff_a", -0.75f),
            node.flag("exclude_outside", false),
            node.real("extrapolation_value", 0),
            node.flag("antialias", false));
    Axis[] resized = new Axis[x.rank()];
    for (int d = 0; d < resized.length; d++) {
      resized[d] = new Axis(x.size(d), x.size(d), 1, 0, 1);
    }
    boolean crop = method.coordinates().equals("tf_crop_and_resize");
    double policy = policyScale(node.text("keep_aspect_ratio_policy", "stretch"), x, axes, sizes);
    for (int i = 0; i < axes.length; i++) {
      int from = x.size(axes[i]);
      double start = crop && roi != null ? roi.number(i) : 0;
      double end = crop && roi != null ? roi.number(axes.length + i) : 1;
      int to;
      double scale;
      if (sizes != null && sizes.length() > 0) {
        to = (int) sizes.number(i);
        scale = (double) to / from;
        if (policy > 0) {
          scale = policy;
          to = (int) Math.floor(from * scale + 0.5);
        }
      } else if (scales != null && scales.length() > 0) {
        scale = scales.number(i);
        to = (int) Math.floor(from * (end - start) * scale);
      } else {
        throw new IllegalArgumentException("there are neither scales nor sizes");
      }
      resized[axes[i]] = new Axis(from, to, scale, start, end);
    }
    return run(x, resized, method);
  }

  /** The one scale of a policy that keeps proportions; 0 for stretch. */
  private static double policyScale(String policy, Tensor x, int[] axes, @Nullable Tensor sizes) {
    if (policy.equals("stretch") || sizes == null) {
      return 0;
    }
    double scale = policy.equals("not_larger") ? Double.MAX_VALUE : 0;
    for (int i = 0; i < axes.length; i++) {
      double own = sizes.number(i) / x.size(axes[i]);
      scale = policy.equals("not_larger") ? Math.min(scale, own) : Math.max(scale, own);
    }
    return scale;
  }

  private static Tensor run(Tensor x, Axis[] axes, Method method) {
    Tensor y = Conversions.cast(x, DataType.DOUBLE);
    for (int d = 0; d < axes.length; d++) {
      Axis axis = axes[d];
      boolean whole = axis.start() == 0 && axis.end() == 1;
      if (axis.from() != axis.to() || axis.scale() != 1 || !whole) {
        y = alongAxis(y, d, axis, method);
      }
    }
    if (x.elements() instanceof long[]) {
      y = org.bitindex.graph.tensor.Elementwise.map(y, v -> v, StrictMath::rint);
    }
    return Conversions.cast(y, x.type());
  }

  private static Tensor alongAxis(Tensor x, int d, Axis axis, Method method) {
    int inner = Shapes.count(x.shape(), d + 1, x.rank());
    int outer = Shapes.count(x.shape(), 0, d);
    int[] shape = Shapes.with(x.shape(), d, axis.to());
    double[] v = x.doubles();
    double[] y = new double[Shapes.count(shape)];
    for (int i = 0; i < axis.to(); i++) {
      double at = coordinate(i, axis, method.coordinates());
      boolean out =
          method.coordinates().equals("tf_crop_and_resize") && (at < 0 || at > axis.from() - 1);
      Taps taps = taps(at, axis, method);
      for (int o = 0; o < outer; o++) {
        int to = (o * axis.to() + i) * inner;
        if (out) {
          Arrays.fill(y, to, to + inner, method.outside());
          continue;
        }
        for (int t = 0; t < taps.weights().length; t++) {
          double weight = taps.weights()[t];
          int place = Math.clamp(taps.first() + t, 0, axis.from() - 1);
          int from = (o * axis.from() + place) * inner;
          for (int e = 0; e < inner; e++) {
            y[to + e] += weight * v[from + e];
          }
        }
      }
    }
    return new Tensor(DataType.DOUBLE, shape, y);
  }

  private static double coordinate(int i, Axis axis, String mode) {
    double scale = axis.scale();
    return switch (mode) {
      case "half_pixel" -> (i + 0.5) / scale - 0.5;
      case "half_pixel_symmetric" -> {
        double adjustment = axis.to() / (scale * axis.from());
        double centre = axis.from() / 2.0;
        yield centre * (1 - adjustment) + (i + 0.5) / scale - 0.5;
      }
      case "pytorch_half_pixel" -> axis.to() > 1 ? (i + 0.5) / scale - 0.5 : 0;
      case "align_corners" -> {
        // As ONNX defines it, with the size before it is rounded down.
        double resized = axis.scale() * axis.from();
        yield axis.to() == 1 ? 0 : i * (axis.from() - 1) / (resized - 1);
      }
      case "asymmetric" -> i / scale;
      case "tf_half_pixel_for_nn" -> (i + 0.5) / scale;
      case "tf_crop_and_resize" -> {
        double last = axis.from() - 1;
        yield axis.to() > 1
            ? axis.start() * last + i * (axis.end() - axis.start()) * last / (axis.to() - 1)
            : 0.5 * (axis.start() + axis.end()) * last;
      }
      default -> throw new IllegalArgumentException("coordinate_transformation_mode is " + mode);
    };
  }

  /** Weights of neighbouring inputs. */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  private record Taps(int first, double[] weights) {}

  private static Taps taps(double at, Axis axis, Method method) {
    return switch (method.mode()) {
      case "nearest" -> new Taps(nearest(at, method.nearest()), new double[] {1});
      case "linear" -> filter(at, axis, method, 1, t -> Math.max(0, 1 - Math.abs(t)));
      case "cubic" -> filter(at, axis, method, 2, t -> cubic(t, method.cubic()));
      default -> throw new IllegalArgumentException("mode is " + method.mode());
    };
  }

  private static int nearest(double at, String mode) {
    return (int)
        switch (mode) {
          case "round_prefer_floor" -> Math.ceil(at - 0.5);
          case "round_prefer_ceil" -> Math.floor(at + 0.5);
          case "floor" -> Math.floor(at);
          case "ceil" -> Math.ceil(at);
          default -> throw new IllegalArgumentException("nearest_mode is " + mode);
        };
  }

  private static Taps filter(
      double at,
      Axis axis,
      Method method,
      int radius,
      java.util.function.DoubleUnaryOperator weight) {
    double stretch = method.antialias() && axis.scale() < 1 ? 1 / axis.scale() : 1;
    int first = (int) Math.floor(at - radius * stretch) + 1;
    int count = (int) Math.ceil(at + radius * stretch) - first;
    if (stretch == 1) {
      first = (int) Math.floor(at) - radius + 1;
      count = 2 * radius;
    }
    double[] weights = new double[count];
    double sum = 0;
    for (int t = 0; t < count; t++) {
      boolean outside = first + t < 0 || first + t >= axis.from();
      weights[t] =
          method.excludeOutside() && outside ? 0 : weight.applyAsDouble((first + t - at) / stretch);
      sum += weights[t];
    }
    if (method.excludeOutside() || stretch != 1) {
      for (int t = 0; t < count; t++) {
        weights[t] /= sum;
      }
    }
    return new Taps(first, weights);
  }

  private static double cubic(double t, double a) {
    double x = Math.abs(t);
    if (x <= 1) {
      return ((a + 2) * x - (a + 3)) * x * x + 1;
    }
    return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
  }
}
