package org.bitindex.lab.minilm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.bitindex.sentence.Sentences;
import org.bitindex.text.Tokenizer;

/**
 * Sentences a second, tokenizing included. Sentences are sorted by length, so that a batch needs
 * little padding where an encoder pads.
 */
public final class MiniLmThroughput {
  private static final int REPETITIONS = 5;

  private final List<String> sentences;
  private final long nanoseconds;

  /**
   * Measures with the sentences of this package, again and again.
   *
   * @param seconds the least length of each repetition
   */
  public MiniLmThroughput(Tokenizer tokenizer, double seconds) {
    this.sentences =
        Sentences.evaluation().stream()
            .sorted(Comparator.comparingInt(text -> tokenizer.encode(text).ids().length))
            .toList();
    this.nanoseconds = (long) (seconds * 1e9);
  }

  /** Sentences a second in batches of {@code batch} sentences: the median of the repetitions. */
  public double measure(SentenceEncoder encoder, int batch) {
    List<List<String>> batches = new ArrayList<>();
    for (int from = 0; from < sentences.size(); from += batch) {
      batches.add(sentences.subList(from, Math.min(from + batch, sentences.size())));
    }
    run(encoder, batches);
    run(encoder, batches);
    double[] rates = new double[REPETITIONS];
    for (int i = 0; i < REPETITIONS; i++) {
      rates[i] = run(encoder, batches);
    }
    Arrays.sort(rates);
    return rates[REPETITIONS / 2];
  }

  /** Whole passes over all sentences, so that every run has the same mix of lengths. */
  private double run(SentenceEncoder encoder, List<List<String>> batches) {
    long start = System.nanoTime();
    long elapsed;
    int passes = 0;
    do {
      for (List<String> batch : batches) {
        encoder.embed(batch);
      }
      passes++;
      elapsed = System.nanoTime() - start;
    } while (elapsed < nanoseconds);
    return passes * sentences.size() / (elapsed / 1e9);
  }
}
