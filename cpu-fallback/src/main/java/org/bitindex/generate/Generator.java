package org.bitindex.generate;

import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** Continues texts with a {@link LanguageModel}. */
public final class Generator {
  private final LanguageModel model;
  private final KeyValueCache.Precision precision;

  /** A generator whose caches keep {@code precision}. */
  public Generator(LanguageModel model, KeyValueCache.Precision precision) {
    this.model = model;
    this.precision = precision;
  }

  /**
   * What was generated and how long it took.
   *
   * @param promptTokens tokens of the prompt, which go through the decoder as one batch
   * @param tokens tokens generated after it
   * @param promptSeconds time of the prompt
   * @param seconds time of the other tokens
   */
  public record Generation(int promptTokens, int tokens, double promptSeconds, double seconds) {}

  /**
   * Continues {@code prompt} until a token ends the text, {@code maxTokens} came or the context is
   * full.
   *
   * @param text receives each piece of text as it comes, without the prompt
   * @throws IllegalArgumentException if the prompt has no token or more than the context
   */
  public Generation generate(String prompt, int maxTokens, Sampler sampler, Consumer<String> text) {
    Decoder decoder = model.decoder();
    int[] tokens = model.tokenizer().encode(prompt).ids();
    var cache = new KeyValueCache(decoder.config(), precision);
    long start = System.nanoTime();
    float[] logits =
        decoder.forward(List.of(new Decoder.Input(cache, tokens)), Decoder.Logits.LAST);
    long prompted = System.nanoTime();
    var stream = model.tokenizer().textStream();
    for (int token : tokens) {
      stream.next(token);
    }
    int count = 0;
    while (count < maxTokens) {
      int next = sampler.next(logits);
      if (model.endTokens().contains(next)) {
        break;
      }
      count++;
      text.accept(stream.next(next));
      if (count == maxTokens || cache.length() == decoder.config().context()) {
        break;
      }
      logits =
          decoder.forward(List.of(new Decoder.Input(cache, new int[] {next})), Decoder.Logits.LAST);
    }
    text.accept(stream.end());
    return new Generation(
        tokens.length, count, (prompted - start) * 1e-9, (System.nanoTime() - prompted) * 1e-9);
  }

  /**
   * How well the model foretells a text.
   *
   * @param tokens tokens foretold
   * @param perplexity exp of the mean of -log p(token | those before)
   * @param predictions the likeliest token at each place
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  public record Prediction(int tokens, double perplexity, int[] predictions) {
    /** The share of places at which two models foretell the same token. */
    public double agreement(Prediction other) {
      int same = 0;
      for (int i = 0; i < predictions.length; i++) {
        same += predictions[i] == other.predictions[i] ? 1 : 0;
      }
      return predictions.length == 0 ? 1 : same / (double) predictions.length;
    }
  }

  /**
   * Foretells each token of {@code text} but the first of each window from those before it in its
   * window of at most the context's length.
   *
   * @throws IllegalArgumentException if there is nothing to foretell
   */
  public Prediction predict(String text) {
    Decoder decoder = model.decoder();
    int[] tokens = model.tokenizer().encode(text).ids();
    if (tokens.length < 2) {
      throw new IllegalArgumentException(
          "the text has " + tokens.length + " tokens, a prediction needs two");
    }
    int vocabulary = decoder.config().vocabulary();
    int[] predictions = new int[tokens.length];
    int count = 0;
    double sum = 0;
    for (int from = 0; from < tokens.length - 1; from += decoder.config().context()) {
      int to = Math.min(tokens.length, from + decoder.config().context());
      float[] logits =
          decoder.forward(
              List.of(
                  new Decoder.Input(
                      new KeyValueCache(decoder.config(), precision),
                      Arrays.copyOfRange(tokens, from, to))),
              Decoder.Logits.ALL);
      for (int t = from; t < to - 1; t++) {
        int row = (t - from) * vocabulary;
        sum -= logProbability(logits, row, vocabulary, tokens[t + 1]);
        predictions[count++] = likeliest(logits, row, vocabulary);
      }
    }
    return new Prediction(count, StrictMath.exp(sum / count), Arrays.copyOf(predictions, count));
  }

  private static int likeliest(float[] logits, int row, int vocabulary) {
    int best = 0;
    for (int i = 1; i < vocabulary; i++) {
      best = logits[row + i] > logits[row + best] ? i : best;
    }
    return best;
  }

  private static double logProbability(float[] logits, int row, int vocabulary, int token) {
    float max = logits[row + likeliest(logits, row, vocabulary)];
    double sum = 0;
    for (int i = 0; i < vocabulary; i++) {
      sum += StrictMath.exp(logits[row + i] - (double) max);
    }
    return logits[row + token] - (double) max - StrictMath.log(sum);
  }
}
