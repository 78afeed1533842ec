package org.bitindex.nn.train;

import java.util.List;
import java.util.stream.IntStream;
import org.bitindex.internal.Parallel;

/** One mini-batch at a time on its way through the layers and back. */
final class MiniBatch {
  private final List<TrainingLayer> layers;

  /** For each layer and sample its input; the last entry holds the outputs of the network. */
  private final float[][][] inputs;

  /** For each layer and sample the gradient of the loss by its outputs before f. */
  private final float[][][] gradients;

  private final int[] labels;

  /** The number of each sample among all. */
  private final int[] samples;

  /** The layer of each row of all layers, and where the rows of each layer start. */
  private final int[] layerOfRow;

  private final int[] firstRow;
  private int size;

  MiniBatch(List<DenseLayer> shapes, List<TrainingLayer> layers, int capacity) {
    this.layers = layers;
    inputs = new float[layers.size() + 1][capacity][];
    gradients = new float[layers.size()][capacity][];
    labels = new int[capacity];
    samples = new int[capacity];
    firstRow = new int[layers.size() + 1];
    for (int i = 0; i < layers.size(); i++) {
      int rows = shapes.get(i).rows();
      firstRow[i + 1] = firstRow[i] + rows;
      for (int n = 0; n < capacity; n++) {
        inputs[i + 1][n] = new float[rows];
        gradients[i][n] = new float[rows];
      }
    }
    layerOfRow =
        IntStream.range(0, layers.size())
            .flatMap(i -> IntStream.range(firstRow[i], firstRow[i + 1]).map(_ -> i))
            .toArray();
  }

  /** Takes the samples at {@code order[first]} and after it, as many as fit. */
  void load(Samples all, int[] order, int first) {
    size = Math.min(labels.length, order.length - first);
    for (int n = 0; n < size; n++) {
      samples[n] = order[first + n];
      inputs[0][n] = all.inputs()[samples[n]];
      labels[n] = all.labels()[samples[n]];
    }
  }

  /**
   * Forward and back for each sample, then the optimiser for each row of each layer.
   *
   * @param threads number of threads; the result does not depend on it
   */
  void step(int threads, TrainingLayer.Step step) {
    Parallel.forRows(
        threads,
        size,
        (from, to) -> {
          for (int n = from; n < to; n++) {
            pass(n);
          }
        });
    Parallel.forRows(
        threads,
        layerOfRow.length,
        (from, to) -> {
          for (int row = from; row < to; row++) {
            update(row, step);
          }
        });
  }

  private void pass(int n) {
    int last = layers.size() - 1;
    for (int i = 0; i <= last; i++) {
      layers.get(i).forward(inputs[i][n], inputs[i + 1][n]);
    }
    requireFinite(inputs[last + 1][n], samples[n]);
    lossGradient(inputs[last + 1][n], labels[n], gradients[last][n]);
    for (int i = last; i > 0; i--) {
      layers
          .get(i)
          .backward(
              gradients[i][n], inputs[i][n], layers.get(i - 1).activation(), gradients[i - 1][n]);
    }
  }

  /** Before any weight changes: gradients of such outputs would make all of them NaN. */
  private static void requireFinite(float[] outputs, int sample) {
    for (int i = 0; i < outputs.length; i++) {
      if (!Float.isFinite(outputs[i])) {
        throw new IllegalArgumentException(
            "output "
                + i
                + " of sample "
                + sample
                + " is "
                + outputs[i]
                + ": its features or the weights are too large to train with");
      }
    }
  }

  /** The gradient of the mean cross-entropy: (softmax(logits) - 1 at the label) / size. */
  private void lossGradient(float[] logits, int label, float[] gradient) {
    float max = Float.NEGATIVE_INFINITY;
    for (float logit : logits) {
      max = Math.max(max, logit);
    }
    double sum = 0;
    for (int i = 0; i < logits.length; i++) {
      double exponential = StrictMath.exp((double) logits[i] - max);
      gradient[i] = (float) exponential;
      sum += exponential;
    }
    for (int i = 0; i < logits.length; i++) {
      float target = i == label ? 1 : 0;
      gradient[i] = ((float) (gradient[i] / sum) - target) / size;
    }
  }

  private void update(int row, TrainingLayer.Step step) {
    int i = layerOfRow[row];
    float[] gradient = new float[inputs[i][0].length];
    layers.get(i).update(row - firstRow[i], inputs[i], gradients[i], size, gradient, step);
  }
}
