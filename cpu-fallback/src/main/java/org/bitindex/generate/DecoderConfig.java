package org.bitindex.generate;

/**
 * The shape of a decoder.
 *
 * @param dimension features of a token
 * @param hidden features inside a feed-forward layer
 * @param layers number of layers
 * @param heads query heads of a layer
 * @param keyValueHeads key and value heads, a divisor of {@code heads}
 * @param headDimension features of a head, even
 * @param vocabulary number of tokens
 * @param context the most tokens of a sequence
 * @param epsilon added to mean squares in norms
 * @param rope rotary position embedding
 * @param gate the function of the feed-forward layer's gate
 */
public record DecoderConfig(
    int dimension,
    int hidden,
    int layers,
    int heads,
    int keyValueHeads,
    int headDimension,
    int vocabulary,
    int context,
    float epsilon,
    Rope rope,
    Gate gate) {

  /** What the gate of a feed-forward layer does to its input. */
  public enum Gate {
    /** x * sigmoid(x), as Llama. */
    SILU,
    /** max(x, 0)^2, as BitNet. */
    SQUARED_RELU
  }

  /**
   * Checks that the sizes fit each other.
   *
   * @throws IllegalArgumentException naming the size that does not
   */
  public DecoderConfig {
    requirePositive("dimension", dimension);
    requirePositive("hidden size", hidden);
    requirePositive("number of layers", layers);
    requirePositive("number of heads", heads);
    requirePositive("number of key-value heads", keyValueHeads);
    requirePositive("head dimension", headDimension);
    requirePositive("vocabulary", vocabulary);
    requirePositive("context", context);
    if ((long) heads * headDimension > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          heads + " heads of " + headDimension + " features are more than an array holds");
    }
    if (heads % keyValueHeads != 0) {
      throw new IllegalArgumentException(
          heads + " heads are no multiple of " + keyValueHeads + " key-value heads");
    }
    if (headDimension % 2 != 0) {
      throw new IllegalArgumentException("head dimension is " + headDimension + ", must be even");
    }
    if (!(epsilon >= 0 && epsilon < 1)) {
      throw new IllegalArgumentException("epsilon is " + epsilon + ", must be from 0 to 1");
    }
  }

  private static void requirePositive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " is " + value + ", must be at least 1");
    }
  }

  /** Features of all query heads. */
  public int queryWidth() {
    return heads * headDimension;
  }

  /** Features of all key heads, and of all value heads. */
  public int keyValueWidth() {
    return keyValueHeads * headDimension;
  }
}
