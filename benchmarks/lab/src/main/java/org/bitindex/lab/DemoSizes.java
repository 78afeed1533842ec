package org.bitindex.lab;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.bitindex.baseline.Baseline;
import org.bitindex.baseline.BitmapQuantized4;
import org.bitindex.baseline.BlockQuantized;
import org.bitindex.baseline.Csr;
import org.bitindex.baseline.DenseFloat16;
import org.bitindex.baseline.HybridCsr;
import org.bitindex.baseline.Quantized4;
import org.bitindex.baseline.Quantized8;
import org.bitindex.baseline.SubScaledBlocks;
import org.bitindex.baseline.Zipped4;
import org.bitindex.cli.text.Figures;
import org.bitindex.cli.text.Progress;
import org.bitindex.cli.text.TextTable;
import org.bitindex.code.Code;
import org.bitindex.encode.Coding;
import org.bitindex.encode.Pruning;
import org.bitindex.encode.Recipe;
import org.bitindex.encode.ReconstructionError;
import org.bitindex.encode.ScaleMode;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.Weights;

/** What a network's matrices take when they are stored in several ways, and what that costs. */
final class DemoSizes {
  private static final List<Code> CODES =
      List.of(
          new Code.Binary(0f),
          new Code.Ternary(0f, 0f),
          new Code.Affine(4),
          new Code.Symmetric(4),
          new Code.Symmetric(8));

  /** Of uniform levels, as shares of a row's root mean square. */
  private static final List<Double> STEPS = List.of(0.1, 0.15, 0.3, 0.6);

  private static final List<Double> SPARSITIES = List.of(0.0, 0.5, 0.9);

  /** Bytes of one matrix, the least that its planes could take, and what they decode to. */
  private record Stored(Weights decoded, double bytes, double entropyBytes, Runnable release) {}

  /** One way to store pruned matrices, and what it added up to over those so far. */
  private static final class Way {
    final String name;
    final String layout;
    final double sparsity;
    final Function<Weights, Stored> store;
    double weights;
    double bytes;
    double entropyBytes;
    double signal;
    double noise;

    Way(String name, String layout, double sparsity, Function<Weights, Stored> store) {
      this.name = name;
      this.layout = layout;
      this.sparsity = sparsity;
      this.store = store;
    }

    /** Stores {@code pruned}, whose squares add up to {@code energy}. */
    void add(Weights pruned, double energy, int threads) {
      Stored stored = store.apply(pruned);
      double size = size(pruned);
      weights += size;
      bytes += stored.bytes;
      entropyBytes += stored.entropyBytes;
      signal += energy;
      noise += ReconstructionError.of(pruned, stored.decoded, threads).mse() * size;
      stored.release.run();
    }

    Size total() {
      return new Size(name, layout, sparsity, weights, bytes, entropyBytes, noise / signal);
    }
  }

  /**
   * What all matrices take in one way.
   *
   * @param code or the format's name
   * @param sparsity share of weights that were pruned
   * @param entropyBytes of the weights' integers, NaN for other formats
   * @param noise ||W - V||^2 / ||W||^2 of the decoded weights V
   */
  record Size(
      String code,
      String layout,
      double sparsity,
      double weights,
      double bytes,
      double entropyBytes,
      double noise) {
    void addTo(TextTable table) {
      table.add(
          code,
          layout,
          Figures.percent(sparsity),
          Figures.bytes(bytes),
          Figures.ratio(weights * Float.BYTES / bytes),
          Figures.significant(bytes * 8 / weights),
          Figures.ratio(bytes / entropyBytes),
          Figures.percent(Math.sqrt(noise)),
          Figures.decibel(-10 * Math.log10(noise)));
    }
  }

  private final List<Way> ways = new ArrayList<>();
  private final int threads;

