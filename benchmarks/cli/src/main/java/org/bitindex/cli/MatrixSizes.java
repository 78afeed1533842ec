package org.bitindex.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bitindex.matrix.EncodedMatrix;

/**
 * What one encoded matrix, or several together, take.
 *
 * @param shape rows and columns, empty for several together
 * @param bits cells of all planes: weights times planes
 * @param entropyBytes {@link EncodedMatrix#entropyBytes()}
 */
record MatrixSizes(
    String name,
    List<Integer> shape,
    String code,
    String layout,
    double weights,
    double bits,
    double setBits,
    double bytes,
    double entropyBytes) {

  static MatrixSizes of(Map.Entry<String, EncodedMatrix> named) {
    EncodedMatrix matrix = named.getValue();
    double weights = (double) matrix.rows() * matrix.columns();
    return new MatrixSizes(
        named.getKey(),
        List.of(matrix.rows(), matrix.columns()),
        matrix.code().label(),
        matrix.layout().name(),
        weights,
        weights * matrix.planes().count(),
        matrix.setBits(),
        matrix.bytes(),
        matrix.entropyBytes());
  }

  static MatrixSizes total(List<MatrixSizes> parts) {
    return new MatrixSizes(
        "total of " + parts.size(),
        List.of(),
        "",
        "",
        parts.stream().mapToDouble(MatrixSizes::weights).sum(),
        parts.stream().mapToDouble(MatrixSizes::bits).sum(),
        parts.stream().mapToDouble(MatrixSizes::setBits).sum(),
        parts.stream().mapToDouble(MatrixSizes::bytes).sum(),
        parts.stream().mapToDouble(MatrixSizes::entropyBytes).sum());
  }

  double density() {
    return setBits / bits;
  }

  double ratio() {
    return weights * Float.BYTES / bytes;
  }

  double bitsPerWeight() {
    return bytes * 8 / weights;
  }

  double overEntropy() {
    return bytes / entropyBytes;
  }

  /** The paper's compression ratio, with {@code indexBits} for each set bit and no overhead. */
  double indexRatio(int indexBits) {
    return weights * Float.SIZE / (setBits * indexBits);
  }

  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("name", name);
    map.put("shape", shape);
    map.put("code", code);
    map.put("layout", layout);
    map.put("density", density());
    map.put("bytes", (long) bytes);
    map.put("ratio", ratio());
    map.put("bitsPerWeight", bitsPerWeight());
    map.put("entropyBytes", entropyBytes);
    map.put("overEntropy", overEntropy());
    map.put("paperFormulaRatio", indexRatio(64));
    map.put("paperTableRatio", indexRatio(32));
    return map;
  }
}
