package org.bitindex.graph.train;

import org.bitindex.matrix.Weights;

/** Weights that are trained: a matrix, or a vector as a matrix of one row. */
public final class Parameter implements Weights {
  private static final float MEAN_DECAY = 0.9f;
  private static final float SQUARE_DECAY = 0.99f;
  private static final float EPSILON = 1e-10f;

  private final int rows;
  private final int columns;

  /** What is trained. */
  public final float[] values;

  /** What products use: {@link #values}, or what becomes of them when they are encoded. */
  public final float[] used;

  /** The derivative of the loss by {@link #used}, summed since the last step. */
  public final float[] gradient;

  private final float[] mean;
  private final float[] square;

  /** Zeros. */
  public Parameter(int rows, int columns) {
    this.rows = rows;
    this.columns = columns;
    this.values = new float[Math.multiplyExact(rows, columns)];
    this.used = values.clone();
    this.gradient = values.clone();
    this.mean = values.clone();
    this.square = values.clone();
  }

  /** These weights, to train and to use. */
  public static Parameter of(Weights weights) {
    var parameter = new Parameter(weights.rows(), weights.columns());
    parameter.use(weights);
    System.arraycopy(parameter.used, 0, parameter.values, 0, parameter.values.length);
    return parameter;
  }

  /** Products shall use {@code weights}. */
  public void use(Weights weights) {
    weights.readAll(used);
  }

  /** Products shall use what is trained. */
  public void useValues() {
    System.arraycopy(values, 0, used, 0, values.length);
  }

  /**
   * One step of Adam (Kingma, Ba 2015), and no gradient is left.
   *
   * @param count steps, this one included
   */
  public void step(double rate, int count) {
    float ofMean = (float) (rate / (1 - StrictMath.pow(MEAN_DECAY, count)));
    float ofSquare = (float) (1 / (1 - StrictMath.pow(SQUARE_DECAY, count)));
    for (int i = 0; i < values.length; i++) {
      float g = gradient[i];
      mean[i] += (1 - MEAN_DECAY) * (g - mean[i]);
      square[i] += (1 - SQUARE_DECAY) * (g * g - square[i]);
      values[i] -= ofMean * mean[i] / ((float) Math.sqrt(square[i] * ofSquare) + EPSILON);
      gradient[i] = 0;
    }
  }

  /** The mean of the squared elements of the gradient, of which none is left. */
  public double takeMeanSquare() {
    double sum = 0;
    for (int i = 0; i < gradient.length; i++) {
      sum += (double) gradient[i] * gradient[i];
      gradient[i] = 0;
    }
    return sum / gradient.length;
  }

  /** The root mean square of what is trained. */
  public double magnitude() {
    double sum = 0;
    for (float value : values) {
      sum += (double) value * value;
    }
    return Math.sqrt(sum / values.length);
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public int columns() {
    return columns;
  }

  @Override
  public void readRow(int row, float[] target) {
    System.arraycopy(values, row * columns, target, 0, columns);
  }
}