  /** Nothing stored yet; encoding will use {@code threads} CPU threads. */
  DemoSizes(int threads) {
    this.threads = threads;
    for (Code code : CODES) {
      for (double sparsity : SPARSITIES) {
        add(code, new Layout.Adaptive(), sparsity);
      }
    }
    add(new Code.Symmetric(4), new Layout.Blocked(), 0.9);
    add(new Code.Symmetric(4), new Layout.Flat(), 0.9);
    for (double step : STEPS) {
      addUniform(step, 0);
    }
    addUniform(STEPS.getFirst(), 0.9);
    add(DenseFloat16::new, "FP16", "dense", 0);
    add(Quantized8::new, "int8", "dense", 0);
    add(Quantized4::new, "int4", "dense", 0);
    add(BlockQuantized::blocksOf32, "int4", "blocks 32", 0);
    add(BlockQuantized::blocksOf128, "int4", "blocks 128", 0);
    add(SubScaledBlocks::fourBits, "int4", "sub-scales", 0);
    add(Zipped4::new, "int4", "zip", 0);
    add(BitmapQuantized4::new, "int4", "bitmap", 0.9);
    add(Zipped4::new, "int4", "zip", 0.9);
    add(Csr::new, "FP32", "CSR", 0.9);
    add(HybridCsr::new, "int8", "CSR", 0.9);
  }

  private void add(Code code, Layout layout, double sparsity) {
    var recipe = new Recipe(0, new Coding.MinMax(code), ScaleMode.ROW, layout, threads);
    ways.add(
        new Way(
            code.label(),
            layout.name(),
            sparsity,
            weights -> {
              EncodedMatrix encoded = recipe.encode(weights);
              return new Stored(encoded, encoded.bytes(), encoded.entropyBytes(), encoded::close);
            }));
  }

  private void addUniform(double step, double sparsity) {
    var layout = new Layout.Adaptive();
    var recipe = new Recipe(0, new Coding.Uniform(step), ScaleMode.ROW, layout, threads);
    ways.add(
        new Way(
            "uniform " + step,
            layout.name(),
            sparsity,
            weights -> {
              EncodedMatrix encoded = recipe.encode(weights);
              return new Stored(encoded, encoded.bytes(), encoded.entropyBytes(), encoded::close);
            }));
  }

  private void add(
      Function<Weights, Baseline> format, String name, String layout, double sparsity) {
    ways.add(
        new Way(
            name,
            layout,
            sparsity,
            weights -> {
              Baseline stored = format.apply(weights);
              return new Stored(stored, stored.bytes(), Double.NaN, () -> {});
            }));
  }

  /** Stores {@code matrices} in every way, one after another. */
  void run(Collection<Weights> matrices) {
    double weights = matrices.stream().mapToDouble(DemoSizes::size).sum();
    try (var progress = Progress.start("encoding", (long) (weights * ways.size()))) {
      for (Weights matrix : matrices) {
        for (double sparsity : SPARSITIES) {
          DenseMatrix pruned = DenseMatrix.copyOf(Pruning.global(matrix, sparsity));
          double energy = energy(pruned);
          for (Way way : ways) {
            if (way.sparsity == sparsity) {
              way.add(pruned, energy, threads);
              progress.step((long) size(matrix));
            }
          }
        }
      }
    }
  }

  private static double size(Weights weights) {
    return (double) weights.rows() * weights.columns();
  }

  private static double energy(Weights weights) {
    double sum = 0;
    float[] row = new float[weights.columns()];
    for (int i = 0; i < weights.rows(); i++) {
      weights.readRow(i, row);
      for (float weight : row) {
        sum += (double) weight * weight;
      }
    }
    return sum;
  }

  /** One for each way. */
  List<Size> sizes() {
    return ways.stream().map(Way::total).toList();
  }

  /** A table with one row for each way. */
  @Override
  public String toString() {
    var table =
        new TextTable(
            "code",
            "layout",
            "pruned",
            "size",
            "ratio",
            "bits/weight",
            "over entropy",
            "rel. error",
            "SQNR");
    sizes().forEach(size -> size.addTo(table));
    return table.toString();
  }
}
