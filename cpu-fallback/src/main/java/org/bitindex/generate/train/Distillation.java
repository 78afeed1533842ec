package org.bitindex.generate.train;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.IntConsumer;
import org.bitindex.generate.DecoderConfig;
import org.bitindex.graph.tensor.TensorKernels;
import org.bitindex.graph.train.Parameter;
import org.bitindex.io.DenseFile;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.Weights;

/**
 * Trains dense weights so that, encoded, they foretell texts as the weights did that they come
 * from. Each step encodes all matrices, compares the logits of a window of text with those of the
 * dense weights by sum p log(p / q), and moves the dense weights by the derivative at the encoded
 * ones (Bengio et al. 2013). Nothing is learned but what the dense model says; the texts need no
 * labels.
 *
 * <p>Runs decoders of Llama's layers. A step takes about three passes over a window, in memory:
 * four times the dense weights, and the attention of all heads. So it suits small models.
 */
public final class Distillation {
  /** The first steps move a weight by at most this part of the root mean square of its matrix. */
  private static final double RATE = 0.002;

  private final TrainedDecoder teacher;
  private final TrainedDecoder student;
  private final DecoderConfig config;

  /**
   * A model to train.
   *
   * @param file dense weights with the names of Hugging Face
   * @throws IllegalArgumentException if there are others than a Llama has
   */
  public Distillation(DecoderConfig config, DenseFile file, int threads) {
    this.config = config;
    this.teacher = new TrainedDecoder(config, file, threads);
    this.student = new TrainedDecoder(config, file, threads);
  }

  /** The weights by name, as far as they are trained; vectors are matrices of one row. */
  public SequencedMap<String, Weights> weights() {
    return Collections.unmodifiableSequencedMap(new LinkedHashMap<>(student.parameters()));
  }

  /**
   * Trains.
   *
   * @param tokens of texts
   * @param steps windows that are compared
   * @param encoding encodes a matrix by name; closed here
   * @param names of the matrices that are encoded
   * @param listener gets the number of each step
   * @return the mean of sum p log(p / q) of the first and of the last tenth of the steps, in nats a
   *     token
   */
  public double[] run(
      int[] tokens,
      int steps,
      Set<String> names,
      BiFunction<String, Weights, EncodedMatrix> encoding,
      IntConsumer listener) {
    List<int[]> windows = TokenWindows.of(tokens, config);
    var random = new Random(1);
    double[] losses = new double[steps];
    for (int step = 0; step < steps; step++) {
      listener.accept(step);
      if (step % windows.size() == 0) {
        Collections.shuffle(windows, random);
      }
      student
          .parameters()
          .forEach((name, parameter) -> {
            if (names.contains(name)) {
              try (EncodedMatrix encoded = encoding.apply(name, parameter)) {
                parameter.use(encoded);
              }
            }
          });
      losses[step] = compare(windows.get(step % windows.size()));
      double rate = RATE * (1 + StrictMath.cos(Math.PI * step / steps)) / 2;
      for (Parameter parameter : student.parameters().values()) {
        parameter.step(rate * parameter.magnitude(), step + 1);
        parameter.useValues();
      }
    }
    int tenth = Math.clamp(steps / 10, Math.min(1, steps), steps);
    return new double[] {
      Arrays.stream(losses, 0, tenth).average().orElse(0),
      Arrays.stream(losses, steps - tenth, steps).average().orElse(0)
    };
  }

  /** Adds gradients for a window. */
  private double compare(int[] window) {
    float[] wanted = teacher.forward(window);
    float[] got = student.forward(window);
    int vocabulary = config.vocabulary();
    double sum = 0;
    for (int t = 0; t < window.length; t++) {
      int from = t * vocabulary;
      TensorKernels.FUNCTIONS.softmax(wanted, from, from + vocabulary);
      TensorKernels.FUNCTIONS.softmax(got, from, from + vocabulary);
      for (int i = from; i < from + vocabulary; i++) {
        sum += wanted[i] * StrictMath.log((wanted[i] + 1e-12) / (got[i] + 1e-12));
        got[i] = (got[i] - wanted[i]) / window.length;
      }
    }
    student.backward(got);
    return sum / window.length;
  }
}
