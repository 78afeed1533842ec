package org.bitindex.lab.evaluation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.bitindex.backend.Arithmetic;
import org.bitindex.cli.measure.Stopwatch;
import org.bitindex.code.Code;
import org.bitindex.layout.Layout;

/**
 * What an evaluation measures: all sources x sparsities x runs, by all codes x layouts and all
 * baselines.
 *
 * @param sources where matrices come from
 * @param runs runs of each configuration, with different seeds
 * @param codes codes that are stored, in every layout
 * @param multiplied those of {@code codes} whose products are timed
 * @param batches samples of the timed products
 * @param activationBits limits of the integer activations' bits
 * @param stopwatch how long each figure is measured
 */
public record EvaluationPlan(
    List<MatrixSource> sources,
    int runs,
    List<Code> codes,
    Set<Code> multiplied,
    List<Integer> batches,
    List<Integer> activationBits,
    Stopwatch stopwatch) {
  /** Every layout, the paper's first. */
  public static final List<Layout> LAYOUTS =
      List.of(new Layout.Flat(), new Layout.Blocked(), new Layout.Adaptive());

  /** The paper's binary code: positive weights only. */
  public static final Code BINARY = new Code.Binary(0f);

  /** The paper's bitplane code with the number of planes that fits its table. */
  public static final Code BITPLANE = new Code.Affine(4);

  /** On pruned weights: the signs of what is left. */
  private static final Code TERNARY = new Code.Ternary(0f, 0f);

  private static final Set<Code> MULTIPLIED =
      Set.of(BINARY, TERNARY, BITPLANE, new Code.Symmetric(4), new Code.Symmetric(8));

  /** The paper's sparsities. */
  public static final List<Double> SPARSITIES = List.of(0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95);

  /** The sparsities of the quick plan. */
  public static final List<Double> QUICK_SPARSITIES = List.of(0.0, 0.5, 0.9, 0.95);

  /** Every code, every matrix of the paper, and {@code more} sources. */
  public static EvaluationPlan full(List<MatrixSource> more) {
    List<MatrixSource> sources = new ArrayList<>();
    sources.add(MatrixSource.gaussian(256, 256, SPARSITIES));
    sources.add(MatrixSource.gaussian(512, 512, SPARSITIES));
    sources.add(MatrixSource.gaussian(1024, 1024, SPARSITIES));
    sources.add(MatrixSource.gaussian(2048, 1024, SPARSITIES));
    sources.addAll(more);
    return new EvaluationPlan(
        sources,
        5,
        codes(1, 2, 3, 4, 6, 8),
        MULTIPLIED,
        List.of(1, 16, 64, 256),
        List.of(Arithmetic.MAX_ACTIVATION_BITS, 8),
        new Stopwatch(Duration.ofMillis(1), Duration.ofMillis(5), 3));
  }

  /** A part of the full plan that ends within three minutes. */
  public static EvaluationPlan quick(List<MatrixSource> more) {
    List<MatrixSource> sources = new ArrayList<>();
    sources.add(MatrixSource.gaussian(256, 256, QUICK_SPARSITIES));
    sources.add(MatrixSource.gaussian(1024, 1024, QUICK_SPARSITIES));
    sources.addAll(more);
    return new EvaluationPlan(
        sources,
        3,
        codes(2, 4, 8),
        MULTIPLIED,
        List.of(1, 64),
        List.of(Arithmetic.MAX_ACTIVATION_BITS, 8),
        new Stopwatch(Duration.ofMillis(1), Duration.ofMillis(4), 3));
  }

  private static List<Code> codes(int... bits) {
    List<Code> codes = new ArrayList<>(List.of(BINARY, TERNARY));
    for (int b : bits) {
      codes.add(new Code.Affine(b));
    }
    for (int b : bits) {
      if (b >= 2) {
        codes.add(new Code.Symmetric(b));
      }
    }
    return List.copyOf(codes);
  }

  /** Number of matrices. */
  public int matrices() {
    return runs * sources.stream().mapToInt(source -> source.sparsities().size()).sum();
  }
}
