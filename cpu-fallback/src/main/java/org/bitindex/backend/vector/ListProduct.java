package org.bitindex.backend.vector;

import org.bitindex.layout.BitMatrix;
import org.bitindex.layout.Plane;
import org.bitindex.matrix.EncodedMatrix;

/** Lists of columns, each adding one row of a panel with the samples across the lanes. */
final class ListProduct implements Product {
  /** The most columns that 16-bit indices reach. */
  static final int MAX_COLUMNS = 1 << 16;

  private final Kernels kernels;
  private final int[] coefficients;
  private final int[][] rowStarts;
  private final char[][] indices;

  ListProduct(EncodedMatrix weights, Kernels kernels) {
    this.kernels = kernels;
    this.coefficients = weights.code().coefficients();
    this.rowStarts = new int[coefficients.length][weights.rows() + 1];
    this.indices = new char[coefficients.length][];
    for (int p = 0; p < coefficients.length; p++) {
      fill(p, weights.planes().get(p));
    }
  }

  private void fill(int p, Plane plane) {
    char[] list = new char[Math.toIntExact(plane.setBits())];
    long[] words = new long[BitMatrix.wordsPerRow(plane.columns())];
    int at = 0;
    for (int row = 0; row < plane.rows(); row++) {
      plane.readRow(row, words);
      for (int w = 0; w < words.length; w++) {
        for (long word = words[w]; word != 0; word &= word - 1) {
          list[at++] = (char) ((w << 6) + Long.numberOfTrailingZeros(word));
        }
      }
      rowStarts[p][row + 1] = at;
    }
    indices[p] = list;
  }

  @Override
  public long bytes() {
    long bytes = 0;
    for (int p = 0; p < indices.length; p++) {
      bytes +=
          (long) indices[p].length * Character.BYTES + (long) rowStarts[p].length * Integer.BYTES;
    }
    return bytes;
  }

  @Override
  public void arrange(Tile tile) {
    tile.arrangePanel(kernels.lanes());
  }

  @Override
  public void rowSums(Tile tile, int row, int[] scratch, double[] sums) {
    for (int n = 0; n < tile.batch(); n++) {
      sums[n] = 0;
    }
    for (int p = 0; p < coefficients.length; p++) {
      int from = rowStarts[p][row];
      int to = rowStarts[p][row + 1];
      if (from < to) {
        kernels.listedSums(indices[p], from, to, tile.panel(), tile.panelWidth(), scratch);
        for (int n = 0; n < tile.batch(); n++) {
          sums[n] += (double) coefficients[p] * scratch[n];
        }
      }
    }
  }
}
