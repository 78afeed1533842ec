package org.bitindex.io;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.bitindex.matrix.Tensor;
import org.bitindex.matrix.Weights;

/** The matrices among tensors that are stored as [out x in]. */
final class Matrices {
  private Matrices() {}

  static SequencedMap<String, Weights> of(Collection<Tensor> tensors) {
    SequencedMap<String, Weights> matrices = new LinkedHashMap<>();
    for (Tensor tensor : tensors) {
      if (tensor.isMatrix()) {
        matrices.put(tensor.name(), tensor.weights());
      }
    }
    return Collections.unmodifiableSequencedMap(matrices);
  }
}
