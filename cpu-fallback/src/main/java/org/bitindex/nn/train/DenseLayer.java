package org.bitindex.nn.train;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.bitindex.backend.Activation;
import org.bitindex.encode.Pruning;
import org.bitindex.matrix.Weights;

/** A layer of FP32 weights that can be trained and pruned: f(W x + bias). */
public final class DenseLayer implements Weights {
  private final float[][] weights;
  private final float[] bias;
  private final Activation activation;

  /** 1 where a weight may differ from zero, 0 where it was pruned; as weights, row by row. */
  private final float[][] mask;

  private DenseLayer(float[][] weights, float[] bias, Activation activation, float[][] mask) {
    this.weights = weights;
    this.bias = bias;
    this.activation = activation;
    this.mask = mask;
  }

  /**
   * A layer with a copy of existing weights, none of them pruned.
   *
   * @param bias one float for each row
   */
  public static DenseLayer of(Weights weights, float[] bias, Activation activation) {
    if (bias.length != weights.rows()) {
      throw new IllegalArgumentException(
          "bias has " + bias.length + " elements, weights have " + weights.rows() + " rows");
    }
    float[][] copy = new float[weights.rows()][weights.columns()];
    for (int i = 0; i < copy.length; i++) {
      weights.readRow(i, copy[i]);
    }
    return new DenseLayer(copy, bias.clone(), activation, ones(copy.length, weights.columns()));
  }

  /** Uniform weights of variance 2 / columns (He et al. 2015), bias 0. */
  static DenseLayer random(
      int rows, int columns, Activation activation, RandomGenerator generator) {
    double limit = Math.sqrt(6.0 / columns);
    float[][] weights = new float[rows][columns];
    for (float[] row : weights) {
      for (int j = 0; j < columns; j++) {
        row[j] = (float) ((2 * generator.nextDouble() - 1) * limit);
      }
    }
    return new DenseLayer(weights, new float[rows], activation, ones(rows, columns));
  }

  private static float[][] ones(int rows, int columns) {
    float[][] ones = new float[rows][columns];
    for (float[] row : ones) {
      Arrays.fill(row, 1);
    }
    return ones;
  }

  DenseLayer copy() {
    return new DenseLayer(deepCopy(weights), bias.clone(), activation, deepCopy(mask));
  }

  private static float[][] deepCopy(float[][] rows) {
    return Arrays.stream(rows).map(float[]::clone).toArray(float[][]::new);
  }

  /**
   * Zeroes the weights of least magnitude and keeps them zero from now on.
   *
   * @param sparsity the share of zeros, 0 to 1, as {@link Pruning#global} counts
   */
  public void prune(double sparsity) {
    Weights pruned = Pruning.global(this, sparsity);
    for (int i = 0; i < rows(); i++) {
      pruned.readRow(i, weights[i]);
      for (int j = 0; j < columns(); j++) {
        mask[i][j] = weights[i][j] == 0 ? 0 : 1;
      }
    }
  }

  @Override
  public int rows() {
    return weights.length;
  }

  @Override
  public int columns() {
    return weights.length == 0 ? 0 : weights[0].length;
  }

  @Override
  public void readRow(int row, float[] target) {
    System.arraycopy(weights[row], 0, target, 0, columns());
  }

  /** A copy of the bias. */
  public float[] bias() {
    return bias.clone();
  }

  /** The function after the layer. */
  public Activation activation() {
    return activation;
  }

  /** The weights themselves, for the trainer. */
  float[][] weights() {
    return weights;
  }

  /** The mask itself, for the trainer. */
  float[][] mask() {
    return mask;
  }

  /** The bias itself, for the trainer. */
  float[] mutableBias() {
    return bias;
  }
}
