package org.bitindex.cli.measure;

import java.util.Locale;
import org.bitindex.code.Code;
import org.bitindex.encode.Coding;
import org.bitindex.encode.Pruning;
import org.bitindex.encode.Recipe;
import org.bitindex.encode.ScaleMode;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.EncodedMatrix;

/** Benchmark parameters, which are texts, as the objects they name. */
public final class Workload {
  private static final long SEED = 1;
  private static final long MOST_WEIGHTS = 1L << 28;

  private Workload() {}

  /** A layout with its default block, by name. */
  static Layout layout(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "flat" -> new Layout.Flat();
      case "blocked" -> new Layout.Blocked();
      case "adaptive" -> new Layout.Adaptive();
      default -> throw new IllegalArgumentException("there is no layout '" + name + "'");
    };
  }

  /**
   * Seeded Gaussian weights, pruned.
   *
   * @param shape rows and columns, "2048x1024"
   * @param density share of weights that stay
   * @throws IllegalArgumentException if it is another text, or has more than 2^28 weights
   */
  public static DenseMatrix weights(String shape, double density) {
    if (!shape.matches("[1-9][0-9]{0,4}x[1-9][0-9]{0,4}")) {
      throw new IllegalArgumentException(
          "shape is '" + shape + "', must be rows and columns of up to five digits: 2048x1024");
    }
    String[] sizes = shape.split("x", 2);
    int rows = Integer.parseInt(sizes[0]);
    int columns = Integer.parseInt(sizes[1]);
    if ((long) rows * columns > MOST_WEIGHTS) {
      throw new IllegalArgumentException(
          "shape " + shape + " has more than " + MOST_WEIGHTS + " weights");
    }
    var dense = DenseMatrix.of(rows, columns, Gaussian.values(rows * columns, SEED));
    return DenseMatrix.copyOf(Pruning.global(dense, 1 - density));
  }

  /** Those weights encoded with a scale for each row; the caller closes the result. */
  public static EncodedMatrix encode(DenseMatrix weights, String code, String layout, int threads) {
    var coding = new Coding.MinMax(Code.parse(code));
    return new Recipe(0, coding, ScaleMode.ROW, layout(layout), threads).encode(weights);
  }

  /** Seeded Gaussian samples. */
  public static float[] samples(int batch, int columns) {
    return Gaussian.values(batch * columns, ~SEED);
  }
}
