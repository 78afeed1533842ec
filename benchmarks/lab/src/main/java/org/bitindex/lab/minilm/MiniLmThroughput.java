package org.bitindex.lab.minilm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import org.bitindex.bert.BertEncoder;
import org.bitindex.bert.SentenceEncoder;
import org.bitindex.bert.SentenceTokenizer;
import org.bitindex.bert.Sentences;

/**
 * Sentences a second. Sentences are sorted by length, so that a batch needs little padding where an
 * encoder pads; tokenizing is not included.
 */
public final class MiniLmThroughput {
  private static final int REPETITIONS = 5;

  private final List<int[]> sentences;
  private final long nanoseconds;

  /**
   * Measures with the sentences of this package, again and again.
   *
   * @param seconds the least length of each repetition
   */
  public MiniLmThroughput(SentenceTokenizer tokenizer, double seconds) {
    this.sentences =
        tokenizer.tokenize(Sentences.evaluation()).ids().stream()
            .sorted(Comparator.comparingInt(ids -> ids.length))
            .toList();
    this.nanoseconds = (long) (seconds * 1e9);
  }

  /**
   * A measurement.
   *
   * @param sentencesPerSecond the median of the repetitions
   * @param linearShare of the time that was spent in linear layers, where the encoder is ours
   */
  public record Rate(double sentencesPerSecond, OptionalDouble linearShare) {}

  /** Measures batches of {@code batch} sentences. */
  public Rate measure(SentenceEncoder encoder, int batch) {
    List<List<int[]>> batches = new ArrayList<>();
    for (int from = 0; from < sentences.size(); from += batch) {
      batches.add(sentences.subList(from, Math.min(from + batch, sentences.size())));
    }
    run(encoder, batches);
    run(encoder, batches);
    double[] rates = new double[REPETITIONS];
    long start = System.nanoTime();
    long linearStart = linearNanoseconds(encoder);
    for (int i = 0; i < REPETITIONS; i++) {
      rates[i] = run(encoder, batches);
    }
    double linear = linearNanoseconds(encoder) - linearStart;
    OptionalDouble share =
        encoder instanceof BertEncoder
            ? OptionalDouble.of(linear / (System.nanoTime() - start))
            : OptionalDouble.empty();
    Arrays.sort(rates);
    return new Rate(rates[REPETITIONS / 2], share);
  }

  private static long linearNanoseconds(SentenceEncoder encoder) {
    return encoder instanceof BertEncoder ours ? ours.linearNanoseconds() : 0;
  }

  /** Whole passes over all sentences, so that every run has the same mix of lengths. */
  private double run(SentenceEncoder encoder, List<List<int[]>> batches) {
    long start = System.nanoTime();
    long elapsed;
    int passes = 0;
    do {
      for (List<int[]> batch : batches) {
        encoder.embed(batch);
      }
      passes++;
      elapsed = System.nanoTime() - start;
    } while (elapsed < nanoseconds);
    return passes * sentences.size() / (elapsed / 1e9);
  }
}
