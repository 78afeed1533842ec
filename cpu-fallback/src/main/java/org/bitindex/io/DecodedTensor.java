package org.bitindex.io;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import org.bitindex.internal.Printable;
import org.bitindex.matrix.DType;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.NamedTensor;
import org.bitindex.matrix.Weights;
import org.bitindex.onnx.DataType;
import org.bitindex.onnx.OnnxTensor;

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

  /**
   * The elements in memory.
   *
   * @param type to which they are rounded; FLOAT where it is no floating one
   * @throws IllegalArgumentException if they take 2^31 bytes or more
   */
  public OnnxTensor toOnnx(DataType type) {
    DataType kept = type.isFloating() ? type : DataType.FLOAT;
    DType stored = kept.dType();
    int columns = rows.columns();
    long bytes = NamedTensor.bytes(stored, shape);
    if (bytes > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "tensor " + Printable.of(name) + " takes " + bytes + " bytes, an ONNX file holds fewer");
    }
    MemorySegment data = MemorySegment.ofArray(new byte[(int) bytes]);
    float[] row = new float[columns];
    for (int i = 0; i < rows.rows(); i++) {
      rows.readRow(i, row);
      for (int j = 0; j < columns; j++) {
        stored.writeFloat(data, (long) i * columns + j, stored.round(row[j]));
      }
    }
    return new OnnxTensor(name, kept, shape, data);
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
