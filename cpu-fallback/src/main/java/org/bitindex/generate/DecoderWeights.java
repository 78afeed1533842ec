package org.bitindex.generate;

import org.jspecify.annotations.Nullable;

/** The weights of a decoder, under the names that Hugging Face gives them. */
public interface DecoderWeights extends AutoCloseable {
  /**
   * The linear layer with weights {@code name}, such as {@code
   * model.layers.0.self_attn.q_proj.weight}.
   *
   * @throws IllegalArgumentException if there is none, or its shape is another
   */
  Projection linear(String name, int rows, int columns);

  /**
   * A norm or bias, null where the model has none.
   *
   * @throws IllegalArgumentException if it has another length
   */
  float @Nullable [] vector(String name, int length);

  /** Reads the embedding of a token. */
  void embedding(int token, float[] target);

  /** The layer from features to logits, which may share its weights with the embedding. */
  Projection head(int rows, int columns);

  /** Prepares products with so many samples, whose first use otherwise does. */
  default void prepare(int... batches) {}

  /**
   * The most samples that all products take in the form that {@code batch} samples need, or in one
   * that is prepared: more of them would need more memory.
   */
  default int largestBatchLike(int batch) {
    return Integer.MAX_VALUE;
  }

  @Override
  void close();
}
