package org.bitindex.generate;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Random weights by name, made when they are asked for; the same for the same seed and name. */
final class RandomWeights implements DecoderWeights {
  private final Map<String, float[]> made = new HashMap<>();
  private final long seed;
  private final int dimension;
  private final boolean extras;

  /**
   * Weights.
   *
   * @param extras whether there are biases, norms of queries and keys, and sub-norms
   */
  RandomWeights(long seed, int dimension, boolean extras) {
    this.seed = seed;
    this.dimension = dimension;
    this.extras = extras;
  }

  float[] floats(String name, int count) {
    return made.computeIfAbsent(
        name,
        _ -> {
          var random = new Random(seed ^ name.hashCode());
          float[] values = new float[count];
          for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian() * 0.4f;
          }
          return values;
        });
  }

  @Override
  public Projection linear(String name, int rows, int columns) {
    float[] w = floats(name, rows * columns);
    return (input, batch, output) -> {
      for (int n = 0; n < batch; n++) {
        for (int i = 0; i < rows; i++) {
          double sum = 0;
          for (int j = 0; j < columns; j++) {
            sum += (double) w[i * columns + j] * input[n * columns + j];
          }
          output[n * rows + i] = (float) sum;
        }
      }
    };
  }

  @Override
  public float @Nullable [] vector(String name, int length) {
    boolean always = name.endsWith("layernorm.weight") || name.equals("model.norm.weight");
    return always || extras ? floats(name, length) : null;
  }

  @Override
  public void embedding(int token, float[] target) {
    System.arraycopy(floats("embedding " + token, dimension), 0, target, 0, dimension);
  }

  @Override
  public Projection head(int rows, int columns) {
    return linear("head", rows, columns);
  }

  @Override
  public void close() {}
}
