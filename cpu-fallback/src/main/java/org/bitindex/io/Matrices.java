package org.bitindex.io;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.bitindex.matrix.NamedTensor;
import org.bitindex.matrix.Weights;

/** The matrices among tensors that are stored as [out x in]. */
final class Matrices {
  private Matrices() {}

  /** What each tensor is, by name. */
  static SequencedMap<String, String> kinds(Collection<NamedTensor> tensors) {
    SequencedMap<String, String> kinds = new LinkedHashMap<>();
    tensors.forEach(tensor -> kinds.put(tensor.name(), Kinds.of(tensor, tensors)));
    return Collections.unmodifiableSequencedMap(kinds);
  }

  /** The weights of products. */
  static SequencedMap<String, Weights> products(
      Collection<NamedTensor> tensors, Map<String, String> kinds) {
    return select(tensors, kinds, true);
  }

  /** Other matrices that may be taken for such: not empty, and no scales. */
  static SequencedMap<String, Weights> others(
      Collection<NamedTensor> tensors, Map<String, String> kinds) {
    return select(tensors, kinds, false);
  }

  private static SequencedMap<String, Weights> select(
      Collection<NamedTensor> tensors, Map<String, String> kinds, boolean products) {
    SequencedMap<String, Weights> matrices = new LinkedHashMap<>();
    for (NamedTensor tensor : tensors) {
      String kind = kinds.getOrDefault(tensor.name(), "");
      boolean usable = !kind.equals(Kinds.EMPTY) && !kind.equals(Kinds.SCALE);
      if (tensor.isMatrix() && usable && kind.equals(Kinds.MATRIX) == products) {
        matrices.put(tensor.name(), tensor.weights());
      }
    }
    return Collections.unmodifiableSequencedMap(matrices);
  }

  /**
   * The products of a language model: without a head of its own, the embeddings are its head and so
   * the weights of a product.
   */
  static SequencedMap<String, Weights> withSharedHead(
      SequencedMap<String, Weights> products, SequencedMap<String, Weights> others) {
    Weights embeddings = others.get("model.embed_tokens.weight");
    if (embeddings == null || products.containsKey("lm_head.weight")) {
      return products;
    }
    SequencedMap<String, Weights> all = new LinkedHashMap<>(products);
    all.put("model.embed_tokens.weight", embeddings);
    return Collections.unmodifiableSequencedMap(all);
  }
}
