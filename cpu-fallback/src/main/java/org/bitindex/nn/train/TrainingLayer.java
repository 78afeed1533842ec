package org.bitindex.nn.train;

import java.util.Arrays;
import org.bitindex.backend.Activation;
import org.bitindex.code.Code;
import org.bitindex.code.Quantizer;
import org.bitindex.matrix.EncodedMatrix;

/**
 * A layer while it is trained: its effective weights, which the passes use, and the state of the
 * Adam optimiser (Kingma, Ba 2015).
 *
 * <p>Effective weights are the weights themselves, or what is left of them after quantisation with
 * the codes of {@link #useCodes}. Gradients pass the quantisation unchanged: the straight-through
 * estimator (Bengio et al. 2013).
 */
final class TrainingLayer {
  private static final float MEAN_DECAY = 0.9f;
  private static final float SQUARE_DECAY = 0.999f;
  private static final float EPSILON = 1e-8f;

  private final DenseLayer layer;
  private final float[][] effective;
  private final float[][] transposed;
  private final float[][] means;
  private final float[][] squares;
  private final float[] biasMeans;
  private final float[] biasSquares;
  private final RowCode[] codes;

  /** What turns a weight w of a row into scale * q(w) + offset. */
  private record RowCode(Quantizer quantizer, float scale, float offset) {}

  TrainingLayer(DenseLayer layer) {
    int rows = layer.rows();
    int columns = layer.columns();
    this.layer = layer;
    effective = new float[rows][columns];
    transposed = new float[columns][rows];
    means = new float[rows][columns];
    squares = new float[rows][columns];
    biasMeans = new float[rows];
    biasSquares = new float[rows];
    codes = new RowCode[rows];
    refresh();
  }

  int rows() {
    return layer.rows();
  }

  /** Uses the codes of {@code encoded} from now on. */
  void useCodes(EncodedMatrix encoded) {
    for (int i = 0; i < rows(); i++) {
      codes[i] = new RowCode(quantizer(encoded, i), encoded.scale(i), encoded.offset(i));
    }
    refresh();
  }

  /**
   * The steps of an encoder with a scale for each row: calibration may have moved scales and
   * offsets afterwards, so affine steps are found in the weights again.
   */
  private Quantizer quantizer(EncodedMatrix encoded, int row) {
    return switch (encoded.code()) {
      case Code.Binary binary -> Quantizer.binary(binary);
      case Code.Ternary ternary -> Quantizer.ternary(ternary);
      case Code.Affine affine -> {
        float min = Float.POSITIVE_INFINITY;
        float max = Float.NEGATIVE_INFINITY;
        for (float weight : layer.weights()[row]) {
          min = Math.min(min, weight);
          max = Math.max(max, weight);
        }
        yield Quantizer.affine(affine, min, max);
      }
      case Code.Symmetric symmetric ->
          Quantizer.symmetric(symmetric, encoded.scale(row) * symmetric.levels());
    };
  }

  private void refresh() {
    for (int i = 0; i < rows(); i++) {
      refreshRow(i);
    }
  }

  private void refreshRow(int i) {
    float[] row = effective[i];
    System.arraycopy(layer.weights()[i], 0, row, 0, row.length);
    RowCode code = codes[i];
    if (code != null) {
      for (int j = 0; j < row.length; j++) {
        row[j] = Math.fma(code.scale, (float) code.quantizer.quantize(row[j]), code.offset);
      }
    }
    for (int j = 0; j < row.length; j++) {
      transposed[j][i] = row[j];
    }
  }

  /** output = f(W input + bias). */
  void forward(float[] input, float[] output) {
    System.arraycopy(layer.mutableBias(), 0, output, 0, rows());
    for (int j = 0; j < input.length; j++) {
      addScaled(input[j], transposed[j], output);
    }
    for (int i = 0; i < rows(); i++) {
      output[i] = layer.activation().apply(output[i]);
    }
  }

  /**
   * inputGradient = W' outputGradient, where this layer's outputs are taken before f.
   *
   * @param input the input of the forward pass
   * @param inputActivation the function that made the input, whose derivative is applied
   */
  void backward(
      float[] outputGradient, float[] input, Activation inputActivation, float[] inputGradient) {
    Arrays.fill(inputGradient, 0);
    for (int i = 0; i < rows(); i++) {
      addScaled(outputGradient[i], effective[i], inputGradient);
    }
    if (inputActivation == Activation.RELU) {
      for (int j = 0; j < input.length; j++) {
        inputGradient[j] = input[j] > 0 ? inputGradient[j] : 0;
      }
    }
  }

  Activation activation() {
    return layer.activation();
  }

  /**
   * One step of Adam for row {@code i}.
   *
   * @param inputs of this layer, one array a sample
   * @param outputGradients of this layer, one array a sample
   * @param batch number of samples
   * @param gradient {@code columns} floats to work in
   * @param step the optimiser's step and rates
   */
  void update(
      int i, float[][] inputs, float[][] outputGradients, int batch, float[] gradient, Step step) {
    Arrays.fill(gradient, 0);
    float biasGradient = 0;
    for (int n = 0; n < batch; n++) {
      float factor = outputGradients[n][i];
      biasGradient += factor;
      addScaled(factor, inputs[n], gradient);
    }
    float[] weights = layer.weights()[i];
    float[] mask = layer.mask()[i];
    float[] mean = means[i];
    float[] square = squares[i];
    for (int j = 0; j < weights.length; j++) {
      float g = gradient[j] * mask[j];
      mean[j] = MEAN_DECAY * mean[j] + (1 - MEAN_DECAY) * g;
      square[j] = SQUARE_DECAY * square[j] + (1 - SQUARE_DECAY) * g * g;
      float change = mean[j] / ((float) Math.sqrt(square[j]) + step.epsilon());
      weights[j] -= step.rate() * change + step.decay() * weights[j];
    }
    biasMeans[i] = MEAN_DECAY * biasMeans[i] + (1 - MEAN_DECAY) * biasGradient;
    biasSquares[i] =
        SQUARE_DECAY * biasSquares[i] + (1 - SQUARE_DECAY) * biasGradient * biasGradient;
    layer.mutableBias()[i] -=
        step.rate() * biasMeans[i] / ((float) Math.sqrt(biasSquares[i]) + step.epsilon());
    refreshRow(i);
  }

  /**
   * The rates of one step with the corrections for the averages' start at zero folded in.
   *
   * @param rate learning rate * sqrt(1 - squareDecay^t) / (1 - meanDecay^t)
   * @param epsilon epsilon * sqrt(1 - squareDecay^t)
   * @param decay learning rate * weight decay
   */
  record Step(float rate, float epsilon, float decay) {
    static Step of(int t, double learningRate, double weightDecay) {
      double root = Math.sqrt(1 - StrictMath.pow(SQUARE_DECAY, t));
      double rate = learningRate * root / (1 - StrictMath.pow(MEAN_DECAY, t));
      return new Step((float) rate, (float) (EPSILON * root), (float) (learningRate * weightDecay));
    }
  }

  /** sum += factor * values; skipped for factor 0, which ReLU and blank pixels make frequent. */
  private static void addScaled(float factor, float[] values, float[] sum) {
    if (factor != 0) {
      for (int j = 0; j < sum.length; j++) {
        sum[j] += factor * values[j];
      }
    }
  }
}
