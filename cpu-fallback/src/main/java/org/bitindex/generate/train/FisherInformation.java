package org.bitindex.generate.train;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.bitindex.generate.DecoderConfig;
import org.bitindex.graph.tensor.TensorKernels;
import org.bitindex.io.DenseFile;

/**
 * What errors of weights do to what a decoder foretells: small errors e, of a mean of zero, cost
 * sum p log(p / q) = 1/2 sum_i F_i e_i^2 in each token, where F_i is the mean of (d log p(y) / d
 * w_i)^2 over tokens y that the model itself would choose (Fisher information). One pass forwards
 * and one backwards tell it of all weights, without a single encoded one.
 */
public final class FisherInformation {
  private FisherInformation() {}

  /**
   * The mean of F_i over the weights of each matrix.
   *
   * @param file dense weights with the names of Hugging Face
   * @param tokens of texts
   * @param seed of the tokens that the model chooses
   * @throws IllegalArgumentException if there are other weights than a Llama has
   */
  public static Map<String, Double> ofMatrices(
      DecoderConfig config, DenseFile file, int[] tokens, long seed, int threads) {
    var decoder = new TrainedDecoder(config, file, threads);
    var random = new SplittableRandom(seed);
    Map<String, Double> sums = new LinkedHashMap<>();
    for (int[] window : TokenWindows.of(tokens, config)) {
      float[] logits = decoder.forward(window);
      int vocabulary = config.vocabulary();
      for (int t = 0; t < window.length; t++) {
        int at = t * vocabulary;
        TensorKernels.FUNCTIONS.softmax(logits, at, at + vocabulary);
        logits[choose(logits, at, vocabulary, random.nextDouble())] -= 1;
      }
      // Choices are independent, so the square of their sum is the sum of squares, on average.
      decoder.backward(logits);
      decoder
          .parameters()
          .forEach((name, parameter) ->
              sums.merge(name, parameter.takeMeanSquare() / tokens.length, Double::sum));
    }
    return sums;
  }

  /** The place at which probabilities from {@code from} on add up to {@code share}. */
  private static int choose(float[] probabilities, int from, int count, double share) {
    double sum = 0;
    for (int i = from; i < from + count; i++) {
      sum += probabilities[i];
      if (sum >= share) {
        return i;
      }
    }
    return from + count - 1;
  }
}
