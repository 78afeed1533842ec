package org.bitindex.graph.operator;

import org.bitindex.graph.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** The inputs of a node while it runs. */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record Inputs(@Nullable Tensor[] tensors) {
  /**
   * An input that must be there.
   *
   * @throws IllegalArgumentException if it is left out
   */
  public Tensor get(int index) {
    Tensor tensor = optional(index);
    if (tensor == null) {
      throw new IllegalArgumentException("input " + index + " is missing");
    }
    return tensor;
  }

  /** An input, or null if it is left out. */
  public @Nullable Tensor optional(int index) {
    return index < tensors.length ? tensors[index] : null;
  }

  /** The integers of an input, or null if it is left out. */
  public long @Nullable [] integers(int index) {
    Tensor tensor = optional(index);
    return tensor == null ? null : tensor.longs();
  }
}
