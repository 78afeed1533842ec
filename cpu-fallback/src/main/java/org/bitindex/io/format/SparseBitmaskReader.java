package org.bitindex.io.format;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.bitindex.EncodedFormatException;
import org.bitindex.internal.Printable;
import org.bitindex.matrix.DType;
import org.bitindex.matrix.NamedTensor;

/**
 * Finds the matrices in sparse-bitmask form among a file's tensors and checks them, reading no more
 * than bitmasks and row offsets.
 */
public final class SparseBitmaskReader {
  private final MappedFile file;
  private final Map<String, NamedTensor> tensors;

  public SparseBitmaskReader(MappedFile file, Map<String, NamedTensor> tensors) {
    this.file = file;
    this.tensors = tensors;
  }

  /**
   * The matrices by name. Vectors in this form, values of a type that cannot be read and tensors
   * without all their companions are no matrices.
   */
  public SequencedMap<String, SparseBitmask> matrices() throws EncodedFormatException {
    SequencedMap<String, SparseBitmask> matrices = new LinkedHashMap<>();
    for (String prefix : prefixes()) {
      NamedTensor values = tensors.get(prefix + SparseBitmask.COMPRESSED);
      NamedTensor bitmask = tensors.get(prefix + SparseBitmask.BITMASK);
      NamedTensor rowOffsets = tensors.get(prefix + SparseBitmask.ROW_OFFSETS);
      NamedTensor shape = tensors.get(prefix + SparseBitmask.SHAPE);
      if (values == null || bitmask == null || rowOffsets == null || shape == null) {
        continue; // another form, such as sparse-24-bitmask
      }
      if (shape.length() == 2 && values.type().isFloating()) {
        String name = SparseBitmask.matrix(prefix);
        var weights = open(values, bitmask, rowOffsets, shape);
        if (tensors.containsKey(name)
            || matrices.putIfAbsent(name, new SparseBitmask(prefix, weights)) != null) {
          throw file.bad(values.name(), "holds " + Printable.of(name) + ", which is there already");
        }
      }
    }
    return matrices;
  }

  /** In the order of the values, which is that of the dense tensors where types differ. */
  private List<String> prefixes() {
    return tensors.keySet().stream()
        .filter(name -> name.endsWith(SparseBitmask.COMPRESSED))
        .map(name -> name.substring(0, name.length() - SparseBitmask.COMPRESSED.length()))
        .toList();
  }

  private SparseBitmaskWeights open(
      NamedTensor values, NamedTensor bitmask, NamedTensor rowOffsets, NamedTensor shape)
      throws EncodedFormatException {
    requireType(shape, shape.type().isInteger(), "integers");
    requireType(rowOffsets, rowOffsets.type().isInteger(), "integers");
    requireType(bitmask, bitmask.type() == DType.U8, "U8");
    int rows = size(shape, 0);
    int columns = size(shape, 1);
    requireShape(bitmask, List.of((long) rows, SparseBitmask.rowBytes(columns)), rows, columns);
    requireShape(rowOffsets, List.of((long) rows), rows, columns);
    var weights = new SparseBitmaskWeights(rows, columns, values, bitmask.data(), rowOffsets);
    long setBits = 0;
    for (int row = 0; row < rows; row++) {
      if (weights.rowOffset(row) != setBits) {
        throw file.bad(
            rowOffsets.name(),
            "row %d starts at %d, the bitmask has %d bits before it"
                .formatted(row, weights.rowOffset(row), setBits));
      }
      if (weights.hasBitBeyondColumns(row)) {
        throw file.bad(
            bitmask.name(), "row %d has a bit beyond its %d columns".formatted(row, columns));
      }
      setBits += weights.setBits(row);
    }
    if (!values.shape().equals(List.of(setBits))) {
      throw file.bad(
          values.name(),
          "is of shape %s, the bitmask has %d bits".formatted(shape(values), setBits));
    }
    return weights;
  }

  private int size(NamedTensor shape, int dimension) throws EncodedFormatException {
    long size = shape.type().readLong(shape.data(), dimension);
    if (size < 0 || size > Integer.MAX_VALUE) {
      throw file.bad(
          shape.name(), "holds %d, expected sizes from 0 to %d".formatted(size, Integer.MAX_VALUE));
    }
    return (int) size;
  }

  private void requireType(NamedTensor tensor, boolean fits, String expected)
      throws EncodedFormatException {
    if (!fits) {
      throw file.bad(tensor.name(), "is " + tensor.type() + ", expected " + expected);
    }
  }

  private void requireShape(NamedTensor tensor, List<Long> expected, int rows, int columns)
      throws EncodedFormatException {
    if (!tensor.shape().equals(expected)) {
      throw file.bad(
          tensor.name(),
          "is of shape %s, expected %s for %d x %d weights"
              .formatted(shape(tensor), expected, rows, columns));
    }
  }

  private static String shape(NamedTensor tensor) {
    return Printable.of(tensor.shape().toString());
  }
}
