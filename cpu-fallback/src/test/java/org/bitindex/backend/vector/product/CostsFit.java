package org.bitindex.backend.vector.product;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Collectors;
import org.bitindex.backend.vector.kernel.Kernels;
import org.bitindex.code.Code;
import org.bitindex.encode.Coding;
import org.bitindex.encode.Recipe;
import org.bitindex.encode.ScaleMode;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.EncodedMatrix;

/**
 * A program that times every way to multiply, for shapes, codes, densities and batches, on one
 * thread, and prints how much longer the way takes that {@link Costs} choose than the fastest; then
 * the constants that fit these times best, as the source spells them. Times are the thread's own,
 * so that other programs disturb them little.
 */
public final class CostsFit {
  private static final int[][] SHAPES = {{1536, 384}, {384, 1536}};

  /** Steps of 0.3 times the root mean square, in place of a code's levels. */
  private static final String UNIFORM = "step0.3";

  private static final String[] CODES = {"binary", "ternary", "symmetric4", "symmetric8", UNIFORM};

  /** A weight of so many is an outlier, as networks have them, of so many times the others. */
  private static final int OUTLIERS = 1000;

  private static final float OUTLIER = 3;
  private static final double[] DENSITIES = {1, 0.1, 0.02};
  private static final int[] ACTIVATION_BITS = {8, 24};
  private static final int[] BATCHES = {1, 8, 64};

  /** A choice that takes longer, as a multiple of the fastest, is a bad one. */
  private static final double LIMIT = 1.3;

  /** Estimated times of the best beyond which a way is not timed. */
  private static final double HOPELESS = 4;

  private static final int ROUNDS = 4;

  /** So many that products which come rarely are compiled too. */
  private static final int WARM_UP_ROUNDS = 20;

  private static final double ROUND_NANOSECONDS = 1e6;

  /** How far a constant may be from that of the source, as a factor. */
  private static final double REACH = 16;

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  /** A product, and the time of a way to multiply. */
  private record Timed(Prepared.Alternative way, double nanoseconds) {}

  private record Row(String product, List<Timed> ways) {}

  private final Kernels kernels;
  private final List<Row> rows = new ArrayList<>();

  private CostsFit(Kernels kernels) {
    this.kernels = kernels;
  }

  /**
   * Times, compares and fits.
   *
   * @param args bits of vectors: 128, 256 or 512
   */
  public static void main(String[] args) {
    var fit = new CostsFit(Kernels.of(Integer.parseInt(args[0])));
    for (int i = 0; i < 2; i++) { // the compiler's work
      fit.timeAll(WARM_UP_ROUNDS);
      fit.rows.clear();
    }
    fit.timeAll(ROUNDS);
    Costs source = Costs.of(fit.kernels.lanes());
    Costs fitted = fit.fitted(source);
    fit.print(source, true);
    System.out.println("with the constants that fit these times:");
    fit.print(fitted, false);
    System.out.println("new Costs(" + constants(fitted) + ")");
  }

  private void timeAll(int rounds) {
    for (int[] shape : SHAPES) {
      for (String code : CODES) {
        for (double density : DENSITIES) {
          try (EncodedMatrix matrix = matrix(shape[0], shape[1], code, density)) {
            for (int bits : ACTIVATION_BITS) {
              String product =
                  "%s, %dx%d, density %s, A %d".formatted(code, shape[0], shape[1], density, bits);
              time(product, new Prepared(matrix, bits, kernels, 1), rounds);
            }
          }
        }
      }
    }
  }

