package org.bitindex.onnx;

import java.util.List;

/**
 * A sparse tensor (SparseTensorProto) in coordinate form.
 *
 * @param values the elements that are not zero, 1-D; its name is the tensor's
 * @param indices one place in the flattened tensor each, or one row of coordinates each, ascending
 * @param shape of the whole tensor
 */
public record SparseTensor(OnnxTensor values, OnnxTensor indices, List<Long> shape) {
  /**
   * Checks that all indices are in range and ascend.
   *
   * @throws IllegalArgumentException if they do not, or a part has another type or shape
   */
  public SparseTensor {
    shape = List.copyOf(shape);
    long count = OnnxTensor.count(shape);
    boolean flat = indices.shape().size() == 1;
    if (indices.type() != DataType.INT64
        || values.shape().size() != 1
        || indices.shape().isEmpty()
        || !indices.shape().getFirst().equals(values.shape().getFirst())
        || !(flat || indices.shape().equals(List.of(values.length(), (long) shape.size())))) {
      throw new IllegalArgumentException(
          "values are %s, indices %s %s, which do not fit shape %s"
              .formatted(values.shape(), indices.type(), indices.shape(), shape));
    }
    long before = -1;
    for (long place : places(indices, shape)) {
      if (place <= before || place >= count) {
        throw new IllegalArgumentException(
            "index " + place + " follows " + before + " in " + count + " elements");
      }
      before = place;
    }
  }

  /** Its name. */
  public String name() {
    return values.name();
  }

  /** The place of each value in the flattened tensor, ascending. */
  public long[] places() {
    return places(indices, shape);
  }

  private static long[] places(OnnxTensor indices, List<Long> shape) {
    long[] coordinates = indices.longs();
    if (indices.shape().size() == 1) {
      return coordinates;
    }
    int rank = shape.size();
    long[] places = new long[rank == 0 ? 0 : coordinates.length / rank];
    for (int i = 0; i < places.length; i++) {
      for (int d = 0; d < rank; d++) {
        long coordinate = coordinates[i * rank + d];
        if (coordinate < 0 || coordinate >= shape.get(d)) {
          throw new IllegalArgumentException(
              "index " + coordinate + " is not in dimension " + d + " of " + shape);
        }
        places[i] = places[i] * shape.get(d) + coordinate;
      }
    }
    return places;
  }
}
