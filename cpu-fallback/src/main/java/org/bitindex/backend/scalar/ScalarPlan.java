package org.bitindex.backend.scalar;

import java.util.List;
import org.bitindex.backend.Arithmetic;
import org.bitindex.backend.Linear;
import org.bitindex.backend.Plan;
import org.bitindex.internal.Parallel;
import org.bitindex.layout.BitMatrix;
import org.bitindex.layout.PlaneReader;
import org.bitindex.matrix.EncodedMatrix;

/** The layers one after the other, each as {@link Arithmetic} writes it down. */
final class ScalarPlan extends Plan {
  /** Fewer weights are not worth a thread. */
  private static final int PART_WEIGHTS = 1 << 14;

  private final List<Linear> layers;
  private final int activationBits;
  private final int threads;
  private final ScalarBackend backend;

  ScalarPlan(List<Linear> layers, int activationBits, int threads, ScalarBackend backend) {
    super(layers);
    this.layers = layers;
    this.activationBits = activationBits;
    this.threads = threads;
    this.backend = backend;
    Arithmetic.requireBits(activationBits);
  }

  @Override
  public long preparedBytes() {
    return 0;
  }

  @Override
  protected void run(float[] input, int inputOffset, int batch, float[] output, int outputOffset) {
    backend.requireOpen();
    float[][] samples = new float[batch][inputColumns()];
    for (int n = 0; n < batch; n++) {
      System.arraycopy(input, inputOffset + n * inputColumns(), samples[n], 0, inputColumns());
    }
    for (Linear layer : layers) {
      samples = multiply(layer, samples);
    }
    for (int n = 0; n < batch; n++) {
      System.arraycopy(samples[n], 0, output, outputOffset + n * outputColumns(), outputColumns());
    }
  }

  private float[][] multiply(Linear layer, float[][] samples) {
    EncodedMatrix weights = layer.weights();
    weights.requireOpen();
    ScalarActivations[] activations = new ScalarActivations[samples.length];
    for (int n = 0; n < samples.length; n++) {
      activations[n] = ScalarActivations.quantize(samples[n], activationBits);
    }
    float[][] outputs = new float[samples.length][weights.rows()];
    // One range for each thread, because a reader decodes whole blocks of rows.
    long rows = weights.rows();
    int parts = Math.clamp(rows * weights.columns() / PART_WEIGHTS, 1, threads);
    Parallel.run(
        threads,
        parts,
        (_, part) ->
            multiply(
                layer,
                (int) (rows * part / parts),
                (int) (rows * (part + 1) / parts),
                activations,
                outputs));
    return outputs;
  }

  /** Rows {@code from} (inclusive) to {@code to} (exclusive) of a layer. */
  private static void multiply(
      Linear layer, int from, int to, ScalarActivations[] activations, float[][] outputs) {
    EncodedMatrix weights = layer.weights();
    int[] coefficients = weights.code().coefficients();
    long[][] words = new long[coefficients.length][BitMatrix.wordsPerRow(weights.columns())];
    PlaneReader planes = weights.planes().reader();
    for (int i = from; i < to; i++) {
      planes.readRow(i, words);
      for (int n = 0; n < outputs.length; n++) {
        float y = output(weights, i, words, coefficients, activations[n]);
        float biased = layer.bias() == null ? y : y + layer.bias()[i];
        outputs[n][i] = layer.activation().apply(biased);
      }
    }
  }

  private static float output(
      EncodedMatrix weights, int i, long[][] words, int[] coefficients, ScalarActivations x) {
    if (!x.finite()) {
      return Float.NaN;
    }
    long q = 0;
    for (int p = 0; p < coefficients.length; p++) {
      q += (long) coefficients[p] * x.sumAt(words[p]);
    }
    long sum = weights.offsets() == null ? 0 : x.sum();
    return Arithmetic.output(q, sum, x.scaleExponent(), weights.scale(i), weights.offset(i));
  }

  @Override
  protected void release() {}
}
