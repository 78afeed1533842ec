package org.bitindex.cli.advise;

import java.util.function.Function;
import java.util.stream.IntStream;
import org.bitindex.baseline.Baseline;
import org.bitindex.matrix.Weights;

/** The product of a single-threaded format on several threads, each with its share of the rows. */
final class RowShares implements PreparedProduct {
  /** A share of fewer multiplications ends before another thread would have started. */
  private static final double LEAST_WORK = 1 << 19;

  private final int rows;
  private final Baseline[] shares;
  private final int[] firstRows;

  RowShares(Function<Weights, Baseline> format, Weights weights, int count) {
    rows = weights.rows();
    firstRows = IntStream.rangeClosed(0, count).map(i -> (int) ((long) rows * i / count)).toArray();
    shares = new Baseline[count];
    for (int i = 0; i < count; i++) {
      shares[i] =
          format.apply(new RowRange(weights, firstRows[i], firstRows[i + 1] - firstRows[i]));
    }
  }

  /** Number of shares for {@code work} multiplications on {@code threads} threads. */
  static int count(int threads, double work) {
    return (int) Math.clamp(work / LEAST_WORK, 1, threads);
  }

  @Override
  public void multiply(float[] input, int batch, float[] output) {
    if (shares.length == 1) {
      shares[0].multiply(input, batch, output);
      return;
    }
    IntStream.range(0, shares.length)
        .parallel()
        .forEach(i -> {
          int count = shares[i].rows();
          float[] y = new float[batch * count];
          shares[i].multiply(input, batch, y);
          for (int n = 0; n < batch; n++) {
            System.arraycopy(y, n * count, output, n * rows + firstRows[i], count);
          }
        });
  }

  @Override
  public void close() {}

  /** Neighbouring rows of a matrix. */
  private record RowRange(Weights weights, int first, int rows) implements Weights {
    @Override
    public int columns() {
      return weights.columns();
    }

    @Override
    public void readRow(int row, float[] target) {
      weights.readRow(first + row, target);
    }
  }
}
