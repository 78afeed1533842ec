package org.bitindex.generate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.bitindex.text.TextStream;

/** Continues texts with a {@link LanguageModel}. */
public final class Generator {
  /** The most tokens that {@link #predict} looks back. */
  private static final int WINDOW = 512;

  private final LanguageModel model;
  private final KeyValueCache.Precision precision;

  /** A generator whose caches keep {@code precision}. */
  public Generator(LanguageModel model, KeyValueCache.Precision precision) {
    this.model = model;
    this.precision = precision;
  }

  /**
   * What was generated and how long it took, all texts together.
   *
   * @param promptTokens tokens of prompts, which are read once the weights are prepared
   * @param tokens tokens generated after them
   * @param promptSeconds time of the prompts
   * @param seconds time of the other tokens
   */
  public record Generation(int promptTokens, int tokens, double promptSeconds, double seconds) {}

  /**
   * A text to continue.
   *
   * @param text receives each piece of text as it comes, without the prompt
   */
  public record Prompt(String prompt, Sampler sampler, Consumer<String> text) {}

  /** Continues one text; as below. */
  public Generation generate(String prompt, int maxTokens, Sampler sampler, Consumer<String> text) {
    return generate(List.of(new Prompt(prompt, sampler, text)), maxTokens);
  }

  /**
   * Continues texts side by side, each until a token ends it, {@code maxTokens} came or the context
   * is full. Each gets the tokens that it would get alone.
   *
   * <p>Prompts are read in pieces for which the weights need no other form in memory than for the
   * tokens that follow, unless {@link Decoder#prepare} has made one for larger pieces: as much
   * memory again, and it pays after a thousand tokens or so.
   *
   * @throws IllegalArgumentException if a prompt has no token or more than the context
   */
  public Generation generate(List<Prompt> prompts, int maxTokens) {
    List<Continuation> all = prompts.stream().map(Continuation::new).toList();
    model.decoder().prepare(all.size());
    int promptTokens = all.stream().mapToInt(continuation -> continuation.next.length).sum();
    long start = System.nanoTime();
    List<Continuation> live = all;
    int piece = model.decoder().mostTokensLike(all.size());
    all.forEach(continuation -> continuation.readPrompt(piece));
    float[] logits = forward(live);
    long prompted = System.nanoTime();
    int tokens = 0;
    while (true) {
      List<Continuation> grown = new ArrayList<>();
      for (int i = 0; i < live.size(); i++) {
        if (live.get(i).grow(logits, i)) {
          grown.add(live.get(i));
        }
      }
      tokens += grown.size();
      grown.removeIf(continuation -> continuation.count == maxTokens || continuation.isFull());
      if (grown.isEmpty()) {
        break;
      }
      live = grown;
      logits = forward(live);
    }
    all.forEach(Continuation::end);
    return new Generation(
        promptTokens, tokens, (prompted - start) * 1e-9, (System.nanoTime() - prompted) * 1e-9);
  }

  private float[] forward(List<Continuation> live) {
    return model
        .decoder()
        .forward(
            live.stream().map(text -> new Decoder.Input(text.cache, text.next)).toList(),
            Decoder.Logits.LAST);
  }

  /** A text that grows. */
  private final class Continuation {
    final KeyValueCache cache = new KeyValueCache(model.decoder().config(), precision);
    private final Prompt prompt;
    private final TextStream stream = model.tokenizer().textStream();
    int[] next;
    int count;

    Continuation(Prompt prompt) {
      this.prompt = prompt;
      this.next = model.tokenizer().encode(prompt.prompt).ids();
      int context = model.decoder().config().context();
      if (next.length == 0 || next.length > context) {
        throw new IllegalArgumentException(
            "a prompt has %d tokens, must be from 1 to the model's context of %d"
                .formatted(next.length, context));
      }
      for (int token : next) {
        stream.next(token);
      }
    }

    /** Reads all but the last token, so many at once. */
    void readPrompt(int piece) {
      int last = next.length - 1;
      for (int from = 0; from < last; ) {
        int to = (int) Math.min(last, (long) from + piece);
        var input = new Decoder.Input(cache, Arrays.copyOfRange(next, from, to));
        model.decoder().forward(List.of(input), Decoder.Logits.NONE);
        from = to;
      }
      next = Arrays.copyOfRange(next, last, next.length);
    }

    /** Adds a token for the {@code row}-th logits, unless it ends the text. */
    boolean grow(float[] logits, int row) {
      int vocabulary = model.decoder().config().vocabulary();
      int token =
          prompt.sampler.next(Arrays.copyOfRange(logits, row * vocabulary, (row + 1) * vocabulary));
      if (model.endTokens().contains(token)) {
        return false;
      }
      count++;
      next = new int[] {token};
      prompt.text.accept(stream.next(token));
      return true;
    }

    boolean isFull() {
      return cache.length() == model.decoder().config().context();
    }

    void end() {
      prompt.text.accept(stream.end());
    }
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
   * window of 512 tokens, or of the context's length where that is less.
   *
   * @throws IllegalArgumentException if there is nothing to foretell
   */
  public Prediction predict(String text) {
    DecoderConfig config = model.decoder().config();
    return predict(
        model.tokenizer().encode(text).ids(),
        config,
        tokens ->
            model
                .decoder()
                .forward(
                    List.of(new Decoder.Input(new KeyValueCache(config, precision), tokens)),
                    Decoder.Logits.ALL));
  }

  /**
   * As above, by any model.
   *
   * @param tokens of the text
   * @param logits of all tokens of a window, [token x vocabulary]
   */
  public static Prediction predict(
      int[] tokens, DecoderConfig config, Function<int[], float[]> logits) {
    if (tokens.length < 2) {
      throw new IllegalArgumentException(
          "a prediction needs two tokens, the text has " + tokens.length);
    }
    int vocabulary = config.vocabulary();
    int[] predictions = new int[tokens.length];
    int count = 0;
    double sum = 0;
    int window = Math.min(WINDOW, config.context());
    for (int from = 0; from < tokens.length - 1; from += window) {
      int to = Math.min(tokens.length, from + window);
      float[] all = logits.apply(Arrays.copyOfRange(tokens, from, to));
      for (int t = from; t < to - 1; t++) {
        int row = (t - from) * vocabulary;
        sum -= logProbability(all, row, vocabulary, tokens[t + 1]);
        predictions[count++] = likeliest(all, row, vocabulary);
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