  private static EncodedMatrix matrix(int rows, int columns, String code, double density) {
    var random = new Random(1);
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextDouble() < density ? (float) random.nextGaussian() : 0;
    }
    boolean uniform = code.equals(UNIFORM);
    for (int i = 0; uniform && i < values.length; i += OUTLIERS) {
      values[i] *= OUTLIER;
    }
    Coding coding = uniform ? new Coding.Uniform(0.3) : new Coding.MinMax(Code.parse(code));
    ScaleMode scales = code.equals("binary") ? ScaleMode.NONE : ScaleMode.ROW;
    return new Recipe(0, coding, scales, new Layout.Adaptive(), 1)
        .encode(DenseMatrix.of(rows, columns, values));
  }

  private void time(String product, Prepared weights, int rounds) {
    for (int batch : BATCHES) {
      List<Prepared.Alternative> ways = weights.alternatives(batch);
      double least =
          ways.stream().mapToDouble(Prepared.Alternative::nanoseconds).min().orElseThrow();
      List<Timed> timed = new ArrayList<>();
      for (Prepared.Alternative way : ways) {
        if (way.nanoseconds() <= HOPELESS * least) {
          timed.add(new Timed(way, time(weights.choice(way, batch), batch, rounds)));
        }
      }
      rows.add(new Row(product + ", n=" + batch, timed));
      weights.keepOnly();
    }
  }

  /** The least time of some rounds. */
  private double time(Choice choice, int batch, int rounds) {
    Division division = choice.division();
    var activations = new Activations(kernels);
    var scratch = new Scratch(kernels);
    var random = new Random(2);
    float[] x = new float[batch * division.columns()];
    float[] y = new float[batch * division.rows()];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian();
    }
    double least = Double.POSITIVE_INFINITY;
    int repeats = 1;
    for (int round = 0; round < rounds; ) {
      long start = THREADS.getCurrentThreadCpuTime();
      for (int i = 0; i < repeats; i++) {
        multiply(choice, activations, scratch, batch, x, y);
      }
      double nanoseconds = THREADS.getCurrentThreadCpuTime() - start;
      if (nanoseconds < ROUND_NANOSECONDS) {
        repeats *= 2;
      } else {
        round++;
        least = Math.min(least, nanoseconds / repeats);
      }
    }
    return least;
  }

  private static void multiply(
      Choice choice, Activations activations, Scratch scratch, int batch, float[] x, float[] y) {
    Division division = choice.division();
    activations.begin(batch, choice);
    choice.reserve(scratch, Math.min(batch, activations.tileSamples()));
    for (int unit = 0; unit < activations.units(); unit++) {
      activations.arrange(unit, x, 0, scratch);
    }
    for (int tile = 0; tile < activations.tiles(); tile++) {
      for (int part = 0; part < division.parts(); part++) {
        int at = tile * activations.tileSamples() * division.rows() + division.first(part);
        choice.multiply(activations, tile, part, scratch, y, at);
      }
    }
  }

  private static double estimate(Prepared.Alternative way, Costs costs) {
    double sum = 0;
    for (int i = 0; i < way.keys().size(); i++) {
      sum += way.keys().get(i).strategy().nanoseconds(way.tasks().get(i), costs);
    }
    return sum;
  }

  /** How much longer the chosen way takes than the fastest, product by product or in sum. */
  private void print(Costs costs, boolean each) {
    double worst = 1;
    double logarithms = 0;
    int bad = 0;
    for (Row row : rows) {
      Timed chosen =
          row.ways.stream()
              .min(Comparator.comparingDouble(timed -> estimate(timed.way, costs)))
              .orElseThrow();
      Timed best =
          row.ways.stream().min(Comparator.comparingDouble(Timed::nanoseconds)).orElseThrow();
      double ratio = chosen.nanoseconds / best.nanoseconds;
      worst = Math.max(worst, ratio);
      logarithms += Math.log(ratio);
      if (ratio > LIMIT) {
        bad++;
      }
      if (each && ratio > 1.1) {
        System.out.printf(
            Locale.ROOT,
            "%s: %s %.1f us (estimate %.1f), best %s %.1f us (estimate %.1f), ratio %.2f%n",
            row.product,
            names(chosen.way),
            chosen.nanoseconds * 1e-3,
            estimate(chosen.way, costs) * 1e-3,
            names(best.way),
            best.nanoseconds * 1e-3,
            estimate(best.way, costs) * 1e-3,
            ratio);
      }
    }
    System.out.printf(
        Locale.ROOT,
        "%d products: the chosen way takes %.3f times the fastest on average, at most %.2f; %d"
            + " above %.1f%n",
        rows.size(),
        Math.exp(logarithms / rows.size()),
        worst,
        bad,
        LIMIT);
  }

  private static String names(Prepared.Alternative way) {
    return way.keys().stream()
        .map(key -> key.strategy().name())
        .distinct()
        .collect(Collectors.joining("+"));
  }

  /**
   * Least squares of the relative errors, one constant after the other: estimates are sums of
   * constants times numbers of steps. What no time depends on stays as it is.
   */
  private Costs fitted(Costs source) {
    double[] c = values(source);
    double[] first = c.clone();
    List<Timed> all = rows.stream().flatMap(row -> row.ways.stream()).toList();
    for (int sweep = 0; sweep < 60; sweep++) {
      for (int i = 0; i < c.length; i++) {
        double had = c[i];
        double[] with = c.clone();
        with[i] = 2 * had;
        double top = 0;
        double bottom = 0;
        for (Timed timed : all) {
          double estimate = estimate(timed.way, costs(c));
          double slope = (estimate(timed.way, costs(with)) - estimate) / had / timed.nanoseconds;
          top += slope * (1 - estimate / timed.nanoseconds);
          bottom += slope * slope;
        }
        double wanted = bottom == 0 ? had : had + top / bottom;
        c[i] = Math.clamp(wanted, first[i] / REACH, first[i] * REACH);
      }
    }
    return costs(c);
  }

  private static double[] values(Costs costs) {
    return Arrays.stream(Costs.class.getRecordComponents())
        .mapToDouble(component -> value(component, costs))
        .toArray();
  }

  private static double value(RecordComponent component, Costs costs) {
    try {
      return (double) component.getAccessor().invoke(costs);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Costs costs(double[] c) {
    try {
      Object[] values = Arrays.stream(c).boxed().toArray();
      return (Costs) Costs.class.getDeclaredConstructors()[0].newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String constants(Costs costs) {
    return Arrays.stream(values(costs))
        .mapToObj(value -> String.format(Locale.ROOT, "%.3g", value))
        .collect(Collectors.joining(", "));
  }
}
