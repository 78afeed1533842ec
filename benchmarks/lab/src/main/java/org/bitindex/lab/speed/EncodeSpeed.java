package org.bitindex.lab.speed;

import java.util.List;
import java.util.Locale;
import java.util.function.DoublePredicate;
import java.util.stream.Stream;
import org.bitindex.cli.measure.Gaussian;
import org.bitindex.code.Code;
import org.bitindex.encode.Encoder;
import org.bitindex.encode.Pruning;
import org.bitindex.encode.ScaleMode;
import org.bitindex.lab.evaluation.EvaluationPlan;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.DenseMatrix;

/**
 * The time to encode matrices of the paper's sizes and sparsities, on one thread and on all,
 * against {@value #MOST_MICROS} us, and the rate of reading on one thread against {@value
 * #LEAST_RATE} GB/s.
 */
final class EncodeSpeed {
  private static final double MOST_MICROS = 1000;
  private static final double LEAST_RATE = 10;
  private static final long SEED = 1;

  /** The compiler has met the encoder; caches have not met the matrix. */
  private static final long WARM_UP_NANOS = 50_000_000L;

  private static final List<int[]> SHAPES =
      List.of(
          new int[] {256, 256},
          new int[] {512, 512},
          new int[] {1024, 1024},
          new int[] {2048, 1024});
  private static final List<Double> SPARSITIES = EvaluationPlan.QUICK_SPARSITIES;
  private static final List<Code> CODES =
      List.of(new Code.Binary(0f), new Code.Affine(4), new Code.Symmetric(4));
  private static final List<Layout> LAYOUTS =
      List.of(new Layout.Flat(), new Layout.Blocked(), new Layout.Adaptive());

  private EncodeSpeed() {}

  static void run() {
    System.out.println();
    System.out.print("| encode, us on one thread / all threads | shape |");
    SPARSITIES.forEach(s -> System.out.printf(Locale.ROOT, " %.0f %% zeros |", 100 * s));
    System.out.println(" 1 ms, one thread | all threads | 10 GB/s |");
    System.out.println("| --- ".repeat(SPARSITIES.size() + 5) + "|");
    for (Code code : CODES) {
      for (Layout layout : LAYOUTS) {
        run(code, layout);
      }
    }
  }

  private static void run(Code code, Layout layout) {
    ScaleMode scales = code instanceof Code.Binary ? ScaleMode.NONE : ScaleMode.TENSOR;
    var one = new Encoder(code, scales, layout, 1);
    var all = new Encoder(code, scales, layout);
    DenseMatrix largest = weights(SHAPES.getLast(), SPARSITIES.getFirst());
    Race.run(() -> one.encode(largest).close(), () -> all.encode(largest).close());
    for (int[] shape : SHAPES) {
      Race[] races =
          SPARSITIES.stream()
              .map(sparsity -> weights(shape, sparsity))
              .map(weights ->
                  Race.run(
                      WARM_UP_NANOS,
                      () -> one.encode(weights).close(),
                      () -> all.encode(weights).close()))
              .toArray(Race[]::new);
      print(code + ", " + layout, shape, races);
    }
  }

  private static DenseMatrix weights(int[] shape, double sparsity) {
    int count = shape[0] * shape[1];
    var dense = DenseMatrix.of(shape[0], shape[1], Gaussian.values(count, SEED));
    return DenseMatrix.copyOf(Pruning.global(dense, sparsity));
  }

  private static void print(String encoder, int[] shape, Race[] races) {
    System.out.printf("| %s | %dx%d |", encoder, shape[0], shape[1]);
    for (Race race : races) {
      System.out.printf(Locale.ROOT, " %.0f / %.0f |", race.micros(0), race.micros(1));
    }
    double bytes = (double) shape[0] * shape[1] * Float.BYTES;
    System.out.printf(
        " %s | %s | %s |%n",
        met(races, 0, micros -> micros <= MOST_MICROS),
        met(races, 1, micros -> micros <= MOST_MICROS),
        met(races, 0, micros -> bytes / micros * 1e-3 >= LEAST_RATE));
  }

  private static String met(Race[] races, int call, DoublePredicate target) {
    long met = Stream.of(races).mapToDouble(race -> race.micros(call)).filter(target).count();
    return met == races.length ? "met" : "missed, met by %d of %d".formatted(met, races.length);
  }
}
