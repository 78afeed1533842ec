package org.bitindex.io;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.Weights;

/**
 * A dense tensor that was encoded, decoded: under its own name, as it lay in its file, without a
 * factor.
 *
 * @param shape its sizes
 * @param rows its elements as rows of equal length, one after the other; best read in their order,
 *     by one thread at a time
 */
public record DecodedTensor(String name, List<Long> shape, Weights rows) {
  public DecodedTensor {
    shape = List.copyOf(shape);
  }

  /** The tensor of matrices that are beside each other, by their index. */
  static DecodedTensor of(String name, List<Long> shape, NavigableMap<Integer, Weights> matrices) {
    return new DecodedTensor(
        name,
        shape,
        matrices.size() == 1 ? matrices.firstEntry().getValue() : new Stacked(matrices));
  }

  /** A matrix as its tensor held it. */
  static Weights stored(EncodedMatrix matrix, MatrixUse use) {
    EncodedMatrix unscaled = use.factor() == 1 ? matrix : matrix.dividedBy(use.factor());
    return use.transposed() ? new Transposed(unscaled) : unscaled;
  }

  /** Matrices of one size, one below the other. */
  private static final class Stacked implements Weights {
    private final List<Weights> matrices;
    private final int each;

    Stacked(NavigableMap<Integer, Weights> matrices) {
      this.matrices = new ArrayList<>(new TreeMap<>(matrices).values());
      this.each = this.matrices.getFirst().rows();
    }

    @Override
    public int rows() {
      return Math.multiplyExact(each, matrices.size());
    }

    @Override
    public int columns() {
      return matrices.getFirst().columns();
    }

    @Override
    public void readRow(int row, float[] target) {
      matrices.get(Objects.checkIndex(row, rows()) / each).readRow(row % each, target);
    }
  }
}
