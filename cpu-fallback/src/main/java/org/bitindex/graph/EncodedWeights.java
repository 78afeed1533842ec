package org.bitindex.graph;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bitindex.io.MatrixUse;
import org.bitindex.io.ModelFile;
import org.bitindex.matrix.EncodedMatrix;
import org.jspecify.annotations.Nullable;

/**
 * Encoded weights that stand for a constant tensor of a graph. {@link org.bitindex.onnx.Products}
 * says which matrices a node makes of a tensor. A node that finds its matrix here multiplies with
 * it; any other reader gets the tensor decoded.
 *
 * @param parts matrices, which must stay open as long as the network
 */
public record EncodedWeights(List<Part> parts) {
  /**
   * A matrix of the tensor, whose rows are the outputs of a product.
   *
   * @param first the element of the tensor at which it begins
   * @param transposed whether the tensor held it as [columns x rows]
   */
  public record Part(EncodedMatrix matrix, long first, boolean transposed) {
    /** A matrix that stood so in its tensor. */
    public static Part of(EncodedMatrix matrix, MatrixUse use) {
      EncodedMatrix stored = use.factor() == 1 ? matrix : matrix.dividedBy(use.factor());
      long first = (long) use.index() * matrix.rows() * matrix.columns();
      return new Part(stored, first, use.transposed());
    }

    /**
     * Decodes this part.
     *
     * @param values the elements of the tensor, of which those of this part are overwritten
     */
    public void decode(float[] values) {
      float[] row = new float[matrix.columns()];
      for (int i = 0; i < matrix.rows(); i++) {
        matrix.readRow(i, row);
        for (int j = 0; j < row.length; j++) {
          int at = transposed ? j * matrix.rows() + i : i * row.length + j;
          values[(int) first + at] = row[j];
        }
      }
    }

    private boolean is(long begin, int rows, int columns, boolean turned) {
      boolean vector = rows == 1 || columns == 1;
      return first == begin
          && matrix.rows() == rows
          && matrix.columns() == columns
          && (vector || transposed == turned);
    }
  }

  public EncodedWeights {
    parts = List.copyOf(parts);
  }

  /** The tensor's only matrix. */
  public static EncodedWeights of(EncodedMatrix matrix, boolean transposed) {
    return new EncodedWeights(List.of(new Part(matrix, 0, transposed)));
  }

  /** The encoded weights of a file by the names of their tensors; they end with the file. */
  public static Map<String, EncodedWeights> of(ModelFile file) {
    Map<String, List<Part>> parts = new LinkedHashMap<>();
    file.matrices()
        .forEach((name, matrix) -> {
          MatrixUse use = file.use(name);
          parts.computeIfAbsent(use.tensor(), _ -> new ArrayList<>()).add(Part.of(matrix, use));
        });
    Map<String, EncodedWeights> weights = new LinkedHashMap<>();
    parts.forEach((name, list) -> weights.put(name, new EncodedWeights(list)));
    return weights;
  }

  /** The matrix that begins at an element of the tensor, or null if there is none. */
  @Nullable EncodedMatrix find(long first, int rows, int columns, boolean transposed) {
    for (Part part : parts) {
      if (part.is(first, rows, columns, transposed)) {
        return part.matrix;
      }
    }
    return null;
  }

  /** The weights of the transpose of a tensor of two dimensions. */
  EncodedWeights turned() {
    return new EncodedWeights(
        parts.stream().map(part -> new Part(part.matrix, part.first, !part.transposed)).toList());
  }

  /**
   * The tensor's elements; of matrices in two orientations the first count.
   *
   * @throws IllegalArgumentException if the matrices are not all of it
   */
  float[] decode(int count) {
    float[] values = new float[count];
    long end = 0;
    for (Part part : parts) {
      EncodedMatrix matrix = part.matrix;
      long size = (long) matrix.rows() * matrix.columns();
      if (part.first != end) {
        continue; // once more, in another orientation
      }
      end += size;
      if (end <= count) {
        part.decode(values);
      }
    }
    if (end != count) {
      throw new IllegalArgumentException(
          "encoded weights have " + end + " elements, the tensor has " + count);
    }
    return values;
  }
}
