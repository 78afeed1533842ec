package org.bitindex.cli.advise;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Function;
import org.bitindex.baseline.Baseline;
import org.bitindex.baseline.BitmapQuantized4;
import org.bitindex.baseline.BlockQuantized;
import org.bitindex.baseline.Csr;
import org.bitindex.baseline.DenseFloat16;
import org.bitindex.baseline.DenseFloat32;
import org.bitindex.baseline.Quantized4;
import org.bitindex.baseline.Quantized8;
import org.bitindex.baseline.SubScaledBlocks;
import org.bitindex.baseline.Zipped4;
import org.bitindex.code.Code;
import org.bitindex.encode.Coding;
import org.bitindex.encode.Recipe;
import org.bitindex.encode.ScaleMode;
import org.bitindex.encode.Thresholds;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.Weights;

/**
 * A way to store weights.
 *
 * @param name for tables: "symmetric4", "dense FP16"
 * @param product names the kind of product: formats of one kind take equally long where their
 *     shapes and densities are equal
 * @param kind what it is to the recommendation
 * @param options of {@code bie encode}, empty where that does not make it
 * @param storing stores weights on a number of threads
 */
public record Format(String name, String product, Kind kind, String options, Storing storing) {
  /** Dense floats are what all others must beat. */
  public enum Kind {
    ENCODED,
    DENSE,
    OTHER
  }

  /** Stores weights, codes in the smallest of some layouts. */
  @FunctionalInterface
  public interface Storing {
    Stored store(Weights weights, List<Layout> layouts, int threads);
  }

  /** The adaptive layout, and those that may be smaller where few bits are set. */
  private static final List<Layout> LAYOUTS =
      List.of(new Layout.Adaptive(), new Layout.Flat(), new Layout.Blocked());

  private static final Code TERNARY = new Code.Ternary(0f, 0f);

  /** All candidates, in the order of a table. */
  static final List<Format> ALL =
      List.of(
          encoded(new Code.Binary(0f), "--encoding binary"),
          encoded(TERNARY, "--encoding ternary"),
          encoded(
              TERNARY.label() + " 50 %",
              TERNARY,
              "--encoding ternary --density 0.5",
              weights -> Thresholds.ternary(weights, 0.5)),
          encoded(new Code.Affine(4), "--mode affine --bits 4"),
          symmetric(3),
          symmetric(4),
          symmetric(5),
          symmetric(6),
          symmetric(8),
          uniform(0.15, new Code.Symmetric(6)),
          uniform(0.3, new Code.Symmetric(5)),
          uniform(0.6, new Code.Symmetric(4)),
          other("dense FP32", Kind.DENSE, DenseFloat32::new),
          other("dense FP16", Kind.DENSE, DenseFloat16::new),
          other("int8", Kind.OTHER, Quantized8::new),
          other("int4", Kind.OTHER, Quantized4::new),
          block("int4 blocks 32", BlockQuantized::blocksOf32),
          block("int4 blocks 128", BlockQuantized::blocksOf128),
          block("int4 sub-scaled", SubScaledBlocks::fourBits),
          block("bitmap + int4", BitmapQuantized4::new),
          block("zip of int4", Zipped4::new),
          other("CSR", Kind.OTHER, Csr::new));

  private static Format symmetric(int bits) {
    return encoded(new Code.Symmetric(bits), "--bits " + bits);
  }

  /**
   * Steps of this share of a row's root mean square.
   *
   * @param product a code with about as many planes: products take about as long
   */
  private static Format uniform(double step, Code product) {
    return new Format(
        "uniform " + step,
        product.label(),
        Kind.ENCODED,
        "--step " + step,
        (weights, layouts, threads) ->
            new Stored.Encoded(
                smallest(
                    layouts,
                    layout ->
                        new Recipe(0, new Coding.Uniform(step), ScaleMode.ROW, layout, threads)
                            .encode(weights))));
  }

  /** A format that unpacks like int4, so its products take about as long. */
  private static Format block(String name, Function<Weights, Baseline> format) {
    Format own = other(name, Kind.OTHER, format);
    return new Format(name, "int4", Kind.OTHER, "", own.storing);
  }

  private static Format encoded(Code code, String options) {
    return encoded(code.label(), code, options, _ -> code);
  }

  private static Format encoded(
      String name, Code product, String options, Function<Weights, Code> code) {
    return new Format(
        name,
        product.label(),
        Kind.ENCODED,
        options,
        (weights, layouts, threads) -> {
          Code chosen = code.apply(weights);
          return new Stored.Encoded(
              smallest(
                  layouts,
                  layout ->
                      new Recipe(0, new Coding.MinMax(chosen), ScaleMode.ROW, layout, threads)
                          .encode(weights)));
        });
  }

  /** In the first layout, or one that is smaller. */
  private static EncodedMatrix smallest(
      List<Layout> layouts, Function<Layout, EncodedMatrix> encode) {
    EncodedMatrix best = encode.apply(layouts.getFirst());
    for (Layout layout : layouts.subList(1, layouts.size())) {
      if (best.setBits() < best.bytes()) { // an index takes a byte or more
        EncodedMatrix other = encode.apply(layout);
        boolean smaller = other.bytes() < best.bytes();
        (smaller ? best : other).close();
        best = smaller ? other : best;
      }
    }
    return best;
  }

  private static Format other(String name, Kind kind, Function<Weights, Baseline> format) {
    return new Format(
        name,
        name,
        kind,
        "",
        (weights, _, _) -> {
          Baseline stored = format.apply(weights);
          double density = stored instanceof Csr ? nonzeroShare(weights) : 1;
          return new Stored.Other(format, weights, stored, density);
        });
  }

  private static double nonzeroShare(Weights weights) {
    long count = 0;
    float[] row = new float[weights.columns()];
    for (int i = 0; i < weights.rows(); i++) {
      weights.readRow(i, row);
      for (float weight : row) {
        count += weight == 0 ? 0 : 1;
      }
    }
    return count / ((double) weights.rows() * weights.columns());
  }

  /** One format of each kind of product. */
  static Collection<Format> products() {
    SequencedMap<String, Format> first = new LinkedHashMap<>();
    ALL.forEach(format -> first.putIfAbsent(format.product, format));
    return first.values();
  }

  /** Whether its products take equally long at every density. */
  boolean ignoresDensity() {
    return kind == Kind.DENSE || product.equals("int8") || product.equals("int4");
  }

  /** Stores {@code weights} on {@code threads} threads; the caller closes the result. */
  Stored store(Weights weights, int threads) {
    return storing.store(weights, LAYOUTS, threads);
  }

  /**
   * As {@link #store}, in the layout that is written and read soonest: a plan copies what it needs,
   * so products take equally long in all layouts.
   */
  Stored storeForTiming(Weights weights, int threads) {
    return storing.store(weights, List.of(new Layout.Flat()), threads);
  }
}
