package org.bitindex.backend.vector;

import org.bitindex.layout.BitMatrix;
import org.bitindex.matrix.EncodedMatrix;

/** Bitmap rows that mask the additions of one sample: for small batches. */
final class BitmapProduct implements Product {
  private final Kernels kernels;
  private final int[] coefficients;
  private final int wordsPerRow;
  private final long[][] planes;

  BitmapProduct(EncodedMatrix weights, Kernels kernels) {
    this.kernels = kernels;
    this.coefficients = weights.code().coefficients();
    this.wordsPerRow = BitMatrix.wordsPerRow(weights.columns());
    this.planes = new long[coefficients.length][Math.multiplyExact(weights.rows(), wordsPerRow)];
    long[] words = new long[wordsPerRow];
    for (int p = 0; p < planes.length; p++) {
      for (int row = 0; row < weights.rows(); row++) {
        weights.planes().get(p).readRow(row, words);
        System.arraycopy(words, 0, planes[p], row * wordsPerRow, wordsPerRow);
      }
    }
  }

  @Override
  public long bytes() {
    return (long) planes.length * planes[0].length * Long.BYTES;
  }

  @Override
  public void arrange(Tile tile) {}

  @Override
  public void rowSums(Tile tile, int row, int[] scratch, double[] sums) {
    for (int n = 0; n < tile.batch(); n++) {
      double q = 0;
      for (int p = 0; p < planes.length; p++) {
        q +=
            (double) coefficients[p]
                * kernels.maskedSum(
                    planes[p], row * wordsPerRow, wordsPerRow, tile.integers(), n * tile.stride());
      }
      sums[n] = q;
    }
  }
}
