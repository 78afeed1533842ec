package org.bitindex.lab.speed;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.bitindex.lab.decoders.LlamaGguf;
import org.bitindex.matrix.Weights;

/**
 * Gaussian weights: row i of every matrix is made from seed i whenever it is read.
 *
 * @param ternary whether they become -d, 0 or d, a third of them zero, as in ternary networks
 */
public record RandomWeights(boolean ternary) implements LlamaGguf.Source {
  static final float DEVIATION = 0.02f;

  /** Below this a third of Gaussian weights lies. */
  static final float THIRD = 0.43f * DEVIATION;

  @Override
  public Weights matrix(String name, int rows, int columns) {
    return new Gaussian(rows, columns, ternary);
  }

  @Override
  public float[] norm(String name, int length) {
    float[] ones = new float[length];
    Arrays.fill(ones, 1);
    return ones;
  }

  private record Gaussian(int rows, int columns, boolean ternary) implements Weights {
    @Override
    public void readRow(int row, float[] target) {
      var random = new SplittableRandom(row);
      for (int j = 0; j < columns; j++) {
        float w = (float) random.nextGaussian() * DEVIATION;
        target[j] = !ternary ? w : Math.abs(w) < THIRD ? 0 : Math.copySign(DEVIATION, w);
      }
    }
  }
}
